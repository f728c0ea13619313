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
