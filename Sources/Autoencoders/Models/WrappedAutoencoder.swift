import Tensors
import _Differentiation

/// A model around a ``GaussianAutoencoder``: all that it doesn't say itself is as the base has it.
public protocol WrappedAutoencoder: LatentVariableModel where Encoding == DiagonalGaussian {
  /// The model that is wrapped.
  associatedtype Base: GaussianAutoencoder

  /// How to encode and decode.
  @differentiable(reverse)
  var base: Base { get }
}

extension WrappedAutoencoder {
  /// Numbers in one example.
  public var inputSize: Int { base.inputSize }
  /// Latent units.
  public var latentSize: Int { base.latentSize }

  /// The base's q(z|x).
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> DiagonalGaussian { base.encode(x) }

  /// The base's log p(x|z).
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor { base.logLikelihood(of: x, given: z) }

  /// What the base's q(z|x) makes of the noise.
  public func latents(of encoding: DiagonalGaussian, noise: Tensor) -> Tensor { encoding.sample(noise: noise) }

  /// The base's log q(z|x).
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: DiagonalGaussian) -> Tensor {
    base.logPosterior(of: z, given: encoding)
  }

  /// The base's means and deviations.
  public func posterior(_ encoding: DiagonalGaussian) -> (mean: Tensor, deviation: Tensor) { base.posterior(encoding) }

  /// The means of the base's decoder.
  public func expectation(given z: Tensor) -> Tensor { base.expectation(given: z) }

  /// Draws from the base's p(x|z).
  public func sample(given z: Tensor, _ stream: RandomStream) -> Tensor { base.sample(given: z, stream) }
}
