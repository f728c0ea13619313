import Files

/// Bytes in order, from a file, a compressed file or a container's member; keeps the offset that errors name.
///
/// Subclasses override `readSome`; everything else is written once, here, on top of it.
package class ByteStream {
  /// The file as errors call it.
  package let name: String
  /// Bytes read so far.
  package private(set) var offset = 0
  /// No more than this many bytes can follow; nil where nothing bounds them.
  var remainingBound: Int? { nil }
  /// Where the next byte is, in the words of an error.
  package var position: DataError.Position { .contentOffset(offset) }

  init(name: String) {
    self.name = name
  }

  /// Fills a part of `buffer`, at least one byte, or returns 0 at the end.
  func readSome(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    fatalError("ByteStream.readSome must be overridden")
  }

  /// An error at the present place.
  package final func error(expected: String, found: String, remedy: String) -> DataError {
    DataError(file: name, position: position, expected: expected, found: found, remedy: remedy)
  }

  /// Fills as much of `buffer` as there is.
  package final func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
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
  package final func readExactly(into buffer: UnsafeMutableRawBufferPointer, what: String) throws {
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
  package final func bytes(_ count: Int, what: String) throws -> [UInt8] {
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
  package final func expectEnd(after what: String) throws {
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
package final class FileStream: ByteStream {
  private let file: ReadableFile
  /// Bytes in the file.
  var size: Int { file.size }

  override var remainingBound: Int? { size - offset }
  override package var position: DataError.Position { .offset(offset) }

  /// Opens a regular file.
  package init(path: String) throws {
    file = try ReadableFile(path: path)
    super.init(name: path)
  }

  override func readSome(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try file.readSome(into: buffer) }

  override func skip(_ count: Int, what: String) throws {
    try checkRoom(for: count, memory: 0, what: what)
    file.skip(count)
    advance(by: count)
  }
}
