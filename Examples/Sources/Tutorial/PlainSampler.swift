import Autoencoders
import Networks
import Tensors
import _Differentiation

/// P(X) as page 7 of Doersch's tutorial first writes it: the mean of N(X; f(z), sigma^2 I) over draws of z ~ N(0, I).
///
/// There is no encoder: q(z|x) is the prior, whatever x. Trained with the bound `iwae` and n draws, it climbs the log of
/// exactly that mean. f has two hidden layers; sigma is one number, learned with it.
struct PlainSampler: GaussianAutoencoder {
  var first: Dense
  var second: Dense
  var last: Dense
  var logDeviation: Tensor
  @noDerivative let inputSize = 2
  @noDerivative let latentSize = 2

  init(hidden: Int, deviation: Float, stream: RandomStream) {
    first = Dense(2, hidden, activation: .tanh, initializer: .glorot, stream: stream[1])
    second = Dense(hidden, hidden, activation: .tanh, initializer: .glorot, stream: stream[2])
    last = Dense(hidden, 2, initializer: .glorot, stream: stream[3])
    logDeviation = log(Tensor([deviation]))
  }

  /// The prior, for any batch [B, 2].
  @differentiable(reverse,wrt: self)
  func encode(_ x: Tensor) -> DiagonalGaussian {
    let zeros = withoutDerivative(at: Tensor(repeating: 0, shape: [x.shape[0], 2]))
    return DiagonalGaussian(mean: zeros, logVariance: zeros)
  }

  /// N(f(z), sigma^2 I) for draws of z [K, B, 2].
  @differentiable(reverse)
  func decode(_ z: Tensor) -> Gaussian {
    let mean = last(second(first(z)))  // [K, B, 2]
    let shape = withoutDerivative(at: mean.shape)
    return Gaussian(mean: mean, logVariance: (2 * logDeviation).broadcast(to: shape))
  }
}
