import Files

/// Binary grey pictures, PGM (P5) with 8-bit values.
///
/// Copies exist, of the ORL faces among others, in which a transfer as text wrote the byte 10 as 13, 10. That is undone
/// where the header's own lines end so and the repaired picture has the right size.
extension Picture {
  /// A picture from a file's bytes. Throws `DataError`; `isContent` says that the bytes were inflated, so that its place is
  /// one in the file's content.
  package static func pgm(_ data: [UInt8], path: String, isContent: Bool = true) throws -> Picture {
    var reader = PGMBytes(data: data, path: path, isContent: isContent)
    guard data.starts(with: Array("P5".utf8)) else {
      throw reader.error(expected: "a binary PGM header (P5)", found: "another format", remedy: "convert it to PGM")
    }
    reader.offset = 2
    let (width, height, most) = (try reader.number(), try reader.number(), try reader.number())
    let (count, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, (1...255).contains(most), !overflow else {
      throw reader.error(
        expected: "width, height and a maximum of at most 255", found: "\(width), \(height), \(most)",
        remedy: "convert the picture to 8-bit PGM")
    }
    let what = "pixels of \(width) x \(height)"
    let left = data.count - reader.offset
    guard count <= left else { throw reader.cutShort(expected: "\(count) bytes of \(what)", left: left) }
    guard reader.lastBlank == 13 else {
      return Picture(width: width, height: height, bytes: Array(data[reader.offset..<reader.offset + count]))
    }
    return Picture(width: width, height: height, bytes: try reader.repaired(width: width, count: count, what: what))
  }
}

/// The bytes of a PGM and a place in them.
private struct PGMBytes {
  let data: [UInt8]
  let path: String
  let isContent: Bool
  var offset = 0
  /// The blank that ended the last number.
  private(set) var lastBlank: UInt8 = 0

  init(data: [UInt8], path: String, isContent: Bool) {
    (self.data, self.path, self.isContent) = (data, path, isContent)
  }

  func error(expected: String, found: String, remedy: String) -> DataError {
    DataError(
      file: path, position: isContent ? .contentOffset(offset) : .offset(offset), expected: expected, found: found,
      remedy: remedy)
  }

  func cutShort(expected: String, left: Int) -> DataError {
    error(
      expected: expected, found: left == 0 ? "the end of the file" : "\(left)",
      remedy: "the file is cut short or its header is damaged: fetch or save it again")
  }

  /// The next decimal number, between blanks and comments.
  mutating func number() throws -> Int {
    var digits: [UInt8] = []
    var inComment = false
    while true {
      guard offset < data.count else { throw cutShort(expected: "1 bytes of PGM header", left: 0) }
      let byte = data[offset]
      offset += 1
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9") where !inComment && digits.count < 9: digits.append(byte)
      case 10, 13, 32, 9:
        if byte == 10 { inComment = false }
        lastBlank = byte
        if !digits.isEmpty && !inComment { return Int(String(decoding: digits, as: UTF8.self)) ?? 0 }
      case UInt8(ascii: "#") where digits.isEmpty: inComment = true
      default:
        guard inComment else {
          throw error(expected: "a number", found: "byte \(byte)", remedy: "the header is damaged")
        }
      }
    }
  }

  /// Pixels behind a header that ends in 13, 10, with 13, 10 as 10.
  ///
  /// A pair that was one in the picture itself was left alone by such transfers. Where a pixel is missing after the
  /// repair one pair was that, and it is the one that leaves the rows most alike.
  mutating func repaired(width: Int, count: Int, what: String) throws -> [UInt8] {
    var pixels: [UInt8] = []
    var pairs: [Int] = []
    // The byte 10 that belongs to the header's last line.
    if offset < data.count, data[offset] == 10 { offset += 1 }
    while pixels.count <= count, offset < data.count {
      let byte = data[offset]
      offset += 1
      if byte == 10, pixels.last == 13 {
        pixels.removeLast()
        pairs.append(pixels.count)
      }
      pixels.append(byte)
    }
    if pixels.count == count - 1, (1...64).contains(pairs.count) {
      let candidates = pairs.map { pair in Array(pixels[..<pair] + [13] + pixels[pair...]) }
      pixels = candidates.min { Self.roughness($0, width: width) < Self.roughness($1, width: width) } ?? pixels
    }
    guard pixels.count == count else {
      throw error(
        expected: "\(count) bytes of \(what)", found: "\(pixels.count) (lines end in 13, 10: a transfer as text?)",
        remedy: "the file is damaged: fetch it again")
    }
    return pixels
  }

  /// How much each row differs from the one above, in all.
  private static func roughness(_ pixels: [UInt8], width: Int) -> Int {
    zip(pixels, pixels.dropFirst(width)).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
  }
}
