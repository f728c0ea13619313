import Datasets
import Digests
import Files
import Foundation
import SyntheticData

extension CatalogEntry {
  /// Whether the whole set is in a folder, files plain or gzip-compressed.
  func isComplete(in folder: String) -> Bool {
    files.allSatisfy { Self.existing($0, in: folder) != nil } || !found(packed, in: folder).isEmpty
  }

  /// Whether something of the set is.
  func hasPart(in folder: String) -> Bool { filesOfPart(in: folder) != nil }

  /// The files in a folder that hold a part of the set; nil where it holds all of it or nothing.
  public func filesOfPart(in folder: String) -> [String]? {
    guard !partial.isEmpty, !isComplete(in: folder) else { return nil }
    let names = found(files + partial, in: folder).map { URL(fileURLWithPath: $0).lastPathComponent }
    return names.isEmpty ? nil : names
  }

  /// The paths of those files that are in a folder.
  func found(_ names: [String], in folder: String) -> [String] { names.compactMap { Self.existing($0, in: folder) } }

  /// Reads the set from a folder that holds its files; `limit` keeps the first examples of each part.
  ///
  /// A whole set is checked against the SHA-256 of what was published; a part of one can't be.
  ///
  /// A set of masks is read in the size of `pictures`, or its `photographs` in place of the masks.
  func load(
    from folder: String, limit: Int? = nil, photographs: Bool = false, pictures: PictureOptions = PictureOptions(),
    _ context: ReadingContext
  ) throws -> DatasetSplits {
    if limit == nil { try verifyFiles(folder) }
    var splits: DatasetSplits
    if holdsMasks {
      splits = try masks(folder, photographs: photographs, pictures, context).first(limit)
    } else {
      splits = try read(folder, limit: limit, context)
    }
    splits.train.name = name
    splits.validation?.name = name
    splits.test?.name = name
    if limit == nil {
      try verify(splits, folder: folder)
      if filesOfPart(in: folder) != nil { context.notice(partNotice(splits, folder)) }
    }
    return splits
  }

  private func partNotice(_ splits: DatasetSplits, _ folder: String) -> String {
    var text = "\(name): a part of the published set, \(splits.train.count) of \(counts.train) examples to train on"
    if let all = counts.test { text += " and \(splits.test?.count ?? 0) of \(all) to test on" }
    return text + ", in \(folder); 'vae data get \(name)' fetches all"
  }

  /// Checks the files that are there, where their digests are known.
  private func verifyFiles(_ folder: String) throws {
    if case .folders(let digests) = check { return try verifyFolders(digests, in: folder) }
    guard case .files(let digests) = check else { return }
    for path in found(files + packed + partial, in: folder) {
      let name = URL(fileURLWithPath: path).lastPathComponent
      // A batch that has been compressed since is what it was.
      let plain = name.hasSuffix(".bin.gz") ? String(name.dropLast(3)) : name
      guard let expected = digests[plain] else { continue }
      let stream = plain == name ? try FileStream(path: path) : try ByteStream.open(path: path)
      let found = try stream.digest(expected.count == 32 ? .md5 : .sha256)
      if found != expected { throw mismatch(path, expected: expected, found: found) }
    }
  }

  /// Checks a folder's files thoroughly, also where `load` would not.
  func verify(folder: String) throws {
    switch check {
    case .files, .folders: return try verifyFiles(folder)
    default: break
    }
    if case .file(let digest) = check {
      let path = try file(0, in: folder)
      let found = try FileStream(path: path).digest(.sha256)
      if found != digest { throw mismatch(path, expected: digest, found: found) }
      return
    }
    _ = try load(from: folder, ReadingContext(cacheDirectory: folder))
  }

  private func verify(_ splits: DatasetSplits, folder: String) throws {
    guard case .content(let train, let validation, let test) = check else { return }
    for (part, expected) in [(splits.train, train), (splits.validation, validation), (splits.test, test)] {
      guard let expected, let found = part?.contentDigest, found != expected else { continue }
      throw mismatch(folder, expected: expected, found: found)
    }
  }

  func mismatch(_ path: String, expected: String, found: String) -> DataError {
    DataError(
      file: path, expected: "the published \(name) (digest \(expected.prefix(12))...)",
      found: "\(found.prefix(12))...",
      remedy: "remove it and run 'vae data get \(name)', or give the path of a file to use other data")
  }

