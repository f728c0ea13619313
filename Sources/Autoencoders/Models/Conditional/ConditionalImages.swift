import Networks
import Tensors
import _Differentiation

/// A conditional autoencoder's networks where condition and target are pictures of one size: a photograph and its mask.
///
/// The baseline is an hourglass, and so is what looks at the condition. Latents are drawn for the whole picture, grow to a
/// map of it and meet the condition's features at every pixel, as in the probabilistic U-Net of Kohl et al. 2018.
public struct ConditionalImages<Pixels: PixelDistribution>: ConditionalNetworks {
  /// c to the baseline's features.
  public var baseline: Hourglass
  /// Those to the raw numbers of its p(x|c).
  public var baselineOutput: Convolution2D
  /// [c | guess] to features of the condition.
  public var conditioner: Hourglass
  /// Of those at the fewest pixels.
  public var conditionNormalization: GroupNormalization
  /// Those to p(z|c).
  public var prior: DiagonalGaussianLayer
  /// [x | c] to features at ever fewer pixels; no layers without a recognition network.
  public var recognition: Stack<EncoderStage>
  /// Of those.
  public var recognitionNormalization: Stack<GroupNormalization>
  /// Those to means and log-variances side by side.
  public var recognitionOutput: Stack<Dense>
  /// z to features at the fewest pixels.
  public var expand: Dense
  /// Up to all pixels.
  public var grow: Stack<DecoderStage>
  /// [z's features | the condition's] of every pixel.
  public var meet: ResidualBlock
  /// Those to the raw numbers of p(x|z, c).
  public var output: Convolution2D
  /// What becomes of raw numbers.
  @noDerivative public let distribution: Pixels
  /// [H, W, channels] of x.
  @noDerivative public let imageShape: Shape
  /// [H, W, channels] of c.
  @noDerivative public let conditionShape: Shape
  /// Latent units.
  @noDerivative public let latentSize: Int

  /// Numbers in x.
  public var inputSize: Int { imageShape.count }
  /// Numbers in c.
  public var conditionSize: Int { conditionShape.count }

  /// - Parameters:
  ///   - imageShape: [H, W, channels] of x; `conditionShape` of c, with the same H and W.
  ///   - width: channels at full resolution; `maps`: after each halving.
  ///   - blocks: residual blocks at each resolution below the full one.
  ///   - recognizes: whether there is a q(z|x, c) to learn.
  public init(
    imageShape: Shape, conditionShape: Shape, width: Int, maps: [Int], blocks: Int, latentSize: Int,
    recognizes: Bool = true, activation: Activation, initializer: Initializer = .uniformFanIn, distribution: Pixels,
    stream: RandomStream
  ) {
    let size = Extent(height: imageShape[0], width: imageShape[1])
    require(
      conditionShape[0] == size.height && conditionShape[1] == size.width,
      "ConditionalImages: pictures of \(imageShape) given pictures of \(conditionShape); expected the same rows and columns"
    )
    func hourglass(_ inputs: Int, _ name: StaticString) -> Hourglass {
      Hourglass(
        inputs, size: size, width: width, maps: maps, blocks: blocks, activation: activation,
        initializer: initializer, stream: stream[name])
    }
    func raw(_ inputs: Int, _ name: StaticString) -> Convolution2D {
      var layer = Convolution2D(
        inputs, distribution.numbersPerPixel, window: .same(3), initializer: initializer, stream: stream[name])
      layer.bias = layer.bias + Tensor(distribution.start)
      return layer
    }
    let (channels, given) = (imageShape[2], conditionShape[2])
    baseline = hourglass(given, "baseline")
    baselineOutput = raw(width, "baseline output")
    conditioner = hourglass(given + channels, "conditioner")
    let corner = conditioner.cornerShape
    conditionNormalization = GroupNormalization(corner[2], upTo: 8)
    prior = DiagonalGaussianLayer(
      features: corner.count, latents: latentSize, initializer: initializer, stream: stream["prior"])
    let widths = [channels + given] + maps
    recognition = Stack(
      recognizes
        ? maps.indices.map {
          EncoderStage(
            widths[$0], widths[$0 + 1], blocks: blocks, activation: activation, initializer: initializer,
            stream: stream["recognition"][$0])
        } : [])
    recognitionNormalization = Stack(recognizes ? [GroupNormalization(corner[2], upTo: 8)] : [])
    // From zeros: q(z|x, c) begins as p(z|c), and the divergence as nothing.
    recognitionOutput = Stack(
      recognizes
        ? [Dense(corner.count, 2 * latentSize, initializer: .zero, stream: stream["recognition output"])] : [])
    expand = Dense(
      latentSize, corner.count, activation: activation, initializer: initializer, stream: stream["expand"])
    let sizes = ConvolutionWindow.halvings(of: size, maps.count, layer: "ConditionalImages")
    grow = Stack(
      maps.indices.reversed().map {
        DecoderStage(
          maps[$0], $0 == 0 ? width : maps[$0 - 1], to: sizes[$0], blocks: blocks, activation: activation,
          blockActivation: activation, initializer: initializer, stream: stream["grow"][$0])
      })
    meet = ResidualBlock(
      2 * width, width, activation: activation, initializer: initializer, stream: stream["meet"])
    output = raw(width, "output")
    self.distribution = distribution
    (self.imageShape, self.conditionShape, self.latentSize) = (imageShape, conditionShape, latentSize)
  }

