import Networks
import Tensors
import _Differentiation

/// A Gaussian autoencoder of pictures: convolutions with stride 2 down to a few pixels, and the mirror of that up again.
public struct ConvolutionalAutoencoder<Pixels: PixelDistribution>: GaussianAutoencoder {
  /// x to features at ever fewer pixels.
  public var encoder: Stack<EncoderStage>
  /// Of the features, where there are residual blocks, which have no bounds: without it, one step too far moves the
  /// posterior's means by hundreds.
  public var normalization: Stack<GroupNormalization>
  /// Features to the posterior's means.
  public var posteriorMean: Dense
  /// Features to the posterior's log-variances.
  public var posteriorLogVariance: Dense
  /// z to features at the fewest pixels.
  public var expand: Dense
  /// Features at ever more pixels; the last one's outputs are the raw numbers of p(x|z).
  public var decoder: Stack<DecoderStage>
  /// What becomes of them.
  @noDerivative public let distribution: Pixels
  /// [H, W, channels] of the data.
  @noDerivative public let imageShape: Shape
  /// [H, W, channels] where there are the fewest pixels.
  @noDerivative public let cornerShape: Shape
  /// Latent units.
  @noDerivative public let latentSize: Int

  /// Numbers in one example.
  public var inputSize: Int { imageShape.count }

  /// - Parameters:
  ///   - imageShape: [H, W, channels]. Traps if a side is too short to be halved for each of `maps`.
  ///   - maps: channels after each halving.
  ///   - blocks: residual blocks at each resolution below the full one.
  public init(
    imageShape: Shape, maps: [Int], blocks: Int, latentSize: Int, activation: Activation,
    initializer: Initializer = .uniformFanIn, distribution: Pixels, stream: RandomStream
  ) {
    let sizes = ConvolutionWindow.halvings(
      of: Extent(height: imageShape[0], width: imageShape[1]), maps.count, layer: "ConvolutionalAutoencoder")
    let (corner, widest) = (sizes[maps.count], maps[maps.count - 1])
    let features = corner.area * widest
    encoder = Stack(
      maps.indices.map {
        EncoderStage(
          $0 == 0 ? imageShape[2] : maps[$0 - 1], maps[$0], blocks: blocks, activation: activation,
          initializer: initializer, stream: stream["encoder"][$0])
      })
    normalization = Stack(blocks == 0 ? [] : [GroupNormalization(widest, upTo: 8)])
    posteriorMean = Dense(features, latentSize, initializer: initializer, stream: stream["posterior mean"])
    posteriorLogVariance = Dense(
      features, latentSize, initializer: initializer, stream: stream["posterior log variance"])
    expand = Dense(latentSize, features, activation: activation, initializer: initializer, stream: stream["expand"])
    decoder = Stack(
      maps.indices.reversed().map {
        DecoderStage(
          maps[$0], $0 == 0 ? distribution.numbersPerPixel : maps[$0 - 1], to: sizes[$0], blocks: blocks,
          activation: $0 == 0 ? .identity : activation, blockActivation: activation, initializer: initializer,
          stream: stream["decoder"][$0])
      })
    decoder.layers[maps.count - 1].step.bias = decoder.layers[maps.count - 1].step.bias + Tensor(distribution.start)
    self.distribution = distribution
    self.imageShape = imageShape
    cornerShape = [corner.height, corner.width, widest]
    self.latentSize = latentSize
  }

  /// q(z|x) for x [B, H W channels] in [0, 1].
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> DiagonalGaussian {
    let pictures = withoutDerivative(at: x.asPictures(imageShape))
    let flat = withoutDerivative(at: Shape([x.shape[0], cornerShape.count]))
    let h = normalization(encoder(pictures)).reshaped(to: flat)
    return DiagonalGaussian(mean: posteriorMean(h), logVariance: posteriorLogVariance(h))
  }

  /// p(x|z) for latents [K, B, latentSize].
  @differentiable(reverse)
  public func decode(_ z: Tensor) -> Pixels.Output {
    let rows = withoutDerivative(at: z.shape[0] * z.shape[1])
    let corner = withoutDerivative(at: cornerShape.prepending(rows))
    let numbers = decoder(expand(z).reshaped(to: corner))  // [K B, H, W, P]
    let shape = withoutDerivative(at: Shape([z.shape[0], z.shape[1], numbers.count / rows]))
    return distribution(numbers.reshaped(to: shape))
  }
}

extension Tensor {
  /// Data [B, D] in [0, 1] as pictures [B, H, W, channels] in [-1, 1]; a missing pixel is a grey one.
  func asPictures(_ shape: Shape) -> Tensor {
    (2 * self - 1).missingAsZero.reshaped(to: shape.prepending(self.shape[0])).asConstant
  }
}
