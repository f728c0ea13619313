import Tensors
import _Differentiation

/// What a model says about a batch: for K draws of its latent variables and B examples, how well each draw explains the
/// data and what it costs. Every bound and estimate is a function of this.
public struct Evidence: Differentiable, Sendable {
  /// log p(x|z) in nats, [K, B].
  public var logLikelihood: Tensor
  /// log q(z|x) - log p(z) in nats by group of latents, [K, B, G]; [1, B, G] where it is analytic, the same for every draw.
  public var divergence: Tensor

  /// The draws themselves, [K, B, L], for bounds that ask how the latents of all examples hang together; the symbolic zero
  /// where the model does not tell.
  public var z: Tensor
  /// Where q(z|x) is a diagonal Gaussian its mean, [B, L]; else the symbolic zero.
  public var mean: Tensor
  /// Likewise its log-variance, [B, L].
  public var logVariance: Tensor

  /// Evidence from its two parts, without the draws.
  @differentiable(reverse)
  public init(logLikelihood: Tensor, divergence: Tensor) {
    (self.logLikelihood, self.divergence) = (logLikelihood, divergence)
    (z, mean, logVariance) = (Tensor.zero, Tensor.zero, Tensor.zero)
  }

  /// Evidence of draws, with all that is known of them.
  @differentiable(reverse)
  public init(logLikelihood: Tensor, draw: LatentDraw) {
    (self.logLikelihood, divergence) = (logLikelihood, draw.divergence)
    (z, mean, logVariance) = (draw.z, draw.mean, draw.logVariance)
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
      var whole = Evidence(
        logLikelihood: a.logLikelihood.joined(with: b.logLikelihood),
        divergence: a.divergence.withExamples(of: b.divergence))
      if !a.z.isSymbolicZero { whole.z = a.z.withExamples(of: b.z) }
      if !a.mean.isSymbolicZero {
        whole.mean = Tensor.stacked([a.mean, b.mean])
        whole.logVariance = Tensor.stacked([a.logVariance, b.logVariance])
      }
      return whole
    }
  }

  /// The part of a batch's gradient that belongs to the examples `range`.
  func gradient(_ whole: TangentVector, ofExamples range: Range<Int>) -> TangentVector {
    var part = TangentVector.zero
    if !whole.logLikelihood.isSymbolicZero { part.logLikelihood = whole.logLikelihood.columns(range) }
    if !whole.divergence.isSymbolicZero { part.divergence = whole.divergence.examples(range) }
    if !whole.z.isSymbolicZero { part.z = whole.z.examples(range) }
    if !whole.mean.isSymbolicZero { part.mean = whole.mean.rows(range) }
    if !whole.logVariance.isSymbolicZero { part.logVariance = whole.logVariance.rows(range) }
    return part
  }
}

extension Tensor {
  /// [K, B1, N] and [K, B2, N] to [K, B1 + B2, N].
  fileprivate func withExamples(of other: Tensor) -> Tensor {
    let (draws, width) = (shape[0], shape[2])
    return reshaped(to: [draws, count / draws]).joined(with: other.reshaped(to: [draws, other.count / draws]))
      .reshaped(to: [draws, shape[1] + other.shape[1], width])
  }

  /// The part of [K, B, N] that belongs to some examples, [K, range.count, N].
  fileprivate func examples(_ range: Range<Int>) -> Tensor {
    let (draws, width) = (shape[0], shape[2])
    return reshaped(to: [draws, count / draws]).columns(range.lowerBound * width..<range.upperBound * width)
      .reshaped(to: [draws, range.count, width])
  }
}
