import Tensors
import _Differentiation

/// An autoencoder with a prior over its latents that is learned instead of N(0, I).
public struct PriorAutoencoder<Prior: LatentPrior>: WrappedAutoencoder {
  /// How to encode and decode.
  public var base: Prior.Base
  /// What latents are expected to be.
  public var prior: Prior

  /// A model with a prior of its own.
  public init(_ base: Prior.Base, prior: Prior) { (self.base, self.prior) = (base, prior) }

  /// As the base.
  public mutating func adapt(to data: any BatchSource) { base.adapt(to: data) }

  /// A learned prior is learned with a bound.
  public var trainingAlgorithms: Set<TrainingAlgorithm> { [.variational] }

  /// log p(x|z), and log q(z|x) - log p(z) at the draws, as one group. There is no closed form.
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: DiagonalGaussian, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    let form = withoutDerivative(at: divergence == .analytic ? .sampled : divergence)
    encoding.refuseDoubleReparameterization(form)
    let draw = encoding.draw(noise: noise, divergence: form)
    let rate = draw.divergence.sumOverLast() - logRatio(of: draw.z)
    return Evidence(
      logLikelihood: base.logLikelihood(of: x, given: draw.z),
      divergence: rate.reshaped(to: withoutDerivative(at: rate.shape.appending(1))))
  }

  /// How much more likely than under N(0, I) latents are, [K, B], nats.
  @differentiable(reverse)
  private func logRatio(of z: Tensor) -> Tensor {
    prior.components(base).logDensity(of: z) - standardNormalLogDensity(z)
  }

  /// How much more likely than under N(0, I) latents are, and which way more so.
  public func logPriorRatio(of z: Tensor) -> (value: Tensor, gradient: Tensor)? {
    let components = prior.components(base)
    let (value, pullback) = valueWithPullback(at: z) { components.logDensity(of: $0) - standardNormalLogDensity($0) }
    return (value, pullback(Tensor(repeating: 1, shape: value.shape)))
  }

  /// Draws from the prior.
  public func priorSample(_ count: Int, _ stream: RandomStream, temperature: Float) -> Tensor {
    prior.components(base).mixture.sample(count, stream, temperature: temperature)
  }
}
