import Files

/// Text, byte by byte, through a buffer; keeps the line that errors name.
package struct ByteScanner {
  private let stream: ByteStream
  private let buffer: ByteBuffer
  private var next = 0
  private var end = 0
  /// The line of the next byte, from 1.
  private(set) var line = 1

  /// The file as errors call it.
  var name: String { stream.name }

  package init(_ stream: ByteStream) {
    self.stream = stream
    buffer = ByteBuffer()
  }

  /// Memory that goes with the scanner.
  private final class ByteBuffer {
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 17)
    deinit { bytes.deallocate() }
  }

  /// The next byte without passing it, or nil at the end.
  @inline(__always)
  mutating func peek() throws -> UInt8? {
    if next == end {
      end = try stream.read(into: UnsafeMutableRawBufferPointer(buffer.bytes))
      next = 0
      if end == 0 { return nil }
    }
    return buffer.bytes[next]
  }

  /// Passes the byte that `peek` showed.
  @inline(__always)
  mutating func advance() {
    if buffer.bytes[next] == 10 { line += 1 }
    next += 1
  }

  /// The next byte, or nil at the end.
  @inline(__always)
  mutating func take() throws -> UInt8? {
    guard let byte = try peek() else { return nil }
    advance()
    return byte
  }

  /// An error on the present line.
  func error(expected: String, found: String, remedy: String, line: Int? = nil) -> DataError {
    DataError(file: name, position: .line(line ?? self.line), expected: expected, found: found, remedy: remedy)
  }

  /// How an error shows a byte.
  static func text(_ byte: UInt8?) -> String {
    guard let byte else { return "the end of the file" }
    return (33...126).contains(byte) ? "'\(Character(UnicodeScalar(byte)))'" : "byte \(byte)"
  }
}
