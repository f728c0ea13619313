import Foundation
import Testing

@testable import Digests

/// Test vectors of FIPS 180-2, appendix B, and RFC 1321, appendix A.5.
struct DigestTests {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ]) func sha256AgreesWithTheStandard(text: String, expected: String) {
    #expect(Digest.sha256(of: text.utf8).hexadecimal == expected)
    #expect(Digest.sha256(of: Data(text.utf8)).hexadecimal == expected)
  }

  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"),
    ("a", "0cc175b9c0f1b6a831c399e269772661"),
    ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
  ]) func md5AgreesWithTheStandard(text: String, expected: String) {
    var hash = IncrementalDigest(.md5)
    hash.update(text.utf8)
    #expect(hash.finalize().hexadecimal == expected)
  }
}
