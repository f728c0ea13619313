import Files

/// The header of a .npy file: a Python dictionary in text, after a magic number, a version and a length.
struct NPYHeader: Equatable {
  var type: NumberType
  var isBigEndian: Bool
  var isFortranOrder: Bool
  var shape: [Int]

  /// Reads magic, version, length and dictionary; the stream is left at the first value.
  init(_ stream: ByteStream) throws {
    let magic = try stream.bytes(8, what: ".npy header")
    guard magic.starts(with: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]), (1...3).contains(magic[6]) else {
      throw DataError(
        file: stream.name, position: .offset(0), expected: "a .npy header of version 1, 2 or 3",
        found: magic.map(String.init).joined(separator: ", "), remedy: "save the array with numpy.save")
    }
    let lengthBytes = try stream.bytes(magic[6] == 1 ? 2 : 4, what: "length of the .npy header")
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 20 else {
      throw stream.error(
        expected: "a .npy header of at most 1 MB", found: "\(length) bytes", remedy: "the header is damaged")
    }
    let text = String(decoding: try stream.bytes(length, what: ".npy header"), as: UTF8.self)
    try self.init(text: text, stream: stream)
  }

  private init(text: String, stream: ByteStream) throws {
    func bad(_ expected: String, _ found: String?) -> DataError {
      stream.error(
        expected: expected, found: found.map { "'\($0.prefix(80))'" } ?? "none",
        remedy: "save a plain array of numbers with numpy.save")
    }
    guard let descriptor = Self.value(of: "descr", in: text), let first = descriptor.first, "'\"".contains(first) else {
      throw bad("'descr' to be a type of plain numbers in the .npy header", Self.value(of: "descr", in: text) ?? text)
    }
    let code = descriptor.filter { !"'\"".contains($0) }
    guard let order = code.first, let type = Self.types[String(code.dropFirst())], "<>|=".contains(order) else {
      throw bad("numbers (u1 to u8, i1 to i8, f2 to f8 or b1); pickled objects and text are not read", code)
    }
    self.type = type
    isBigEndian = order == ">"
    switch Self.value(of: "fortran_order", in: text) {
    case "True": isFortranOrder = true
    case "False": isFortranOrder = false
    case let other: throw bad("'fortran_order' to be True or False in the .npy header", other)
    }
    guard let tuple = Self.value(of: "shape", in: text), tuple.hasPrefix("("), tuple.hasSuffix(")") else {
      throw bad("'shape' to be a tuple in the .npy header", Self.value(of: "shape", in: text))
    }
    let words = tuple.dropFirst().dropLast().split(separator: ",").map { $0.filter { $0 != " " && $0 != "L" } }
    let sizes = words.filter { !$0.isEmpty }.map { Int($0) ?? -1 }
    guard sizes.count <= 32, let count = checkedProduct(sizes), checkedProduct([count, type.size]) != nil else {
      throw bad("dimensions of at least 0 whose product is a size", tuple)
    }
    shape = sizes
  }

  private static let types: [String: NumberType] = [
    "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "f2": .float16, "f4": .float32, "f8": .float64, "b1": .bool,
  ]

  /// The text of a key's value: up to the closing bracket of a tuple, or to the next comma.
  private static func value(of key: String, in text: String) -> String? {
    let bytes = Array(text.utf8)
    for quote in ["'", "\""] {
      let mark = Array("\(quote)\(key)\(quote)".utf8)
      guard bytes.count > mark.count else { continue }
      for start in 0...(bytes.count - mark.count) where Array(bytes[start..<(start + mark.count)]) == mark {
        let rest = bytes[(start + mark.count)...].drop { $0 == 0x20 || $0 == 0x3a }
        guard let first = rest.first else { return nil }
        let end: Int?
        switch first {
        case UInt8(ascii: "("): end = rest.firstIndex(of: UInt8(ascii: ")")).map { $0 + 1 }
        case UInt8(ascii: "["): end = rest.firstIndex(of: UInt8(ascii: "]")).map { $0 + 1 }
        default: end = rest.firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") }
        }
        guard let end else { return nil }
        return String(decoding: rest[..<end], as: UTF8.self).trimmed
      }
    }
    return nil
  }
}

extension StringProtocol {
  /// Without blanks at either end.
  package var trimmed: String {
    var rest = self[...]
    while let last = rest.last, last.isWhitespace { rest = rest.dropLast() }
    return String(rest.drop { $0.isWhitespace })
  }
}
