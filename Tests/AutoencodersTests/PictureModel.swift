import Autoencoders
import Networks
import Tensors
import _Differentiation

/// A convolutional autoencoder of the bars' 4 x 4 pixels, with every layer that asks whether it is training.
struct PictureModel: GaussianAutoencoder {
  var first: Convolution2D
  var normalization: Stack<BatchNormalization>
  var second: Convolution2D
  var dropout: Stack<Dropout>
  var posteriorMean: Dense
  var posteriorLogVariance: Dense
  var expand: Dense
  var middle: Stack<BatchNormalization>
  var last: TransposedConvolution2D
  @noDerivative let inputSize = 16
  @noDerivative let latentSize = 3

  init(seed: UInt64, normalized: Bool = true, rate: Float = 0.25) {
    let stream = RandomStream(seed: seed)["picture"]
    let halving = ConvolutionWindow(kernel: 4, stride: 2, padding: 1)
    first = Convolution2D(1, 4, window: .same(3), activation: .silu, stream: stream["first"])
    normalization = Stack(normalized ? [BatchNormalization(4)] : [])
    second = Convolution2D(4, 6, window: halving, activation: .relu, stream: stream["second"])
    dropout = Stack(rate > 0 ? [Dropout(rate: rate)] : [])
    posteriorMean = Dense(24, 3, stream: stream["mean"])
    posteriorLogVariance = Dense(24, 3, stream: stream["log variance"])
    expand = Dense(3, 24, activation: .gelu, stream: stream["expand"])
    middle = Stack(normalized ? [BatchNormalization(6)] : [])
    last = TransposedConvolution2D(6, 1, window: halving, stream: stream["last"])
  }

  @differentiable(reverse,wrt: self)
  func encode(_ x: Tensor) -> DiagonalGaussian {
    let images = withoutDerivative(at: x.reshaped(to: [x.shape[0], 4, 4, 1]))
    let h = second(normalization(first(images)))  // [B, 2, 2, 6]
    let features = dropout(h.reshaped(to: [withoutDerivative(at: x.shape[0]), 24]))
    return DiagonalGaussian(mean: posteriorMean(features), logVariance: posteriorLogVariance(features))
  }

  @differentiable(reverse)
  func decode(_ z: Tensor) -> Bernoulli {
    let (draws, batch) = (withoutDerivative(at: z.shape[0]), withoutDerivative(at: z.shape[1]))
    let h = dropout(expand(z)).reshaped(to: [draws * batch, 2, 2, 6])
    return Bernoulli(logits: last(middle(h)).reshaped(to: [draws, batch, 16]))
  }
}
