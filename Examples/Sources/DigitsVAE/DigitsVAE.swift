import Autoencoders
import Networks
import Tensors
import _Differentiation

/// Auto-encoding variational Bayes (Kingma and Welling 2014): z ~ N(0, I), x ~ Bernoulli(decoder(z)).
struct DigitsVAE: GaussianAutoencoder {
  var encoder: Dense
  var posteriorMean: Dense
  var posteriorLogVariance: Dense
  var decoder: Dense
  var logits: Dense
  @noDerivative let inputSize: Int
  @noDerivative let latentSize: Int

  init(inputSize: Int, hidden: Int, latentSize: Int, stream: RandomStream) {
    encoder = Dense(inputSize, hidden, activation: .relu, stream: stream[1])
    posteriorMean = Dense(hidden, latentSize, stream: stream[2])
    posteriorLogVariance = Dense(hidden, latentSize, stream: stream[3])
    decoder = Dense(latentSize, hidden, activation: .relu, stream: stream[4])
    logits = Dense(hidden, inputSize, stream: stream[5])
    (self.inputSize, self.latentSize) = (inputSize, latentSize)
  }

  /// q(z|x), for a batch [B, D].
  @differentiable(reverse,wrt: self)
  func encode(_ x: Tensor) -> DiagonalGaussian {
    let h = encoder(x)  // [B, H]
    return DiagonalGaussian(mean: posteriorMean(h), logVariance: posteriorLogVariance(h))
  }

  /// p(x|z), for K draws of latents [K, B, L].
  @differentiable(reverse)
  func decode(_ z: Tensor) -> Bernoulli { Bernoulli(logits: logits(decoder(z))) }
}
