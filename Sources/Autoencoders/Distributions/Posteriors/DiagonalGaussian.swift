import Tensors
import _Differentiation

/// The approximate posterior q(z|x) = N(mean, diag(exp(logVariance))), one for each example of a batch.
public struct DiagonalGaussian: Posterior {
  /// [B, D]
  public var mean: Tensor
  /// [B, D]
  public var logVariance: Tensor

  /// The log-variance is ``bent(_:)``.
  @differentiable(reverse)
  public init(mean: Tensor, logVariance: Tensor) {
    self.mean = mean
    self.logVariance = Self.bent(logVariance)
  }

  /// Smoothly into +-`logVarianceLimit`: nearly the identity in the middle, and no run-away gradient can make a deviation
  /// of exp(1000).
  @differentiable(reverse)
  static func bent(_ logVariance: Tensor) -> Tensor {
    let limit = withoutDerivative(at: logVarianceLimit)
    return limit * tanh((1 / limit) * logVariance)
  }

  /// From a log-variance that has been bent.
  @differentiable(reverse)
  init(mean: Tensor, bentLogVariance: Tensor) {
    self.mean = mean
    self.logVariance = bentLogVariance
  }

  /// Deviations stay between exp(-10) and exp(10).
  public static let logVarianceLimit: Float = 20

  /// K draws of z from standard normal `noise` [K, B, D], and their divergence from N(0, I) in the given form, in nats.
  @differentiable(reverse,wrt: self)
  public func draw(noise: Tensor, divergence form: DivergenceForm) -> LatentDraw {
    switch form {
    case .analytic:
      return LatentDraw(
        z: gaussianSample(mean, logVariance, noise: noise), divergence: divergence(), mean: mean,
        logVariance: logVariance)
    case .sampled:
      let z = gaussianSample(mean, logVariance, noise: noise)
      return LatentDraw(
        z: z, divergence: gaussianLogRatio(z, logVariance, noise: noise), mean: mean, logVariance: logVariance)
    case .pathwise, .doublyReparameterized:
      let path = withoutDerivative(
        at: form == .pathwise ? PathGradient.stickingTheLanding : .doublyReparameterized)
      let draw = gaussianDraw(mean, logVariance, noise: noise, gradient: path)
      return LatentDraw(z: draw.z, divergence: draw.logRatio, mean: mean, logVariance: logVariance)
    }
  }

  /// log q(z|x) of given latents [K, B, D], in nats: [K, B].
  @differentiable(reverse)
  public func logDensity(of z: Tensor) -> Tensor {
    require(
      z.shape.rank == 3 && z.shape[1] == mean.shape[0] && z.shape[2] == mean.shape[1],
      "diagonal Gaussian: expected latents [draws] + \(mean.shape), got \(z.shape)")
    let all = withoutDerivative(at: z.shape)
    let rows = withoutDerivative(at: Shape([1, z.shape[0] * z.shape[1], z.shape[2]]))
    // That of 0 under a Gaussian about mean - z, so that gradients reach z too.
    let density = gaussianLogProbability(
      (mean.broadcast(to: all) - z).reshaped(to: rows), logVariance.broadcast(to: all).reshaped(to: rows),
      of: withoutDerivative(at: Tensor(repeating: 0, shape: [rows[1], rows[2]])))
    return density.reshaped(to: withoutDerivative(at: [z.shape[0], z.shape[1]]))
  }

  /// KL(q(z|x) || N(0, I)) by unit, in nats: [1, B, D].
  @differentiable(reverse)
  public func divergence() -> Tensor {
    let shape = withoutDerivative(at: mean.shape.prepending(1))
    return gaussianDivergence(mean, logVariance).reshaped(to: shape)
  }

  /// mean + deviation e, for e of the mean's shape: where e lies, said in units of this Gaussian.
  @differentiable(reverse)
  func placed(_ e: Tensor) -> Tensor { mean + exp(0.5 * logVariance) * e }

  /// mean + deviation * noise.
  public func sample(noise: Tensor) -> Tensor { gaussianSample(mean, logVariance, noise: noise) }

  /// Deviations, [B, D].
  public var deviation: Tensor { exp(0.5 * logVariance) }
}
