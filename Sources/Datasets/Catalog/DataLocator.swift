import Foundation

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

  /// A set by its name, or a file by its path; throws `DataError`.
  ///
  /// `limit` keeps the first examples of each part. A container's variable is chosen by `variable`, or as
  /// `file.npz:variable`.
  public func load(_ nameOrPath: String, variable: String? = nil, limit: Int? = nil) throws -> DatasetSplits {
    if let limit, limit < 1 {
      throw DataError(
        file: nameOrPath, expected: "a limit of at least 1 example", found: "\(limit)", remedy: "leave it out for all")
    }
    if let entry = Catalog.entry(named: nameOrPath) { return try load(entry, limit: limit) }
    let (path, chosen) = try Self.file(nameOrPath)
    return DatasetSplits(train: try DataFile(path: path).read(variable: variable ?? chosen, limit: limit))
  }

  /// The folder in which a set's files are, without fetching; nil if it is nowhere or is made by the program.
  public func folder(of entry: CatalogEntry) throws -> String? {
    guard !entry.files.isEmpty else { return nil }
    if let dataDirectory, !FileManager.default.fileExists(atPath: dataDirectory) {
      throw DataError(
        file: dataDirectory, expected: "a folder of data sets", found: "nothing", remedy: "check --data-dir")
    }
    let under = entry.name.replacingOccurrences(of: "-", with: "_")
    let roots = [dataDirectory, environment["VAE_DATA_DIR"]].compactMap { $0 }.filter { !$0.isEmpty }
    let named = roots.flatMap { ["\($0)/\(entry.name)", "\($0)/\(under)"] }
    let folders = named + ["/usr/share/datasets/\(entry.name)", "\(cacheDirectory)/\(entry.name)"]
    return folders.first { entry.isComplete(in: $0) }
  }

  /// Fetches a set into the cache, unless it is found; returns its folder, whose content has been checked. What is
  /// damaged in the cache is fetched again, elsewhere it throws.
  public func fetch(_ entry: CatalogEntry) throws -> String {
    if let folder = try folder(of: entry), !folder.hasPrefix(cacheDirectory) {
      try entry.verify(folder: folder)
      return folder
    }
    return try Fetcher(cacheDirectory: cacheDirectory, progress: progress).fetch(entry)
  }

  private func load(_ entry: CatalogEntry, limit: Int?) throws -> DatasetSplits {
    if entry.files.isEmpty { return try entry.load(from: "", limit: limit) }
    if let folder = try folder(of: entry) { return try entry.load(from: folder, limit: limit) }
    guard fetchesMissing else {
      throw DataError(
        file: entry.name, expected: "its files in a data folder", found: "none",
        remedy: "run 'vae data get \(entry.name)' or give --data-dir")
    }
    return try entry.load(from: fetch(entry), limit: limit)
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
