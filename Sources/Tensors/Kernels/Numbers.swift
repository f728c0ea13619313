import CKernels

// Loops over plain numbers, for modules above that fill rows of a batch or add up results by hand. Nothing is checked:
// `count` numbers must be there at every pointer.
extension UnsafeMutablePointer<Float> {
  /// Sets `count` numbers to `value`.
  package func fill(_ value: Float, count: Int) { ck_fill(self, value, count) }

  /// Adds `scale` times `count` numbers of `other`.
  package func add(_ other: UnsafePointer<Float>, times scale: Float, count: Int) {
    ck_add_scaled(self, other, scale, count)
  }

  /// Moves `count` numbers towards those of `other`: keep self + (1 - keep) other.
  package func moveTowards(_ other: UnsafePointer<Float>, keeping keep: Float, count: Int) {
    ck_moving_average(self, other, keep, count)
  }

  /// Sets `count` numbers to bytes divided by 255.
  package func update(fromBytes bytes: UnsafePointer<UInt8>, count: Int) { ck_bytes_to_floats(bytes, self, count) }

  /// Makes those of `count` numbers missing, NaN, that are missing in `other`.
  package func copyMissing(from other: UnsafePointer<Float>, count: Int) { ck_copy_missing(other, self, count) }

  /// Sets `count` numbers to those of `x`, or of `other` where `x` is missing.
  package func update(from x: UnsafePointer<Float>, fillingMissingFrom other: UnsafePointer<Float>, count: Int) {
    ck_fill_missing(x, other, self, count)
  }
}
