import Autoencoders
import Foundation
import Networks
import Tensors
import _Differentiation

/// A variational autoencoder of grey pictures whose output is N(f(z), sigma^2 I) with a sigma that is given, not learned.
struct FixedDeviationVAE: GaussianAutoencoder {
  var encoder: Dense
  var posteriorMean: Dense
  var posteriorLogVariance: Dense
  var decoder: Dense
  var pixels: Dense
  @noDerivative let logVariance: Float
  @noDerivative let inputSize: Int
  @noDerivative let latentSize: Int

  init(inputSize: Int, hidden: Int, latentSize: Int, deviation: Double, stream: RandomStream) {
    encoder = Dense(inputSize, hidden, activation: .relu, stream: stream[1])
    posteriorMean = Dense(hidden, latentSize, stream: stream[2])
    posteriorLogVariance = Dense(hidden, latentSize, stream: stream[3])
    decoder = Dense(latentSize, hidden, activation: .relu, stream: stream[4])
    pixels = Dense(hidden, inputSize, activation: .sigmoid, stream: stream[5])
    logVariance = Float(2 * Foundation.log(deviation))
    (self.inputSize, self.latentSize) = (inputSize, latentSize)
  }

  /// q(z|x), for a batch [B, D].
  @differentiable(reverse,wrt: self)
  func encode(_ x: Tensor) -> DiagonalGaussian {
    let h = encoder(x)  // [B, H]
    return DiagonalGaussian(mean: posteriorMean(h), logVariance: posteriorLogVariance(h))
  }

  /// N(f(z), sigma^2 I), for draws of z [K, B, L].
  @differentiable(reverse)
  func decode(_ z: Tensor) -> Gaussian {
    let mean = pixels(decoder(z))  // [K, B, D]
    let shape = withoutDerivative(at: mean.shape)
    return Gaussian(mean: mean, logVariance: withoutDerivative(at: Tensor(repeating: logVariance, shape: shape)))
  }
}
