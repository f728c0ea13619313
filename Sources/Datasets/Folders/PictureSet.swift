import Files
import Foundation
import Pictures
import Tensors

/// A set made of picture files, read once and then kept in the cache as plain bytes.
package struct PictureSet {
  /// The folder, zip or tar.
  let path: String
  let options: PictureOptions
  let context: ReadingContext

  package init(path: String, options: PictureOptions, context: ReadingContext) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    (self.options, self.context) = (options, context)
  }

  /// The examples, or those of the first `limit` pictures; labels are folders. What can't be read is left out and noted.
  /// Throws `DataError` where there is no picture, or sizes differ and none is asked for.
  package func read(limit: Int? = nil) throws -> Dataset {
    let absolute = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: absolute, isDirectory: &isFolder)
    if isFolder.boolValue {
      let folder = PictureFolder(path: absolute)
      guard !folder.files.isEmpty else { throw nothing(problems: folder.problems) }
      return try read(
        FolderSource(path: absolute, folder: folder), absolute, problems: folder.problems, limit: limit)
    }
    return try read(ArchiveSource(path: absolute), absolute, problems: [], limit: limit)
  }

  private func read(
    _ source: some PictureSource, _ absolute: String, problems: [ByteCache.Problem], limit: Int?
  ) throws -> Dataset {
    let stamps = source.stamps
    if let (manifest, bytes) = context.cache.find(source: absolute, form: options.form, files: stamps) {
      context.note(manifest.problems, of: path)
      return dataset(manifest, bytes).prefix(limit)
    }
    let writer = try context.cache.writer(source: absolute, form: options.form)
    var reading = PictureReading(path: path, options: options, context: context, problems: problems)
    try reading.run(source, into: writer, limit: limit)
    guard let size = reading.size else { throw nothing(problems: reading.problems) }
    let classes = reading.names.folderLabels()
    let manifest = ByteCache.Manifest(
      source: absolute, form: options.form, files: stamps,
      exampleShape: [size.height, size.width] + (reading.channels == 1 ? [] : [reading.channels]),
      count: reading.names.count, labels: classes?.labels, labelNames: classes?.names, problems: reading.problems)
    context.note(reading.problems, of: path)
    let bytes = try reading.isWhole ? writer.finish(manifest) : writer.finishWithoutKeeping()
    return dataset(manifest, bytes)
  }

  private func dataset(_ manifest: ByteCache.Manifest, _ bytes: MappedBytes) -> Dataset {
    Dataset(
      name: URL(fileURLWithPath: path).lastPathComponent, exampleShape: manifest.exampleShape, values: .mapped(bytes),
      labels: manifest.labels, labelNames: manifest.labelNames)
  }

  private func nothing(problems: [ByteCache.Problem]) -> DataError {
    let found = problems.first.map { "none that can be read, of \(problems.count) (\($0.path): \($0.reason))" }
    return DataError(
      file: path, expected: "pictures (\(Picture.endings.joined(separator: ", ")))", found: found ?? "none",
      remedy: "give a folder, zip or tar with pictures in it")
  }
}

/// One pass over many pictures: decoded on all cores, written in order.
private struct PictureReading {
  let path: String
  let options: PictureOptions
  let context: ReadingContext
  /// What could not be read.
  var problems: [ByteCache.Problem]
  /// The pictures that were.
  private(set) var names: [String] = []
  private(set) var size: PictureOptions.Size?
  private(set) var channels = 1
  /// Whether all there is has been gone through.
  private(set) var isWhole = true

  package init(path: String, options: PictureOptions, context: ReadingContext, problems: [ByteCache.Problem]) {
    (self.path, self.options, self.context, self.problems) = (path, options, context, problems)
  }

  mutating func run(_ source: some PictureSource, into writer: ByteCache.Writer, limit: Int?) throws {
    var source = source
    let begin = Date()
    var done = 0
    while true {
      let items = try source.next(64)
      if items.isEmpty { return }
      let results = Parallel.map(items.count) { [options, path] index in
        let item = items[index]
        return Result { try options.decode(item.bytes(), path: "\(path)/\(item.name)") }
      }
      for (item, result) in zip(items, results) {
        if names.count == limit ?? .max {
          isWhole = false
          return
        }
        switch result {
        case .success(let picture): try append(picture, name: item.name, to: writer)
        case .failure(let error as DataError): problems.append(.init(path: item.name, reason: error.found))
        case .failure(let error): problems.append(.init(path: item.name, reason: "\(error)"))
        }
      }
      done += items.count
      context.report(
        ReadingProgress(
          source: path, done: done, total: source.total, fraction: source.fraction, unit: "pictures",
          seconds: Date().timeIntervalSince(begin)))
    }
  }

  private mutating func append(_ picture: Picture, name: String, to writer: ByteCache.Writer) throws {
    let found = PictureOptions.Size(height: picture.height, width: picture.width)
    if let size, size != found {
      throw DataError(
        file: path, expected: "pictures of one size",
        found: "\(names[0]) of \(size) and \(name) of \(found) (rows x columns)",
        remedy: "choose a size, such as --size 64, or --size 64x48 for 64 rows of 48 pixels")
    }
    size = found
    if picture.channels == 3, channels == 1 {
      // The first with colour: the grey ones before it become three equal channels.
      channels = 3
      try writer.rewrite(unit: 1) { grey in grey.flatMap { [$0, $0, $0] } }
    }
    let bytes = channels == 3 ? picture.coloured.bytes : picture.bytes
    try bytes.withUnsafeBytes { try writer.append($0) }
    names.append(name)
  }
}