  /// An hourglass.
  @differentiable(reverse)
  public func guess(_ c: Tensor) -> Pixels.Output {
    let raw = baselineOutput(baseline(withoutDerivative(at: c.asPictures(conditionShape))).pixels)
    return distribution(raw.reshaped(to: withoutDerivative(at: raw.shape.prepending(1))))
  }

  /// Another hourglass.
  @differentiable(reverse)
  public func describe(_ c: Tensor, _ guess: Tensor) -> DescribedCondition {
    let seen = withoutDerivative(
      at: c.asPictures(conditionShape).joined(with: guess.asPictures(imageShape)).asConstant)
    let features = conditioner(seen)
    let flat = withoutDerivative(at: Shape([c.shape[0], conditioner.cornerShape.count]))
    return DescribedCondition(
      prior: prior(conditionNormalization(features.corner).reshaped(to: flat)), features: features.pixels)
  }

  /// Convolutions of both side by side.
  @differentiable(reverse)
  public func recognize(_ x: Tensor, _ c: Tensor) -> DiagonalGaussian {
    let seen = withoutDerivative(at: x.asPictures(imageShape).joined(with: c.asPictures(conditionShape)).asConstant)
    let (flat, size) = withoutDerivative(at: (Shape([x.shape[0], conditioner.cornerShape.count]), latentSize))
    let h = recognitionNormalization(recognition(seen)).reshaped(to: flat)
    let parts = recognitionOutput(h).split(rowsOf: 2 * size, at: size)
    return DiagonalGaussian(mean: parts.first, logVariance: parts.second)
  }

  /// z grown to a map, beside the condition's features of every pixel.
  @differentiable(reverse)
  public func generate(_ z: Tensor, _ features: Tensor) -> Pixels.Output {
    let (draws, rows) = withoutDerivative(at: (z.shape[0], z.shape[0] * z.shape[1]))
    let corner = withoutDerivative(at: conditioner.cornerShape.prepending(rows))
    let map = grow(expand(z).reshaped(to: corner))  // [K B, H, W, width]
    let shapes = withoutDerivative(at: (features.shape.prepending(draws), map.shape))
    let repeated = features.broadcast(to: shapes.0).reshaped(to: shapes.1)
    let raw = output(meet(map.joined(with: repeated)))
    return distribution(
      raw.reshaped(to: withoutDerivative(at: Shape([z.shape[0], z.shape[1], raw.count / rows]))))
  }

  /// Pictures are in [0, 1].
  public mutating func adapt(to data: any BatchSource) {}
}
