import Tensors
import _Differentiation

/// A likelihood of numbers that each take one of a few values, so that data can be coded with it, and not only measured.
public protocol DiscreteLikelihood: Likelihood {
  /// The distribution of one number.
  associatedtype Variable: DiscreteVariable

  /// How many values a number can take, at most 256; value v stands for the number v / (levels - 1).
  static var levels: Int { get }

  /// The distribution of each number, in the order of the tensors that make this likelihood.
  func variables() -> [Variable]
}

/// The distribution of one whole number by its distribution function, in double precision.
public protocol DiscreteVariable {
  /// P(number < value) for values from 1 to one less than there are. It must never fall as `value` grows.
  func probability(below value: Int) -> Double
}

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
