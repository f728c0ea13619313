import Tensors
import _Differentiation

/// The model of Kingma and Welling 2014: z ~ N(0, I), x ~ p(x|z), q(z|x) a diagonal Gaussian.
///
/// Say how to encode and how to decode; evidence follows.
public protocol GaussianAutoencoder: LatentVariableModel where Encoding == DiagonalGaussian {
  /// The distribution the decoder makes.
  associatedtype Output: Likelihood

  /// p(x|z) for latents [K, B, latentSize].
  @differentiable(reverse)
  func decode(_ z: Tensor) -> Output
}

extension GaussianAutoencoder {
  /// log p(x|z) at K draws z = mean + deviation * noise, and the divergence of q(z|x) from N(0, I), unit by unit.
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: DiagonalGaussian, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    let draw = encoding.draw(noise: noise, divergence: divergence)
    return Evidence(logLikelihood: logLikelihood(of: x, given: draw.z), divergence: draw.divergence)
  }

  /// What the decoder's distribution says.
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor { decode(z).logProbability(of: x) }

  /// mean + deviation * noise.
  public func latents(of encoding: DiagonalGaussian, noise: Tensor) -> Tensor {
    gaussianSample(encoding.mean, encoding.logVariance, noise: noise)
  }

  /// What the encoder's distribution says.
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: DiagonalGaussian) -> Tensor { encoding.logDensity(of: z) }

  /// The encoder's means and deviations.
  public func posterior(_ encoding: DiagonalGaussian) -> (mean: Tensor, deviation: Tensor) {
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
