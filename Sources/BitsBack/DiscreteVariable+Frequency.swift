import Autoencoders

extension DiscreteVariable {
  /// The distribution function in whole numbers of 2^`ANSStack.precision`: 0 at 0, all at `levels`, and each value between
  /// has at least one, however improbable.
  ///
  /// What is left after one for each value is dealt out by the distribution function, rounded down. A NaN counts as zero:
  /// data are coded badly then, and still without loss.
  @inline(__always)
  func frequency(below value: Int, of levels: Int) -> UInt64 {
    if value <= 0 { return 0 }
    if value >= levels { return ANSStack.total }
    let p = probability(below: value)
    let dealt = p > 0 ? Swift.min(p, 1) * Double(Int(ANSStack.total) - levels) : 0
    return UInt64(dealt) + UInt64(value)
  }
}