  private func read(_ folder: String, limit: Int?, _ context: ReadingContext) throws -> DatasetSplits {
    switch layout {
    case .idx:
      return DatasetSplits(
        train: try labelled(images: 0, labels: 1, folder, limit),
        test: try labelled(images: 2, labels: 3, folder, limit))
    case .amat:
      let parts = try (0..<3).map { index in
        let array = try AMATReader.read(path: try file(index, in: folder), limit: limit)
        return try checked(array, shape: [exampleShape.reduce(1, *)], file: try file(index, in: folder))
          .reshaped([array.shape[0]] + exampleShape).dataset(name: name)
      }
      return DatasetSplits(train: parts[0], validation: parts[1], test: parts[2])
    case .matlab(let variable):
      let path = try file(0, in: folder)
      var data = try DataFile(path: path).read(variable: variable, limit: limit)
      guard data.exampleShape == exampleShape else { throw wrongShape(data.exampleShape, file: path) }
      // The publisher's order tells people apart where the file doesn't.
      if name == "olivetti", data.labels == nil { data.labels = (0..<data.count).map { $0 / 10 } }
      if name == "coil20", let labels = data.labels {
        // 72 rows for each object in turning order, 5 degrees apart.
        data.factors = .turntable(labels.indices.map { (Float(labels[$0]), Float($0 % 72 * 5)) })
      }
      return DatasetSplits(train: data)
    case .houseNumbers: return try houseNumbers(folder, limit: limit)
    case .cifar:
      if let splits = try CIFARReader.splits(at: found(packed, in: folder).first ?? folder, limit: limit) {
        return splits
      }
      throw DataError(
        file: folder, expected: "a batch to train on, such as data_batch_1.bin", found: "none",
        remedy: "run 'vae data get \(name)'")
    case .faces:
      let path = try found(files + partial, in: folder).first ?? file(0, in: folder)
      return DatasetSplits(train: try faces(path, limit: limit, context))
    case .sprites: return DatasetSplits(train: try sprites(folder, limit: limit, context))
    case .pictures: return DatasetSplits(train: try pictures(folder, limit: limit))
    case .drawings: return try drawings(folder, limit: limit)
    case .masks, .sections: fatalError("read by what it is asked for, masks or photographs")
    case .lights: return try lights(folder, limit: limit)
    case .turntable: return DatasetSplits(train: try turntable(folder, limit: limit))
    case .scenes: return Scenes.splits(limit: limit)
    case .strokes:
      return DatasetSplits(
        train: StrokeDigits.generate(count: min(limit ?? .max, counts.train), seed: 1),
        test: StrokeDigits.generate(count: min(limit ?? .max, counts.test ?? 0), seed: 2))
    }
  }

  private func labelled(images: Int, labels: Int, _ folder: String, _ limit: Int?) throws -> Dataset {
    let path = try file(images, in: folder)
    let array = try checked(IDXReader.read(path: path, limit: limit), shape: exampleShape, file: path)
    let labelPath = try file(labels, in: folder)
    let classes = try IDXReader.read(path: labelPath, limit: limit)
    guard let labels = classes.labels(count: array.shape[0]) else {
      throw DataError(
        file: labelPath, expected: "\(array.shape[0]) labels, one per image", found: "shape \(classes.shape)",
        remedy: "fetch the set again: its files don't belong together")
    }
    return array.dataset(name: name, labels: labels)
  }

  private func pictures(_ folder: String, limit: Int?) throws -> Dataset {
    var pixels: [UInt8] = []
    let kept = min(limit ?? .max, files.count)
    for index in 0..<kept {
      let path = try file(index, in: folder)
      let picture = try PGMReader.read(path: path)
      guard picture.shape == exampleShape, case .bytes(let bytes) = picture.values else {
        throw wrongShape(picture.shape, file: path)
      }
      pixels += bytes
    }
    // Folders are people, ten pictures each.
    let people = (0..<kept).map { $0 / 10 }
    return Dataset(name: name, exampleShape: exampleShape, values: .bytes(pixels), labels: people)
  }

  func checked(_ array: NumericArray, shape: [Int], file: String) throws -> NumericArray {
    guard Array(array.shape.dropFirst()) == shape else { throw wrongShape(Array(array.shape.dropFirst()), file: file) }
    return array
  }

  func wrongShape(_ shape: [Int], file: String) -> DataError {
    DataError(
      file: file, expected: "examples of shape \(exampleShape)", found: "\(shape)",
      remedy: "it is not \(title): give its path instead of the name to use it as it is")
  }

  func file(_ index: Int, in folder: String) throws -> String {
    if let path = Self.existing(files[index], in: folder) { return path }
    throw DataError(
      file: folder, expected: files[index], found: "no such file", remedy: "run 'vae data get \(name)'")
  }

  /// The file, or the same with or without .gz.
  private static func existing(_ file: String, in folder: String) -> String? {
    let plain = file.hasSuffix(".gz") ? String(file.dropLast(3)) : file
    return [file, plain, plain + ".gz"].map { "\(folder)/\($0)" }.first { FileManager.default.fileExists(atPath: $0) }
  }
}
