import Foundation

/// A regular file that is open for reading, from its first byte on.
package final class ReadableFile {
  /// As it was given; errors name it.
  package let path: String
  /// Bytes in the file.
  package let size: Int
  /// Bytes read or passed over so far.
  package private(set) var offset = 0
  private let descriptor: Int32

  /// Opens a file. Throws ``DataError`` if it can't be read, or is a folder or a device.
  package init(path: String) throws {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw DataError(
        file: path, expected: "a file that can be read", found: reason.lowercased(), remedy: "check the path")
    }
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw DataError(
        file: path, expected: "a file", found: "a folder or a device", remedy: "give the path of a file inside it")
    }
    size = Int(status.st_size)
    self.path = path
  }

  deinit { close(descriptor) }

  /// Fills a part of `buffer`, at least one byte, or returns 0 at the end. Throws ``DataError``.
  package func readSome(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 {
        offset += count
        return count
      }
      guard errno == EINTR else {
        throw DataError(
          file: path, position: .offset(offset), expected: "to read the file",
          found: String(cString: strerror(errno)).lowercased(), remedy: "check the disk")
      }
    }
  }

  /// Passes over `count` bytes.
  package func skip(_ count: Int) {
    lseek(descriptor, off_t(count), SEEK_CUR)
    offset += count
  }

  /// All bytes that follow, up to half a gigabyte; no more is allocated at once than has been read. Throws ``DataError``.
  package func rest() throws -> [UInt8] {
    var bytes: [UInt8] = []
    try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
      while case let count = try readSome(into: buffer), count > 0 {
        guard bytes.count + count <= 1 << 29 else {
          throw DataError(
            file: path, position: .offset(offset), expected: "a picture", found: "more than half a gigabyte",
            remedy: "scale the picture down")
        }
        bytes += UnsafeRawBufferPointer(rebasing: buffer[..<count])
      }
    }
    return bytes
  }
}
