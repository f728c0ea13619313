import Testing

@testable import Digests

struct IncrementalDigestTests {
  @Test func aMillionLettersInPiecesAgreeWithTheStandard() {
    var hash = IncrementalDigest(.sha256)
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 4000)
    for _ in 0..<250 { hash.update(piece) }
    #expect(hash.finalize().hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func piecesOfAnySizeMakeTheSameDigest() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    let whole = Digest.sha256(of: bytes)
    #expect(whole.bytes.count == 32)
    for size in [1, 63, 64, 65, 999] {
      var hash = IncrementalDigest(.sha256)
      for start in stride(from: 0, to: bytes.count, by: size) { hash.update(bytes[start...].prefix(size)) }
      #expect(hash.finalize() == whole, "pieces of \(size)")
    }
    var lazily = IncrementalDigest(.sha256)
    lazily.update(bytes.lazy.map { $0 })
    #expect(lazily.finalize() == whole)
  }

  @Test func aCopyGoesOnByItself() {
    var first = IncrementalDigest(.sha256)
    first.update("ab".utf8)
    var second = first
    second.update("c".utf8)
    #expect(first.finalize() == Digest.sha256(of: "ab".utf8))
    #expect(second.finalize() == Digest.sha256(of: "abc".utf8))
    // More may follow a result.
    first.update("c".utf8)
    #expect(first.finalize() == second.finalize())
  }
}
