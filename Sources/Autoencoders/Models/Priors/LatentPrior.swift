import Tensors
import _Differentiation

/// Weighted diagonal Gaussians that are learned: what a prior over latents is made of.
public struct GaussianComponents: Differentiable, Sendable {
  /// [K, D]
  public var mean: Tensor
  /// [K, D]
  public var logVariance: Tensor
  /// Logarithms of weights that add up to 1, [K].
  public var logWeight: Tensor

  /// Components of the given parts.
  @differentiable(reverse)
  public init(mean: Tensor, logVariance: Tensor, logWeight: Tensor) {
    (self.mean, self.logVariance, self.logWeight) = (mean, logVariance, logWeight)
  }

  /// log of the weighted sum of densities, z [K', B, D] to [K', B], nats.
  @differentiable(reverse)
  func logDensity(of z: Tensor) -> Tensor { mixtureLogDensity(z, mean, logVariance, logWeight) }

  /// As a mixture that draws.
  var mixture: GaussianMixture {
    GaussianMixture(
      weights: exp(logWeight).scalars.map(Double.init), means: mean, deviations: exp(0.5 * logVariance))
  }
}

/// A prior over the latents of a model that is learned with it.
public protocol LatentPrior: Differentiable, Sendable {
  /// The models it is for.
  associatedtype Base: GaussianAutoencoder

  /// Its components, which may depend on the model.
  @differentiable(reverse)
  func components(_ base: Base) -> GaussianComponents
}

/// Gaussians with means, deviations and weights of their own.
public struct MixturePrior<Base: GaussianAutoencoder>: LatentPrior {
  /// [K, D]
  public var mean: Tensor
  /// Before it is bent, as a ``DiagonalGaussian``'s, [K, D].
  public var logVariance: Tensor
  /// Logarithms of weights, before they are normalised, [K].
  public var logWeight: Tensor

  /// `count` components for `latents` latents, spread as N(0, I) is.
  public init(count: Int, latents: Int, stream: RandomStream) {
    mean = stream["mean"].normal([count, latents])
    logVariance = Tensor(repeating: 0, shape: [count, latents])
    logWeight = Tensor(repeating: 0, shape: [count])
  }

  /// The components, which are the same for any model.
  @differentiable(reverse)
  public func components(_ base: Base) -> GaussianComponents {
    let count = withoutDerivative(at: logWeight.count)
    let total = logWeight.reshaped(to: withoutDerivative(at: [count, 1])).logMeanExpOverFirst()
    let logCount = withoutDerivative(at: log(Tensor([Float(count)])))
    return GaussianComponents(
      mean: mean, logVariance: DiagonalGaussian.bent(logVariance), logWeight: logWeight - (total + logCount))
  }
}

/// A model whose encoder can be asked about made-up data, and passes a gradient on to them.
public protocol PseudoInputEncoder: GaussianAutoencoder {
  /// q(z|u) for u [N, D] that numbers without bounds stand for: `raw` of 0 is the middle of the data's range.
  @differentiable(reverse)
  func encode(pseudoInputs raw: Tensor) -> DiagonalGaussian
}

/// The mean of the posteriors of some made-up data, which are learned: a *variational mixture of posteriors* (Tomczak and
/// Welling 2018). It follows the encoder wherever it goes.
public struct VampPrior<Base: PseudoInputEncoder>: LatentPrior {
  /// What stands for the data, [K, D]; see ``PseudoInputEncoder``.
  public var pseudoInputs: Tensor

  /// `count` pseudo-inputs of `size` numbers.
  public init(count: Int, size: Int, stream: RandomStream) {
    pseudoInputs = stream["pseudo-inputs"].normal([count, size]) - 2
  }

  /// The posteriors of the pseudo-inputs, equally often.
  @differentiable(reverse)
  public func components(_ base: Base) -> GaussianComponents {
    let q = base.encode(pseudoInputs: pseudoInputs)
    let count = withoutDerivative(at: pseudoInputs.shape[0])
    let logWeight = withoutDerivative(at: -1 * log(Tensor(repeating: Float(count), shape: [count])))
    return GaussianComponents(mean: q.mean, logVariance: q.logVariance, logWeight: logWeight)
  }
}
