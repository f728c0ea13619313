import Tensors
import _Differentiation

/// In training, each number is left out with some probability and the others are scaled up to make good for it; in
/// evaluation nothing happens.
///
/// Srivastava et al. 2014. Whether it is training, and the random numbers, come from ``TrainingPass/current``.
public struct Dropout: Layer {
  /// The probability that a number is left out.
  @noDerivative public let rate: Float

  /// Traps unless the rate is at least 0 and below 1.
  public init(rate: Float) {
    require(rate >= 0 && rate < 1, "Dropout: rate \(rate); expected at least 0 and below 1")
    self.rate = rate
  }

  /// The input, or what is left of it.
  @differentiable(reverse)
  public func callAsFunction(_ input: Tensor) -> Tensor {
    guard let mask = mask(for: input) else { return input }
    return input * mask
  }

  /// The same, written out: the mask is drawn once, and needs no gradient.
  @derivative(of: callAsFunction)
  @usableFromInline
  func vjpCallAsFunction(_ input: Tensor) -> (value: Tensor, pullback: (Tensor) -> (TangentVector, Tensor)) {
    guard let mask = mask(for: input) else { return (input, { (.zero, $0) }) }
    return (input * mask, { (.zero, $0 * mask) })
  }

  /// 0 for what is left out, 1 / (1 - rate) for the rest; nil in evaluation.
  private func mask(for input: Tensor) -> Tensor? {
    guard rate > 0, let pass = TrainingPass.current else { return nil }
    return pass.bernoulli(1 - rate, input.shape).scaled(by: 1 / (1 - rate))
  }
}
