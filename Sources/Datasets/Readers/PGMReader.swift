/// Reads binary grey pictures, PGM (P5) with 8-bit values.
///
/// Copies exist, of the ORL faces among others, in which a transfer as text wrote the byte 10 as 13, 10. That is undone
/// where the header's own lines end so and the repaired picture has the right size.
public enum PGMReader {
  /// The picture as [height, width]; throws `DataError`.
  public static func read(path: String) throws -> NumericArray {
    try read(ByteStream.open(path: path))
  }

  static func read(_ stream: ByteStream) throws -> NumericArray {
    guard try stream.bytes(2, what: "PGM header") == Array("P5".utf8) else {
      throw stream.error(expected: "a binary PGM header (P5)", found: "another format", remedy: "convert it to PGM")
    }
    var header = Header(stream: stream)
    let width = try header.number()
    let height = try header.number()
    let most = try header.number()
    guard width > 0, height > 0, (1...255).contains(most), let count = checkedProduct([width, height]) else {
      throw stream.error(
        expected: "width, height and a maximum of at most 255", found: "\(width), \(height), \(most)",
        remedy: "convert the picture to 8-bit PGM")
    }
    let what = "pixels of \(width) x \(height)"
    let pixels = header.lastBlank == 13 ? try repaired(stream, width: width, count: count, what: what) : nil
    return NumericArray(
      name: "", shape: [height, width], values: .bytes(try pixels ?? stream.bytes(count, what: what)), type: .uint8)
  }

  /// Pixels behind a header that ends in 13, 10, with 13, 10 as 10.
  ///
  /// A pair that was one in the picture itself was left alone by such transfers. Where a pixel is missing after the
  /// repair one pair was that, and it is the one that leaves the rows most alike.
  private static func repaired(_ stream: ByteStream, width: Int, count: Int, what: String) throws -> [UInt8] {
    try stream.checkRoom(for: count, what: what)
    var pixels: [UInt8] = []
    var pairs: [Int] = []
    var scanner = ByteScanner(stream)
    // The byte 10 that belongs to the header's last line.
    if try scanner.peek() == 10 { scanner.advance() }
    while pixels.count <= count, let byte = try scanner.take() {
      if byte == 10, pixels.last == 13 {
        pixels.removeLast()
        pairs.append(pixels.count)
      }
      pixels.append(byte)
    }
    if pixels.count == count - 1, (1...64).contains(pairs.count) {
      let candidates = pairs.map { pair in Array(pixels[..<pair] + [13] + pixels[pair...]) }
      pixels = candidates.min { roughness($0, width: width) < roughness($1, width: width) } ?? pixels
    }
    guard pixels.count == count else {
      throw stream.error(
        expected: "\(count) bytes of \(what)", found: "\(pixels.count) (lines end in 13, 10: a transfer as text?)",
        remedy: "the file is damaged: fetch it again")
    }
    return pixels
  }

  /// How much each row differs from the one above, in all.
  private static func roughness(_ pixels: [UInt8], width: Int) -> Int {
    zip(pixels, pixels.dropFirst(width)).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
  }

  /// Decimal numbers between blanks and comments.
  private struct Header {
    let stream: ByteStream
    /// The blank that ended the last number.
    var lastBlank: UInt8 = 0

    mutating func number() throws -> Int {
      var digits: [UInt8] = []
      var inComment = false
      while true {
        let byte = try stream.bytes(1, what: "PGM header")[0]
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9") where !inComment && digits.count < 9: digits.append(byte)
        case 10, 13, 32, 9:
          if byte == 10 { inComment = false }
          lastBlank = byte
          if !digits.isEmpty && !inComment { return Int(String(decoding: digits, as: UTF8.self)) ?? 0 }
        case UInt8(ascii: "#") where digits.isEmpty: inComment = true
        default:
          guard inComment else {
            throw stream.error(expected: "a number", found: "byte \(byte)", remedy: "the header is damaged")
          }
        }
      }
    }
  }
}
