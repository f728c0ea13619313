import Networks
import Tensors
import _Differentiation

/// A decoder's last layer that can say how log p(x|z) changes with its features, as a function to be differentiated in turn.
public protocol ScoredOutput: OutputLayer {
  /// log p(x|z) of x [B, D], and its gradient with respect to the features [K, B, H].
  @differentiable(reverse,wrt: (self, features))
  func scored(_ features: Tensor, of x: Tensor) -> ScoredLogProbability
}

/// The same for what makes p(x|z) of raw numbers.
public protocol ScoredPixels: PixelDistribution {
  /// log p(x|z) of x [B, D], and its gradient with respect to the raw numbers [K, B, ...].
  @differentiable(reverse,wrt: raw)
  func scored(_ raw: Tensor, of x: Tensor) -> ScoredLogProbability
}

extension BernoulliOutput: ScoredOutput {
  /// (x - p) back through the layer.
  @differentiable(reverse,wrt: (self, features))
  public func scored(_ features: Tensor, of x: Tensor) -> ScoredLogProbability {
    let there = logits.traced(features)
    let found = bernoulliScore(there.output, of: x)
    return ScoredLogProbability(value: found.value, score: logits.inputGradient(found.score, at: there.trace))
  }
}

extension BernoulliPixels: ScoredPixels {
  /// x - p.
  @differentiable(reverse,wrt: raw)
  public func scored(_ raw: Tensor, of x: Tensor) -> ScoredLogProbability {
    let found = bernoulliScore(raw.reshaped(to: withoutDerivative(at: imageShape(raw))), of: x)
    return ScoredLogProbability(value: found.value, score: found.score.reshaped(to: withoutDerivative(at: raw.shape)))
  }
}
