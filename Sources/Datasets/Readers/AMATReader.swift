/// Reads .amat, the text form of binarized MNIST: a line per example, 0 or 1 and a blank per number, plain or
/// gzip-compressed.
public enum AMATReader {
  /// All examples, or the first `limit`, as [count, width] of 0 and 1; throws `DataError`.
  public static func read(path: String, limit: Int? = nil) throws -> NumericArray {
    var scanner = ByteScanner(try ByteStream.open(path: path))
    var values: [UInt8] = []
    var width = 0
    var count = 0
    var column = 0
    while count < limit ?? .max, let byte = try scanner.peek() {
      switch byte {
      case UInt8(ascii: "0"), UInt8(ascii: "1"):
        values.append(byte & 1)
        column += 1
        if values.count & 0xff_ffff == 0 {
          try MemoryLimit.check(
            values.count * 2, file: scanner.name, position: .line(scanner.line), what: "examples")
        }
        guard column <= 1 << 24 else {
          throw scanner.error(
            expected: "an example per line", found: "a line of over 16 million numbers", remedy: "check the file")
        }
      case 32, 13, 9: break
      case 10:
        if column > 0 {
          try endLine(scanner, column: column, width: &width)
          column = 0
          count += 1
        }
      default:
        throw scanner.error(
          expected: "0, 1 or a blank", found: "\(ByteScanner.text(byte)) after \(column) numbers",
          remedy: "the file is damaged or no .amat of bits: fetch it again, or name it .csv")
      }
      scanner.advance()
    }
    // The last line may lack its end; if it is cut short, its length says so.
    if column > 0 {
      try endLine(scanner, column: column, width: &width)
      count += 1
    }
    guard count > 0 else {
      throw scanner.error(expected: "a line of 0 and 1", found: "none", remedy: "the file holds nothing")
    }
    return NumericArray(name: "", shape: [count, width], values: .bytes(values), type: .uint8)
  }

  private static func endLine(_ scanner: ByteScanner, column: Int, width: inout Int) throws {
    if width == 0 { width = column }
    guard column == width else {
      throw scanner.error(
        expected: "\(width) numbers, as on the first line", found: "\(column)",
        remedy: "the file is cut short or damaged: fetch it again")
    }
  }
}
