/// The result of a cryptographic hash function: 32 bytes of SHA-256, or 16 of MD5.
package struct Digest: Equatable, Sendable {
  /// The bytes in the order in which they are published.
  package let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// SHA-256 of `bytes`.
  package static func sha256(of bytes: some Sequence<UInt8>) -> Digest {
    var hash = IncrementalDigest(.sha256)
    hash.update(bytes)
    return hash.finalize()
  }

  /// Two lower-case digits for each byte.
  package var hexadecimal: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
