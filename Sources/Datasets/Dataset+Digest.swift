import Digests

extension Dataset {
  /// SHA-256 in hexadecimal of the content, whatever file it came from: all values (bytes as they are, floats
  /// little-endian), then the low byte of each label.
  public var contentDigest: String {
    var hash = IncrementalDigest(.sha256)
    if case .floats(let floats) = values { floats.withUnsafeBytes { hash.update($0) } }
    values.withBytes { hash.update(UnsafeRawBufferPointer($0)) }
    if let labels { hash.update(labels.map { UInt8(truncatingIfNeeded: $0) }) }
    return hash.finalize().hexadecimal
  }
}
