/// Reads .npy, NumPy's format for one array, versions 1 to 3, C or Fortran order, either byte order.
public enum NPYReader {
  /// Shape and type of the array in a file.
  public static func inspect(path: String) throws -> VariableInfo {
    let header = try NPYHeader(ByteStream.open(path: path))
    return VariableInfo(name: "", shape: header.shape, type: header.type)
  }

  /// The array in a file, or its first `limit` examples; throws `DataError`.
  public static func read(path: String, limit: Int? = nil) throws -> NumericArray {
    try read(ByteStream.open(path: path), name: "", limit: limit)
  }

  /// In C order only the examples asked for are read; in Fortran order they lie all through the file.
  static func read(_ stream: ByteStream, name: String, limit: Int?) throws -> NumericArray {
    let header = try NPYHeader(stream)
    let total = header.shape.reduce(1, *)
    guard total > 0 else {
      throw stream.error(expected: "an array with values", found: "shape \(header.shape)", remedy: "it holds nothing")
    }
    let first = header.shape.first ?? 1
    let kept = header.isFortranOrder ? first : min(first, limit ?? first)
    let values = try stream.numbers(
      total / first * kept, of: header.type, isBigEndian: header.isBigEndian, what: "values of shape \(header.shape)")
    if kept == first { try stream.expectEnd(after: "\(total) values") }
    let array = NumericArray(
      name: name, shape: header.shape.isEmpty ? [1] : [kept] + header.shape.dropFirst(), values: values,
      type: header.type)
    guard header.isFortranOrder, array.shape.count > 1 else { return array.prefix(limit) }
    // Column-major in one order of the axes is row-major in the other.
    return array.reshaped(array.shape.reversed()).permuted(array.shape.indices.reversed()).prefix(limit)
  }
}
