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
    let z = encoding.sample(noise: noise)  // [K, B, D]
    let cost = divergence == .analytic ? encoding.divergence() : encoding.logRatio(z: z, noise: noise)
    return Evidence(logLikelihood: decode(z).logProbability(of: x), divergence: cost)
  }

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
