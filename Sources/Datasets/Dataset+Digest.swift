import Crypto
import Foundation

extension Dataset {
  /// SHA-256 in hexadecimal of the content, whatever file it came from: all values (bytes as they are, floats
  /// little-endian), then the low byte of each label.
  public var contentDigest: String {
    var hash = SHA256()
    if case .floats(let floats) = values { floats.withUnsafeBytes { hash.update(bufferPointer: $0) } }
    values.withBytes { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    if let labels { hash.update(data: labels.map { UInt8(truncatingIfNeeded: $0) }) }
    return hash.finalize().hexadecimal
  }
}

extension Sequence<UInt8> {
  /// Two digits per byte.
  var hexadecimal: String {
    let digits = Array("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}

/// SHA-256 in hexadecimal of a file's bytes, read in pieces.
func fileDigest(path: String) throws -> String { try digest(FileStream(path: path), SHA256.self) }

/// The digest of what a stream holds, in hexadecimal.
func digest<Hash: HashFunction>(_ stream: ByteStream, _ type: Hash.Type) throws -> String {
  var hash = Hash()
  try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
    while case let count = try stream.read(into: buffer), count > 0 {
      hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
  return hash.finalize().hexadecimal
}
