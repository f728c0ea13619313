/// Bytes of files, made by hand so that the readers aren't tested against themselves.
package enum Bytes {
  package static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  package static func big(_ value: Int, _ count: Int) -> [UInt8] { little(value, count).reversed() }

  package static func idx(type: UInt8 = 8, shape: [Int], _ values: [UInt8]) -> [UInt8] {
    [0, 0, type, UInt8(shape.count)] + shape.flatMap { big($0, 4) } + values
  }

  package static func npy(
    _ descriptor: String, shape: String, isFortran: Bool = false, version: UInt8 = 1, _ values: [UInt8]
  ) -> [UInt8] {
    let order = isFortran ? "True" : "False"
    let text = Array("{'descr': '\(descriptor)', 'fortran_order': \(order), 'shape': \(shape), }\n".utf8)
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + little(text.count, version == 1 ? 2 : 4) + text + values
  }

  /// A zip; a gzip file holds both the deflated bytes and the checksum it needs.
  package static func zip(_ members: [(String, [UInt8])], isDeflated: Bool, in folder: TemporaryFolder) throws
    -> [UInt8]
  {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, content) in members {
      let gzip = try folder.gzip(content)
      let packed = isDeflated ? Array(gzip[10..<(gzip.count - 8)]) : content
      let head =
        little(isDeflated ? 8 : 0, 2) + [0, 0, 0, 0] + gzip[(gzip.count - 8)..<(gzip.count - 4)]
        + little(packed.count, 4) + little(content.count, 4) + little(name.utf8.count, 2) + [0, 0]
      let offset = file.count
      file += [0x50, 0x4b, 3, 4, 20, 0, 0, 0] + head + Array(name.utf8) + packed
      directory += [0x50, 0x4b, 1, 2, 20, 0, 20, 0, 0, 0] + head
      directory += [UInt8](repeating: 0, count: 10) + little(offset, 4) + Array(name.utf8)
    }
    let end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + little(members.count, 2) + little(members.count, 2)
    return file + directory + end + little(directory.count, 4) + little(file.count, 4) + [0, 0]
  }

  package static func matlabHeader() -> [UInt8] {
    let text = Array("MATLAB 5.0 MAT-file, made by a test".utf8)
    return text + [UInt8](repeating: 32, count: 124 - text.count) + [0, 1] + Array("IM".utf8)
  }

  /// One array element; `values` are little-endian in the element type `stored`.
  package static func matlab(_ name: String, kind: Int, stored: Int, shape: [Int], _ values: [UInt8]) -> [UInt8] {
    func padded(_ bytes: [UInt8]) -> [UInt8] { bytes + [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8) }
    let short = name.utf8.count <= 4
    let named =
      short
      ? little(1 | name.utf8.count << 16, 4) + Array(name.utf8) + [UInt8](repeating: 0, count: 4 - name.utf8.count)
      : little(1, 4) + little(name.utf8.count, 4) + padded(Array(name.utf8))
    let dimensions = shape.flatMap { little($0, 4) }
    let content =
      little(6, 4) + little(8, 4) + little(kind, 4) + little(0, 4)
      + little(5, 4) + little(dimensions.count, 4) + padded(dimensions) + named
      + little(stored, 4) + little(values.count, 4) + padded(values)
    return little(14, 4) + little(content.count, 4) + content
  }

  /// The same element, compressed.
  package static func compressed(_ element: [UInt8], in folder: TemporaryFolder) throws -> [UInt8] {
    let gzip = try folder.gzip(element)
    var a = 1
    var b = 0
    for byte in element {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    let zlib = [0x78, 0x9c] + Array(gzip[10..<(gzip.count - 8)]) + big(b << 16 | a, 4)
    return little(15, 4) + little(zlib.count, 4) + zlib
  }
}
