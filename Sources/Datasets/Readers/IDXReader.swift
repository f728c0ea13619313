import Files

/// Reads IDX, the format of MNIST, plain or gzip-compressed: two zero bytes, a type, a rank, the dimensions as
/// big-endian 32-bit numbers, then the values row-major and big-endian.
public enum IDXReader {
  /// Shape and type of the array in a file.
  public static func inspect(path: String) throws -> VariableInfo {
    try header(of: ByteStream.open(path: path))
  }

  /// The array in a file, or its first `limit` examples; throws `DataError`.
  public static func read(path: String, limit: Int? = nil) throws -> NumericArray {
    try read(ByteStream.open(path: path), limit: limit)
  }

  /// The element types and the codes the format gives them.
  static let types: [UInt8: NumberType] = [
    0x08: .uint8, 0x09: .int8, 0x0b: .int16, 0x0c: .int32, 0x0d: .float32, 0x0e: .float64,
  ]

  static func read(_ stream: ByteStream, limit: Int?) throws -> NumericArray {
    let info = try header(of: stream)
    guard let type = info.type, let total = info.count, let first = info.shape.first else {
      throw stream.error(expected: "dimensions", found: "\(info.shape)", remedy: "the header is damaged")
    }
    let shape = [min(first, limit ?? first)] + info.shape.dropFirst()
    let values = try stream.numbers(
      total / first * shape[0], of: type, isBigEndian: true, what: "values of shape \(info.shape)")
    if shape[0] == first { try stream.expectEnd(after: "\(total) values") }
    return NumericArray(name: "", shape: shape, values: values, type: type)
  }

  private static func header(of stream: ByteStream) throws -> VariableInfo {
    let remedy = "give an IDX file such as train-images-idx3-ubyte.gz"
    let magic = try stream.bytes(4, what: "IDX header")
    guard magic[0] == 0, magic[1] == 0, let type = types[magic[2]], (1...8).contains(magic[3]) else {
      throw DataError(
        file: stream.name, position: .offset(0), expected: "an IDX header (0, 0, type, 1 to 8 dimensions)",
        found: magic.map(String.init).joined(separator: ", "), remedy: remedy)
    }
    let raw = try stream.bytes(4 * Int(magic[3]), what: "IDX dimensions")
    let shape = stride(from: 0, to: raw.count, by: 4).map { start in
      raw[start..<(start + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    guard let count = checkedProduct(shape), count > 0 else {
      throw DataError(
        file: stream.name, position: .offset(4), expected: "dimensions of at least 1 whose product is a size",
        found: "\(shape)", remedy: "the header is damaged or the file holds nothing: fetch or save it again")
    }
    return VariableInfo(name: "", shape: shape, type: type)
  }
}
