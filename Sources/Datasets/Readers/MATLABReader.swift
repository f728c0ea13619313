import Files

/// Reads numeric arrays of MATLAB 5 to 7 files, compressed or not.
///
/// MATLAB stores columns first. `read` returns the array in MATLAB's own shape, but row-major, so that element
/// [i, j] is MATLAB's (i+1, j+1). Which axis counts examples is the data set's convention, not the format's.
public enum MATLABReader {
  /// The variables of a file; `type` is nil for cells, structures, text, sparse and complex arrays.
  public static func variables(path: String) throws -> [VariableInfo] {
    var variables: [VariableInfo] = []
    try MATLABElements(ByteStream.open(path: path)).forEachMatrix { elements, tag in
      variables.append(try header(elements, tag))
      return true
    }
    return variables
  }

  /// One variable; throws `DataError`.
  public static func read(path: String, variable: String) throws -> NumericArray {
    let array = try readReversed(path: path, variable: variable)
    return array.permuted(array.shape.indices.reversed())
  }

  /// One variable as it lies in the file: row-major with MATLAB's axes in reverse, so that nothing is moved.
  static func readReversed(path: String, variable: String) throws -> NumericArray {
    let elements = try MATLABElements(ByteStream.open(path: path))
    var result: NumericArray?
    var names: [String] = []
    try elements.forEachMatrix { elements, tag in
      let info = try header(elements, tag)
      names.append(info.name)
      guard info.name == variable else { return true }
      result = try values(of: info, elements)
      return false
    }
    guard let result else {
      throw DataError(
        file: path, expected: "a variable \(variable)", found: names.isEmpty ? "none" : names.joined(separator: ", "),
        remedy: "choose one of the file's variables")
    }
    return result
  }

  /// Reads flags, dimensions and name of an array; the stream is left at its values.
  private static func header(_ elements: MATLABElements, _ tag: MATLABElements.Tag) throws -> VariableInfo {
    guard tag.count > 0 else { return VariableInfo(name: "", shape: [], type: nil) }
    let flags = elements.words(try elements.element(6, atMost: 8, what: "array flags"))
    guard let flag = flags.first else { throw elements.damage("array flags", "none") }
    let kind = flag & 0xff
    let isComplex = flag & 0x800 != 0
    // Objects have a class name where others have dimensions: they are not arrays of numbers, nor is what's unknown.
    guard (1...15).contains(kind), kind != 3 else { return VariableInfo(name: "", shape: [], type: nil) }
    let shape = elements.words(try elements.element(5, atMost: 128, what: "array dimensions"))
    guard shape.count >= 2, checkedProduct(shape) != nil else {
      throw elements.damage("at least 2 dimensions whose product is a size", "\(shape)")
    }
    let name = String(decoding: try elements.element(1, atMost: 1024, what: "array name"), as: UTF8.self)
    return VariableInfo(name: name, shape: shape, type: isComplex ? nil : MATLABElements.classes[kind])
  }

  /// The values behind a header. MATLAB stores doubles that are small whole numbers as bytes; those that look
  /// like 8-bit pictures (some value of 128 or more) stay bytes.
  private static func values(of info: VariableInfo, _ elements: MATLABElements) throws -> NumericArray {
    let stream = elements.stream
    guard let type = info.type, let count = info.count, count > 0 else {
      throw elements.damage("an array of real numbers in \(info.name)", "another kind of variable, or an empty one")
    }
    let tag = try elements.tag("values of \(info.name)")
    guard let stored = MATLABElements.types[tag.type], tag.count == checkedProduct([count, stored.size]) else {
      throw elements.damage(
        "\(count) numbers for dimensions \(info.shape)", "\(tag.count) bytes of element type \(tag.type)")
    }
    var values = try stream.numbers(
      count, of: stored, isBigEndian: elements.isBigEndian, what: "values of \(info.name) \(info.shape)")
    // A compressed array ends with its checksum; an uncompressed one may be followed by the next.
    if stream is InflateStream {
      try stream.skip(min(tag.padding, 7), what: "padding")
      try stream.expectEnd(after: "\(info.name)")
    }
    if case .bytes(let bytes) = values, type != .uint8, (bytes.max() ?? 0) < 128 {
      values = .floats(bytes.map(Float.init))
    }
    return NumericArray(name: info.name, shape: info.shape.reversed(), values: values, type: type)
  }
}
