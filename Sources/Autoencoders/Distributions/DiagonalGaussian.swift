import Tensors
import _Differentiation

/// The approximate posterior q(z|x) = N(mean, diag(exp(logVariance))), one for each example of a batch.
public struct DiagonalGaussian: Differentiable {
  /// [B, D]
  public var mean: Tensor
  /// [B, D]
  public var logVariance: Tensor

  /// The log-variance is bent smoothly into +-`logVarianceLimit`: nearly the identity in the middle, and no run-away
  /// gradient can make a deviation of exp(1000).
  @differentiable(reverse)
  public init(mean: Tensor, logVariance: Tensor) {
    self.mean = mean
    let limit = withoutDerivative(at: Self.logVarianceLimit)
    self.logVariance = limit * tanh((1 / limit) * logVariance)
  }

  /// Deviations stay between exp(-10) and exp(10).
  public static let logVarianceLimit: Float = 20

  /// One draw of z for each row of standard normal `noise`: [K, B, D] to [K, B, D].
  @differentiable(reverse,wrt: self)
  public func sample(noise: Tensor) -> Tensor { gaussianSample(mean, logVariance, noise: noise) }

  /// KL(q(z|x) || N(0, I)) by unit, in nats: [1, B, D].
  @differentiable(reverse)
  public func divergence() -> Tensor {
    let shape = withoutDerivative(at: mean.shape.prepending(1))
    return gaussianDivergence(mean, logVariance).reshaped(to: shape)
  }

  /// log q(z|x) - log p(z) by unit at drawn z, in nats: [K, B, D]. Its expectation is ``divergence()``.
  @differentiable(reverse,wrt: (self, z))
  public func logRatio(z: Tensor, noise: Tensor) -> Tensor { gaussianLogRatio(z, logVariance, noise: noise) }

  /// Deviations, [B, D].
  public var deviation: Tensor { exp(0.5 * logVariance) }
}
