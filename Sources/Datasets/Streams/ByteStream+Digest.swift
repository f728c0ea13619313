import Digests

extension ByteStream {
  /// The digest of what follows, in hexadecimal, read in pieces.
  package func digest(_ algorithm: DigestAlgorithm) throws -> String {
    var hash = IncrementalDigest(algorithm)
    try withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
      while case let count = try read(into: buffer), count > 0 {
        hash.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
    return hash.finalize().hexadecimal
  }
}
