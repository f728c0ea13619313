import Networks
import Tensors
import _Differentiation

/// q(z|x): a distribution over latents for each example of a batch. It draws from noise and knows its density.
public protocol Posterior: Differentiable, Sendable {
  /// K draws of z from standard normal `noise` [K, B, D], and their divergence from N(0, I) in the given form, in nats.
  /// Where there is no closed form, the analytic one is that of the draw.
  @differentiable(reverse,wrt: self)
  func draw(noise: Tensor, divergence form: DivergenceForm) -> LatentDraw

  /// The same draws alone, [K, B, D].
  func sample(noise: Tensor) -> Tensor

  /// log q(z|x) of given latents [K, B, D], in nats: [K, B].
  @differentiable(reverse)
  func logDensity(of z: Tensor) -> Tensor

  /// Where it lies, [B, D].
  var mean: Tensor { get }

  /// How wide it is in each latent, [B, D].
  var deviation: Tensor { get }
}

extension Posterior {
  /// Traps if a posterior that has no doubly reparameterised gradient is asked for it.
  func refuseDoubleReparameterization(_ form: DivergenceForm) {
    require(
      form != .doublyReparameterized,
      "\(Self.self): doubly reparameterised gradients are those of a diagonal Gaussian; use sampled, or pathwise")
  }
}

/// A draw with the gradient that takes the path through z only, ``PathGradient/stickingTheLanding`` for any posterior, where
/// `logDensity` is that of a constant q at z, [K, B]; as one group.
@differentiable(reverse)
func pathwiseDraw(_ z: Tensor, logDensity: Tensor) -> LatentDraw {
  let ratio = logDensity - standardNormalLogDensity(z)
  return LatentDraw(z: z, divergence: ratio.reshaped(to: withoutDerivative(at: ratio.shape.appending(1))))
}

/// log N(z; 0, I), [..., L] to [...], in nats.
@differentiable(reverse)
func standardNormalLogDensity(_ z: Tensor) -> Tensor { -0.5 * (square(z) + logTwoPi).sumOverLast() }

/// log(2 pi).
let logTwoPi: Float = 1.837_877_1

/// Draws of the latents, and what they cost.
public struct LatentDraw: Differentiable, Sendable {
  /// [K, B, D]
  public var z: Tensor
  /// log q(z|x) - log p(z) by group of latents, [K, B, G]; [1, B, G] where it is analytic.
  public var divergence: Tensor
  /// Where q(z|x) is a diagonal Gaussian its mean, [B, D]; else the symbolic zero.
  public var mean: Tensor
  /// Likewise its log-variance, [B, D].
  public var logVariance: Tensor

  /// A draw of the given parts.
  @differentiable(reverse)
  public init(z: Tensor, divergence: Tensor) {
    (self.z, self.divergence) = (z, divergence)
    (mean, logVariance) = (Tensor.zero, Tensor.zero)
  }

  /// A draw from a diagonal Gaussian.
  @differentiable(reverse)
  public init(z: Tensor, divergence: Tensor, mean: Tensor, logVariance: Tensor) {
    (self.z, self.divergence, self.mean, self.logVariance) = (z, divergence, mean, logVariance)
  }
}

/// The last layer of an encoder: what turns its features into q(z|x).
public protocol PosteriorLayer: Differentiable, Sendable {
  /// The distribution it makes.
  associatedtype Output: Posterior

  /// q(z|x) from features [B, H].
  @differentiable(reverse)
  func callAsFunction(_ features: Tensor) -> Output
}

/// A diagonal Gaussian from features.
public struct DiagonalGaussianLayer: PosteriorLayer {
  /// Features to means.
  public var mean: Dense
  /// Features to log-variances.
  public var logVariance: Dense

  /// `features` numbers in, `latents` out.
  public init(features: Int, latents: Int, initializer: Initializer = .uniformFanIn, stream: RandomStream) {
    mean = Dense(features, latents, initializer: initializer, stream: stream["mean"])
    logVariance = Dense(features, latents, initializer: initializer, stream: stream["log variance"])
  }

  /// N(mean(h), diag exp(logVariance(h))).
  @differentiable(reverse)
  public func callAsFunction(_ features: Tensor) -> DiagonalGaussian {
    DiagonalGaussian(mean: mean(features), logVariance: logVariance(features))
  }
}
