import Tensors
import _Differentiation

/// What a model says about a batch: for K draws of its latent variables and B examples, how well each draw explains the
/// data and what it costs. Every bound and estimate is a function of this.
public struct Evidence: Differentiable {
  /// log p(x|z) in nats, [K, B].
  public var logLikelihood: Tensor
  /// log q(z|x) - log p(z) in nats by group of latents, [K, B, G]; [1, B, G] where it is analytic, the same for every draw.
  public var divergence: Tensor

  /// Evidence from its two parts.
  @differentiable(reverse)
  public init(logLikelihood: Tensor, divergence: Tensor) {
    self.logLikelihood = logLikelihood
    self.divergence = divergence
  }

  /// log w = log p(x|z) + log p(z) - log q(z|x), [K, B].
  @differentiable(reverse)
  public var logWeight: Tensor { logLikelihood - divergence.sumOverLast() }
}

/// How the divergence is estimated, and with it which gradient the encoder gets.
public enum DivergenceForm: String, Codable, Sendable, CaseIterable {
  /// The integral in closed form, where there is one (Kingma and Welling's estimator B).
  case analytic
  /// log q(z|x) - log p(z) at the drawn z (their estimator A).
  case sampled
  /// The same value; the gradient takes the path through z only: ``PathGradient/stickingTheLanding``.
  case pathwise
  /// The same value; for the importance-weighted bound: ``PathGradient/doublyReparameterized``.
  case doublyReparameterized = "doubly-reparameterized"
}

extension Evidence {
  /// The evidence of a whole batch from that of its shards: [K, B1], [K, B2], ... to [K, B].
  static func joining(_ shards: [Evidence]) -> Evidence {
    shards.dropFirst().reduce(shards[0]) { a, b in
      let groups = a.divergence.shape[2]
      let divergence = a.flatDivergence.joined(with: b.flatDivergence)
      return Evidence(
        logLikelihood: a.logLikelihood.joined(with: b.logLikelihood),
        divergence: divergence.reshaped(to: [divergence.shape[0], divergence.shape[1] / groups, groups]))
    }
  }

  private var flatDivergence: Tensor {
    divergence.reshaped(to: [divergence.shape[0], divergence.shape[1] * divergence.shape[2]])
  }

  /// The part of a batch's gradient that belongs to the examples `range`.
  func gradient(_ whole: TangentVector, ofExamples range: Range<Int>) -> TangentVector {
    let groups = divergence.shape[2]
    var part = TangentVector.zero
    if !whole.logLikelihood.isSymbolicZero { part.logLikelihood = whole.logLikelihood.columns(range) }
    if !whole.divergence.isSymbolicZero {
      let draws = divergence.shape[0]
      part.divergence = whole.divergence.reshaped(to: [draws, divergence.count / draws])
        .columns(range.lowerBound * groups..<range.upperBound * groups)
        .reshaped(to: [draws, range.count, groups])
    }
    return part
  }
}
