import CCrypto

/// Which hash function makes a digest.
package enum DigestAlgorithm: Sendable {
  /// SHA-256 (FIPS 180-4).
  case sha256
  /// MD5 (RFC 1321): only for comparison with published digests. It does not protect against forgery.
  case md5
}

/// A digest of bytes that arrive in pieces, computed by the system's libcrypto.
///
/// A value: a copy goes on by itself from where it was made.
package struct IncrementalDigest {
  /// Owns a context of libcrypto.
  private final class Context {
    let pointer: OpaquePointer

    init() {
      guard let pointer = EVP_MD_CTX_new() else { fatalError("IncrementalDigest: no memory for a context") }
      self.pointer = pointer
    }

    deinit { EVP_MD_CTX_free(pointer) }

    func copy() -> Context {
      let copy = Context()
      guard EVP_MD_CTX_copy_ex(copy.pointer, pointer) == 1 else {
        fatalError("IncrementalDigest: libcrypto cannot copy a context")
      }
      return copy
    }
  }

  private var context: Context

  /// A digest of no bytes yet. Traps if libcrypto refuses the function: MD5 under a FIPS policy.
  package init(_ algorithm: DigestAlgorithm) {
    context = Context()
    let function = algorithm == .sha256 ? EVP_sha256() : EVP_md5()
    guard EVP_DigestInit_ex(context.pointer, function, nil) == 1 else {
      fatalError("IncrementalDigest: libcrypto refuses \(algorithm); a FIPS policy excludes MD5")
    }
  }

  /// Adds bytes behind those before.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if !isKnownUniquelyReferenced(&context) { context = context.copy() }
    guard EVP_DigestUpdate(context.pointer, bytes.baseAddress, bytes.count) == 1 else {
      fatalError("IncrementalDigest: libcrypto cannot add \(bytes.count) bytes")
    }
  }

  /// Adds bytes behind those before.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    let isDone: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
    if isDone == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  /// The digest of all bytes so far; more may follow.
  package func finalize() -> Digest {
    let last = context.copy()
    let size = Int(EVP_MD_get_size(EVP_MD_CTX_get0_md(last.pointer)))
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      guard EVP_DigestFinal_ex(last.pointer, buffer.baseAddress, nil) == 1 else {
        fatalError("IncrementalDigest: libcrypto cannot end a digest")
      }
      count = size
    }
    return Digest(bytes: bytes)
  }
}
