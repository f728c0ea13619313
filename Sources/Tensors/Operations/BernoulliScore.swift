import CKernels
import _Differentiation

/// A log-probability and its gradient with respect to what it is a function of, both to be differentiated.
public struct ScoredLogProbability: Differentiable, Sendable {
  /// [K, B], in nats.
  public var value: Tensor
  /// The gradient of each of them by its own numbers, [K, B, ...].
  public var score: Tensor

  /// Both parts.
  @differentiable(reverse)
  public init(value: Tensor, score: Tensor) { (self.value, self.score) = (value, score) }
}

/// ``bernoulliLogProbability(_:of:)`` and its gradient x - sigmoid(logits), with a derivative of both: logits [K, B, D],
/// x [B, D] in [0, 1].
@differentiable(reverse,wrt: logits)
public func bernoulliScore(_ logits: Tensor, of x: Tensor) -> ScoredLogProbability {
  let (draws, batch, size) = likelihoodSizes(logits, x, "Bernoulli")
  var value = Tensor.zero
  let residual = Tensor(shape: logits.shape) { residual in
    value = Tensor(shape: [draws, batch]) {
      ck_bernoulli_log_probability(logits.pointer, x.pointer, $0, residual, draws, batch, size)
    }
  }
  return ScoredLogProbability(value: value, score: residual)
}

@derivative(of: bernoulliScore, wrt: logits)
@usableFromInline
func vjpBernoulliScore(_ logits: Tensor, of x: Tensor) -> (
  value: ScoredLogProbability, pullback: (ScoredLogProbability.TangentVector) -> Tensor
) {
  let found = bernoulliScore(logits, of: x)
  let residual = found.score
  return (
    found,
    { d in
      if d.value.isSymbolicZero && d.score.isSymbolicZero { return .zero }
      let (draws, batch, size) = (residual.shape[0], residual.shape[1], residual.shape[2])
      return Tensor(shape: residual.shape) {
        ck_bernoulli_score_gradient(
          residual.pointer, x.pointer, d.value.isSymbolicZero ? nil : d.value.pointer,
          d.score.isSymbolicZero ? nil : d.score.pointer, $0, draws, batch, size)
      }
    }
  )
}
