import Files
import Foundation

extension ArrayFile {
  /// What comes before the numbers of a file of unsigned bytes, row-major; the path's ending says of which format: .npy, or
  /// .idx (also -ubyte), MNIST's. Throws `FileError` for another ending.
  public static func byteHeader(shape: [Int], path: String) throws -> Data {
    let name = path.lowercased()
    if name.hasSuffix(".npy") { return npyHeader(type: "|u1", shape) }
    guard name.hasSuffix(".idx") || name.hasSuffix("-ubyte") else {
      throw FileError(path: path, problem: "ends in none of .npy, .idx and .png, which is what bytes are written as")
    }
    guard shape.count < 256, shape.allSatisfy({ $0 <= UInt32.max }) else {
      throw FileError(path: path, problem: "shape \(shape) does not fit into IDX; write .npy")
    }
    var data = Data([0, 0, 8, UInt8(shape.count)])
    for size in shape { withUnsafeBytes(of: UInt32(size).bigEndian) { data.append(contentsOf: $0) } }
    return data
  }

  /// Format 1.0: magic, header length, header padded to 64 bytes.
  static func npyHeader(type: String, _ shape: [Int]) -> Data {
    let sizes = shape.map { "\($0)," }.joined(separator: " ")
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
    var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
    data += [UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)]
    return data + Data(header.utf8)
  }
}
