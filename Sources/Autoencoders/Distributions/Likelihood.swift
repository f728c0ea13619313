import Tensors
import _Differentiation

/// p(x|z): a distribution over data, given what a decoder computed for K draws of z for B examples.
public protocol Likelihood: Differentiable, Sendable {
  /// log p(x|z) in nats: x [B, D] to [K, B]. A number that is NaN is missing: what is returned is log p of the others.
  @differentiable(reverse,wrt: self)
  func logProbability(of x: Tensor) -> Tensor

  /// The expected data, [K, B, D].
  var mean: Tensor { get }

  /// Data drawn from the distribution, [K, B, D].
  func sample(_ stream: RandomStream) -> Tensor
}

/// The last layer of a decoder: what turns its features into a distribution over data.
public protocol OutputLayer: Differentiable, Sendable {
  /// The distribution it makes.
  associatedtype Output: Likelihood

  /// p(x|z) from features [K, B, H].
  @differentiable(reverse)
  func callAsFunction(_ features: Tensor) -> Output

  /// Whether ``adapt(to:)`` has a use for the data's scale.
  var adaptsToData: Bool { get }

  /// Takes in the data's mean and deviations before training.
  mutating func adapt(to scale: DataScale)
}

extension OutputLayer {
  /// By default, none.
  public var adaptsToData: Bool { false }

  /// By default, nothing.
  public mutating func adapt(to scale: DataScale) {}
}
