import Foundation

/// Bytes in order, from a file, a compressed file or a container's member; keeps the offset that errors name.
///
/// Subclasses override `readSome`; everything else is written once, here, on top of it.
class ByteStream {
  /// The file as errors call it.
  let name: String
  /// Bytes read so far.
  private(set) var offset = 0
  /// No more than this many bytes can follow; nil where nothing bounds them.
  var remainingBound: Int? { nil }
  /// Where the next byte is, in the words of an error.
  var position: DataError.Position { .contentOffset(offset) }

  init(name: String) {
    self.name = name
  }

  /// Fills a part of `buffer`, at least one byte, or returns 0 at the end.
  func readSome(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    fatalError("ByteStream.readSome must be overridden")
  }

  /// An error at the present place.
  final func error(expected: String, found: String, remedy: String) -> DataError {
    DataError(file: name, position: position, expected: expected, found: found, remedy: remedy)
  }

  /// Fills as much of `buffer` as there is.
  final func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = try readSome(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      if count == 0 { break }
      filled += count
      offset += count
    }
    return filled
  }

  /// Fills `buffer` or throws.
  final func readExactly(into buffer: UnsafeMutableRawBufferPointer, what: String) throws {
    let start = position
    let count = try read(into: buffer)
    guard count == buffer.count else { throw shortError(at: start, count: buffer.count, found: count, what: what) }
  }

  /// Throws where `count` bytes can't follow, or can't be held as `memory` bytes: before anything is allocated.
  final func checkRoom(for count: Int, memory: Int? = nil, what: String) throws {
    if let bound = remainingBound, count > bound {
      throw shortError(at: position, count: count, found: bound, what: what, atMost: self is InflateStream)
    }
    try MemoryLimit.check(memory ?? count, file: name, position: position, what: what)
  }

  /// The next `count` bytes.
  final func bytes(_ count: Int, what: String) throws -> [UInt8] {
    try checkRoom(for: count, what: what)
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      try readExactly(into: UnsafeMutableRawBufferPointer(buffer), what: what)
      initialized = count
    }
  }

  /// Passes over `count` bytes; a file overrides this to seek.
  func skip(_ count: Int, what: String) throws {
    var left = count
    try withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 16) { buffer in
      while left > 0 {
        let part = min(left, buffer.count)
        try readExactly(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<part]), what: what)
        left -= part
      }
    }
  }

  /// Counts bytes passed over without being read.
  final func advance(by count: Int) {
    offset += count
  }

  /// Throws if anything follows; reading the end also makes a compressed stream check its checksum.
  final func expectEnd(after what: String) throws {
    let start = position
    let count = try withUnsafeTemporaryAllocation(byteCount: 16, alignment: 16) { try read(into: $0) }
    guard count == 0 else {
      throw DataError(
        file: name, position: start, expected: "the end of the file after \(what)", found: "more bytes",
        remedy: "the header and the content disagree: fetch or save the file again")
    }
  }

  private func shortError(
    at position: DataError.Position, count: Int, found: Int, what: String, atMost: Bool = false
  ) -> DataError {
    DataError(
      file: name, position: position, expected: "\(count) bytes of \(what)",
      found: found == 0 ? "the end of the file" : "\(atMost ? "at most " : "")\(found)",
      remedy: "the file is cut short or its header is damaged: fetch or save it again")
  }
}

/// A file's bytes as they are on disk.
final class FileStream: ByteStream {
  private let descriptor: Int32
  /// Bytes in the file.
  let size: Int

  override var remainingBound: Int? { size - offset }
  override var position: DataError.Position { .offset(offset) }

  /// Opens a regular file.
  init(path: String) throws {
    descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
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
    super.init(name: path)
  }

  deinit { close(descriptor) }

  override func readSome(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else {
        throw error(
          expected: "to read the file", found: String(cString: strerror(errno)).lowercased(), remedy: "check the disk")
      }
    }
  }

  override func skip(_ count: Int, what: String) throws {
    try checkRoom(for: count, memory: 0, what: what)
    lseek(descriptor, off_t(count), SEEK_CUR)
    advance(by: count)
  }
}

/// Bytes that are already in memory.
final class MemoryStream: ByteStream {
  private let content: [UInt8]

  override var remainingBound: Int? { content.count - offset }

  init(name: String, content: [UInt8]) {
    self.content = content
    super.init(name: name)
  }

  override func readSome(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, content.count - offset)
    content.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + count)])) }
    return count
  }
}
