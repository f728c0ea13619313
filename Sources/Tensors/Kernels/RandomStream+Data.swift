import CKernels

// Random data, written to plain memory. Number i uses random number `first + i` of the stream; `count` numbers must be there
// at every pointer.
extension RandomStream {
  /// 1 with the probability that a byte states, value / 255, else 0.
  package func drawBits(
    byBytes bytes: UnsafePointer<UInt8>, first: Int, into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    ck_bernoulli_from_bytes(bytes, key, UInt64(first), out, count)
  }

  /// 1 with the stated probability, else 0.
  package func drawBits(
    by probabilities: UnsafePointer<Float>, first: Int, into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    ck_bernoulli_from_floats(probabilities, key, UInt64(first), out, count)
  }

  /// (value + u) / 256 of each byte, u a multiple of 2^-16 in [0, 1); exact.
  package func dequantize(
    _ bytes: UnsafePointer<UInt8>, first: Int, into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    ck_dequantize_bytes(bytes, key, UInt64(first), out, count)
  }

  /// Makes each of `pixels` pixels missing, NaN in all its channels, with probability `part`.
  package func makeMissing(
    in numbers: UnsafeMutablePointer<Float>, first: Int, part: Float, pixels: Int, channels: Int
  ) {
    ck_make_missing(numbers, key, UInt64(first), part, pixels, channels)
  }
}
