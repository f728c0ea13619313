import Tensors
import _Differentiation

/// A differentiable map from tensors to tensors with parameters of its own.
public protocol Layer: Differentiable, Sendable {
  /// The output for a batch of inputs; the innermost axis holds one example's numbers.
  @differentiable(reverse)
  func callAsFunction(_ input: Tensor) -> Tensor
}
