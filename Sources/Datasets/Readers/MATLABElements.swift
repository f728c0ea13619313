import Files

/// The tagged elements of a MATLAB 5 file: a type, a size, the bytes, padding to eight.
struct MATLABElements {
  let stream: ByteStream
  let isBigEndian: Bool

  /// Checks the 128 bytes every file starts with.
  init(_ stream: ByteStream) throws {
    let header = try stream.bytes(128, what: "MATLAB 5 header")
    let text = String(decoding: header[..<116], as: UTF8.self)
    let mark = header[126...].map { $0 }
    guard mark == Array("IM".utf8) || mark == Array("MI".utf8), header[mark == Array("IM".utf8) ? 125 : 124] == 1 else {
      let isHDF = text.hasPrefix("MATLAB 7.3")
      throw DataError(
        file: stream.name, position: .offset(124), expected: "a MATLAB 5 header",
        found: isHDF ? "a MATLAB 7.3 file, which is HDF5" : "another version or format",
        remedy: "save it in MATLAB with save(..., '-v7')")
    }
    self.stream = stream
    isBigEndian = mark == Array("MI".utf8)
  }

  private init(_ stream: ByteStream, isBigEndian: Bool) {
    self.stream = stream
    self.isBigEndian = isBigEndian
  }

  /// A type and a size in bytes; `isShort` where size and bytes share the eight bytes of the tag.
  struct Tag {
    var type: Int
    var count: Int
    var isShort = false
    var padding: Int { isShort ? 4 - count : (8 - count % 8) % 8 }
  }

  /// Codes of the element types that hold numbers.
  static let types: [Int: NumberType] = [
    1: .int8, 2: .uint8, 3: .int16, 4: .uint16, 5: .int32, 6: .uint32, 7: .float32, 9: .float64, 12: .int64,
    13: .uint64,
  ]
  /// Codes of the array classes that hold numbers.
  static let classes: [Int: NumberType] = [
    6: .float64, 7: .float32, 8: .int8, 9: .uint8, 10: .int16, 11: .uint16, 12: .int32, 13: .uint32, 14: .int64,
    15: .uint64,
  ]
  static let matrix = 14
  static let compressed = 15

  /// The next tag. The high half of the first word is only used by the short form, for the size.
  func tag(_ what: String) throws -> Tag {
    let word = try word(what)
    if word >> 16 != 0 {
      let count = word >> 16
      guard count <= 4 else { throw damage("a short element of at most 4 bytes", "\(count) bytes") }
      return Tag(type: word & 0xffff, count: count, isShort: true)
    }
    return Tag(type: word, count: try self.word(what))
  }

  /// The bytes of the next element, which must be small and of the given type.
  func element(_ type: Int, atMost most: Int, what: String) throws -> [UInt8] {
    let tag = try tag(what)
    guard tag.type == type, tag.count <= most else {
      throw damage("\(what): element type \(type), at most \(most) bytes", "type \(tag.type), \(tag.count) bytes")
    }
    let bytes = try stream.bytes(tag.count, what: what)
    try stream.skip(tag.padding, what: what)
    return bytes
  }

  /// A 32-bit number in the file's byte order.
  func word(_ what: String) throws -> Int {
    words(try stream.bytes(4, what: what))[0]
  }

  /// Bytes as 32-bit numbers in the file's byte order.
  func words(_ bytes: [UInt8]) -> [Int] {
    stride(from: 0, to: bytes.count - 3, by: 4).map { start in
      let word = bytes[start..<(start + 4)]
      return isBigEndian ? word.reduce(0) { $0 << 8 | Int($1) } : word.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
  }

  /// Calls `body` once per top-level array, inflated if it is compressed, until it returns false.
  /// What `body` leaves unread is passed over.
  func forEachMatrix(_ body: (MATLABElements, Tag) throws -> Bool) throws {
    while stream.remainingBound.map({ $0 > 0 }) ?? true {
      let tag = try tag("MATLAB element")
      try stream.checkRoom(for: tag.count, memory: 0, what: "MATLAB element")
      switch tag.type {
      case Self.compressed:
        let content = try InflateStream(source: stream, count: tag.count, isGzip: false)
        let inner = MATLABElements(content, isBigEndian: isBigEndian)
        let innerTag = try inner.tag("compressed MATLAB element")
        guard innerTag.type == Self.matrix else {
          throw damage("an array in a compressed element", "element type \(innerTag.type)")
        }
        guard try body(inner, innerTag) else { return }
        try content.skipSource()
      case Self.matrix:
        let end = stream.offset + tag.count
        guard try body(self, tag) else { return }
        guard stream.offset <= end else { throw damage("an array of \(tag.count) bytes", "a longer one") }
        try stream.skip(end - stream.offset, what: "MATLAB element")
      default:
        guard tag.type < 20 else { throw damage("an array", "element type \(tag.type)") }
        try stream.skip(tag.count + tag.padding, what: "MATLAB element")
      }
    }
  }

  /// An error at the present place.
  func damage(_ expected: String, _ found: String) -> DataError {
    stream.error(expected: expected, found: found, remedy: "the file is damaged: fetch or save it again")
  }
}
