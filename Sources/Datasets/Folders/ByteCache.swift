import Digests
import Files
import Foundation
import Pictures

/// What was made of files once, so that it need not be made again: raw bytes in the user's cache, and a manifest in JSON
/// that says of which files, of which state, in which form. A file added, removed or changed makes it worthless.
struct ByteCache {
  /// One of the files that something was made of.
  struct Stamp: Codable, Equatable, Sendable {
    /// Below the folder they were found in.
    var path: String
    /// Bytes; -1 for what can't be looked at.
    var size: Int
    /// Nanoseconds since 1970.
    var modified: Int
  }

  /// What could not be read, and why.
  struct Problem: Codable, Equatable, Sendable {
    var path: String
    var reason: String
  }

  /// What the bytes are and what they were made of.
  struct Manifest: Codable, Sendable {
    var version = 1
    /// The absolute path of the folder or file.
    var source: String
    /// How the bytes were made.
    var form: String
    var files: [Stamp]
    /// The name of the file beside this one.
    var bytes = ""
    /// [height, width] or [height, width, channels].
    var exampleShape: [Int]
    var count: Int
    var labels: [Int]?
    var labelNames: [String]?
    var problems: [Problem] = []
  }

  /// Where it is; made when first needed.
  let folder: String

  /// What is there for files of just this state, or nil. What is damaged counts as not there.
  func find(source: String, form: String, files: [Stamp]) -> (manifest: Manifest, bytes: MappedBytes)? {
    let key = Self.key(source: source, form: form)
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(key).json"),
      let manifest = try? JSONDecoder().decode(Manifest.self, from: data), manifest.version == 1,
      manifest.source == source, manifest.form == form, manifest.files == files, manifest.count > 0,
      manifest.bytes.hasPrefix(key), !manifest.bytes.contains("/"),
      manifest.labels.map({ $0.count == manifest.count }) ?? true,
      let bytes = try? MappedBytes(path: "\(folder)/\(manifest.bytes)"),
      Picture.isPicture(shape: manifest.exampleShape),
      checkedProduct([manifest.count] + manifest.exampleShape) == bytes.count
    else { return nil }
    return (manifest, bytes)
  }

  /// A file for new bytes.
  func writer(source: String, form: String) throws -> Writer {
    try makeFolder(folder)
    return try Writer(folder: folder, key: Self.key(source: source, form: form))
  }

  private static func key(source: String, form: String) -> String {
    String(Digest.sha256(of: "\(source)\n\(form)".utf8).hexadecimal.prefix(24))
  }

  /// Bytes on their way into the cache; gone unless they are finished.
  final class Writer {
    private let folder: String
    private let key: String
    private let name: String
    private var part: String
    private var file: OutputFile
    private(set) var count = 0

    fileprivate init(folder: String, key: String) throws {
      (self.folder, self.key) = (folder, key)
      name = "\(key)-\(String(UInt32.random(in: 0 ... .max), radix: 16)).bytes"
      part = "\(folder)/.\(name).part"
      Self.removeOldParts(in: folder)
      file = try OutputFile(path: part)
    }

    deinit { unlink(part) }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
      try file.write(bytes)
      count += bytes.count
    }

    /// Replaces what has been written by the result of `change`, which gets it in pieces of whole numbers of `unit` bytes.
    func rewrite(unit: Int, _ change: (UnsafeBufferPointer<UInt8>) -> [UInt8]) throws {
      guard count > 0 else { return }
      let old = try MappedBytes(path: part)
      unlink(part)
      part = "\(folder)/.\(name).again.part"
      (file, count) = (try OutputFile(path: part), 0)
      try old.withUnsafeBufferPointer { bytes in
        let step = max(1, (1 << 20) / unit) * unit
        for start in stride(from: 0, to: bytes.count, by: step) {
          let piece = UnsafeBufferPointer(rebasing: bytes[start..<min(start + step, bytes.count)])
          try change(piece).withUnsafeBytes { try append($0) }
        }
      }
    }

    /// Keeps the bytes under `manifest`, in place of any older ones, and returns them.
    func finish(_ manifest: Manifest) throws -> MappedBytes {
      try file.finish()
      guard rename(part, "\(folder)/\(name)") == 0 else { throw writeError("\(folder)/\(name)") }
      var manifest = manifest
      manifest.bytes = name
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      do {
        try AtomicFile.write(encoder.encode(manifest), to: "\(folder)/\(key).json")
      } catch {
        unlink("\(folder)/\(name)")
        throw writeError("\(folder)/\(key).json")
      }
      let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for old in all where old.hasPrefix("\(key)-") && old != name { unlink("\(folder)/\(old)") }
      return try MappedBytes(path: "\(folder)/\(name)")
    }

    /// Returns the bytes without keeping them: they take room on the disk only as long as they are looked at.
    func finishWithoutKeeping() throws -> MappedBytes {
      let bytes = try MappedBytes(path: part)
      unlink(part)
      return bytes
    }

    /// What a program left that was killed: nothing has been written to it for an hour.
    private static func removeOldParts(in folder: String) {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasSuffix(".part") {
        var status = stat()
        guard stat("\(folder)/\(name)", &status) == 0, time(nil) - status.st_mtim.tv_sec > 3600 else { continue }
        unlink("\(folder)/\(name)")
      }
    }
  }
}

extension ByteCache.Stamp {
  /// The state of a file now; nil if there is none.
  init?(_ path: String, as name: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    self.init(path: name, size: Int(status.st_size), modified: modified)
  }
}
