import CZlib
import Files
import Foundation

/// A file being written in a staging folder; it counts as whole only after `finish`.
package final class OutputFile {
  private let path: String
  private let descriptor: Int32

  /// Creates a file, and the folders it lies in.
  package init(path: String) throws {
    self.path = path
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    try makeFolder(folder)
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    if descriptor < 0 { throw writeError(path) }
  }

  deinit { close(descriptor) }

  /// Appends bytes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = Foundation.write(descriptor, part.baseAddress, part.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw writeError(path) }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits until the bytes are on disk.
  package func finish() throws {
    guard fsync(descriptor) == 0 else { throw writeError(path) }
  }
}

/// A gzip file being written.
package final class GzipFile {
  private let path: String
  private var file: gzFile?

  package init(path: String) throws {
    self.path = path
    file = gzopen(path, "wb6")
    if file == nil { throw writeError(path) }
  }

  deinit { if let file { gzclose(file) } }

  /// Appends bytes.
  package func write(_ bytes: [UInt8]) throws {
    guard let file, gzwrite(file, bytes, UInt32(bytes.count)) == Int32(bytes.count) else { throw writeError(path) }
  }

  /// Writes the end; the file is whole after it.
  package func finish() throws {
    defer { file = nil }
    guard gzclose(file) == Z_OK else { throw writeError(path) }
    try flushToDisk(path)
  }
}

/// The system's reason why `path` could not be written.
package func writeError(_ path: String) -> DataError {
  DataError(
    file: path, expected: "to write it", found: String(cString: strerror(errno)).lowercased(),
    remedy: "check that the disk has room and the folder is yours")
}

/// Creates a folder and those above it.
package func makeFolder(_ path: String) throws {
  do {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  } catch {
    throw DataError(
      file: path, expected: "to create a folder", found: error.localizedDescription,
      remedy: "check that the disk has room and the folder above is yours")
  }
}

/// Waits until a file's bytes, or a folder's names, are on disk.
package func flushToDisk(_ path: String) throws {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw writeError(path) }
  defer { close(descriptor) }
  // Some file systems can't flush a folder, and say so; its files are safe by then.
  guard fsync(descriptor) == 0 || errno == EINVAL else { throw writeError(path) }
}
