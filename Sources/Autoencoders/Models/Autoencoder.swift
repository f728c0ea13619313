import Tensors
import _Differentiation

/// A model whose latents are N(0, I) under the prior and whose q(z|x) is a ``Posterior``.
///
/// Say how to encode and how to decode; evidence follows.
public protocol Autoencoder: LatentVariableModel where Encoding: Posterior {
  /// The distribution the decoder makes.
  associatedtype Output: Likelihood

  /// p(x|z) for latents [K, B, latentSize].
  @differentiable(reverse)
  func decode(_ z: Tensor) -> Output
}

/// The model of Kingma and Welling 2014: q(z|x) is a diagonal Gaussian.
public protocol GaussianAutoencoder: Autoencoder where Encoding == DiagonalGaussian {}

extension Autoencoder {
  /// log p(x|z) at K draws that `noise` makes, and the divergence of q(z|x) from N(0, I).
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: Encoding, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    let draw = encoding.draw(noise: noise, divergence: divergence)
    return Evidence(logLikelihood: logLikelihood(of: x, given: draw.z), draw: draw)
  }

  /// What the decoder's distribution says.
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor { decode(z).logProbability(of: x) }

  /// What q(z|x) makes of the noise.
  public func latents(of encoding: Encoding, noise: Tensor) -> Tensor {
    encoding.sample(noise: noise)
  }

  /// What the encoder's distribution says.
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: Encoding) -> Tensor { encoding.logDensity(of: z) }

  /// The encoder's means and deviations.
  public func posterior(_ encoding: Encoding) -> (mean: Tensor, deviation: Tensor) {
    (encoding.mean, encoding.deviation)
  }

  /// The decoder's means.
  public func expectation(given z: Tensor) -> Tensor {
    decode(z.reshaped(to: z.shape.prepending(1))).mean.reshaped(to: [z.shape[0], inputSize])
  }

  /// Draws from the decoder's distribution.
  public func sample(given z: Tensor, _ stream: RandomStream) -> Tensor {
    decode(z.reshaped(to: z.shape.prepending(1))).sample(stream).reshaped(to: [z.shape[0], inputSize])
  }
}
