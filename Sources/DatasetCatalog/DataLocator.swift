import Datasets
import Files
import Foundation
import Pictures
import SyntheticData

/// Finds data by name or path: in the folder asked for, in `VAE_DATA_DIR`, where Debian puts it, in the user's
/// cache, or else where it is published.
public struct DataLocator: Sendable {
  /// A folder with a folder per set, looked at first.
  public var dataDirectory: String?
  /// Where fetched sets are kept, a folder each.
  public var cacheDirectory: String
  /// Whether a set that is nowhere is fetched.
  public var fetchesMissing = true
  /// Called while a set is fetched.
  public var progress: @Sendable (FetchProgress) -> Void
  /// Called while many pictures, or a very large array, are read.
  public var reading: @Sendable (ReadingProgress) -> Void = { _ in }
  /// Called with what a person should know: pictures that were left out, a set of which only a part is there.
  public var notice: @Sendable (String) -> Void = { _ in }
  private let environment: [String: String]

  /// Looks in `dataDirectory` first, if there is one.
  public init(
    dataDirectory: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment,
    progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
  ) {
    self.dataDirectory = dataDirectory
    self.environment = environment
    self.progress = progress
    let home = environment["HOME"] ?? NSHomeDirectory()
    let caches = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.cache"
    cacheDirectory = "\(caches)/swift-vae"
  }

  /// A set by its name, or a file, a folder of pictures, or a zip or tar of them by its path; throws `DataError`.
  ///
  /// `limit` keeps the first examples of each part. A container's variable is chosen by `variable`, or as
  /// `file.npz:variable`. `pictures` is what becomes of pictures as they are read.
  public func load(
    _ nameOrPath: String, variable: String? = nil, limit: Int? = nil, pictures: PictureOptions = PictureOptions()
  ) throws -> DatasetSplits {
    if let limit, limit < 1 {
      throw DataError(
        file: nameOrPath, expected: "a limit of at least 1 example", found: "\(limit)", remedy: "leave it out for all")
    }
    if let scattered = try ScatteredDigits(named: nameOrPath) {
      return try scattered.splits(of: load("mnist"), limit: limit).fitted(pictures)
    }
    if let entry = Catalog.entry(named: nameOrPath) {
      return try load(entry, limit: limit, photographs: false, pictures).fitted(pictures)
    }
    if let entry = Catalog.maskedEntry(ofPhotographs: nameOrPath) {
      return try load(entry, limit: limit, photographs: true, pictures)
    }
    if let kind = try Scenes.kind(named: nameOrPath) {
      return try Scenes.splits(of: kind, limit: limit).fitted(pictures)
    }
    let (path, chosen) = try Self.file(nameOrPath)
    if PictureContainer(at: path) != nil {
      if let splits = try CIFARReader.splits(at: path, limit: limit) { return try splits.fitted(pictures) }
      return DatasetSplits(train: try PictureSet(path: path, options: pictures, context: context).read(limit: limit))
    }
    let data = try DataFile(path: path).read(variable: variable ?? chosen, limit: limit)
    return try DatasetSplits(train: data).fitted(pictures)
  }

  /// What readers of many files need.
  var context: ReadingContext {
    ReadingContext(cacheDirectory: cacheDirectory, report: reading, notice: notice)
  }

  /// Whether a path is a picture's file, or a folder, zip or tar, which may hold many.
  public static func holdsPictureFiles(_ path: String) -> Bool {
    PictureContainer(at: path) != nil || Picture.isPicture(name: path)
  }

  /// The folder in which a set's files are, without fetching; nil if it is nowhere or is made by the program. One with the
  /// whole set comes before one with a part.
  public func folder(of entry: CatalogEntry) throws -> String? {
    guard !entry.files.isEmpty else { return nil }
    if let dataDirectory, !FileManager.default.fileExists(atPath: dataDirectory) {
      throw DataError(
        file: dataDirectory, expected: "a folder of data sets", found: "nothing", remedy: "check --data-dir")
    }
    let under = entry.name.replacingOccurrences(of: "-", with: "_")
    let roots = [dataDirectory, environment["VAE_DATA_DIR"]].compactMap { $0 }.filter { !$0.isEmpty }
    let named = roots.flatMap { root in ([entry.name, under] + entry.folders).map { "\(root)/\($0)" } }
    let folders = named + ["/usr/share/datasets/\(entry.name)", "\(cacheDirectory)/\(entry.name)"]
    return folders.first { entry.isComplete(in: $0) } ?? folders.first { entry.hasPart(in: $0) }
  }

  /// Fetches a set into the cache, unless it is found; returns its folder, whose content has been checked. What is
  /// damaged in the cache is fetched again, elsewhere it throws.
  public func fetch(_ entry: CatalogEntry) throws -> String {
    if let folder = try folder(of: entry), !folder.hasPrefix(cacheDirectory), entry.isComplete(in: folder) {
      try entry.verify(folder: folder)
      return folder
    }
    return try Fetcher(cacheDirectory: cacheDirectory, progress: progress).fetch(entry)
  }

  private func load(
    _ entry: CatalogEntry, limit: Int?, photographs: Bool, _ pictures: PictureOptions
  ) throws -> DatasetSplits {
    func read(_ folder: String) throws -> DatasetSplits {
      try entry.load(from: folder, limit: limit, photographs: photographs, pictures: pictures, context)
    }
    if entry.files.isEmpty { return try read("") }
    if let folder = try folder(of: entry) { return try read(folder) }
    guard fetchesMissing else {
      throw DataError(
        file: entry.name, expected: "its files in a data folder", found: "none",
        remedy: "run 'vae data get \(entry.name)' or give --data-dir")
    }
    return try read(fetch(entry))
  }

  /// How a run is told its data: a known name as it is, whatever is in the folder one happens to be in; a path made
  /// absolute.
  public static func lasting(
    _ nameOrPath: String, exists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }
  ) throws -> String {
    let isName =
      try Catalog.entry(named: nameOrPath) != nil || Catalog.maskedEntry(ofPhotographs: nameOrPath) != nil
      || ScatteredDigits(named: nameOrPath) != nil || Scenes.kind(named: nameOrPath) != nil
      || nameOrPath == MovingDigits.name
    return isName || !exists(nameOrPath)
      ? nameOrPath : URL(fileURLWithPath: nameOrPath).path
  }

  /// A path that exists, or one that does when the variable after its last colon is taken away.
  static func file(_ text: String) throws -> (path: String, variable: String?) {
    let files = FileManager.default
    if files.fileExists(atPath: text) { return (text, nil) }
    if let colon = text.lastIndex(of: ":"), files.fileExists(atPath: String(text[..<colon])) {
      return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
    throw DataError(
      file: text, expected: "a file or a known set", found: "neither", remedy: Catalog.advice(text))
  }
}
