import Networks
import Tensors
import _Differentiation

/// A deep hierarchy of latents, the coarsest first: p(z) = p(z1) p(z2|z1) ..., q(z|x) in the same order (Child 2021, *Very
/// deep VAEs generalize autoregressive models and can outperform them on images*; Sønderby et al. 2016).
///
/// An encoder looks at the data at several resolutions. A decoder begins with a constant and grows a picture block by
/// block; at each, some latents are drawn, from what has been decided so far and, in q, from the encoder's features. Latents
/// are in units of their prior, so that altogether they are N(0, I) under p. ``Evidence/divergence`` has one group a block.
public struct HierarchicalAutoencoder<Pixels: PixelDistribution>: LatentVariableModel {
  /// x to features.
  public var stem: Convolution2D
  /// Features at each resolution, the finest first.
  public var bottomUp: Stack<BottomUpLevel>
  /// What the decoder begins with, [1, H, W, C].
  public var start: Tensor
  /// Latents to a picture, the coarsest first.
  public var topDown: Stack<TopDownBlock>
  /// Features to raw numbers for every pixel.
  public var pixels: Convolution2D
  /// What becomes of those: p(x|z).
  @noDerivative public let distribution: Pixels
  /// [H, W, channels] of the data.
  @noDerivative public let imageShape: Shape
  /// Latents in all blocks.
  @noDerivative public let latentSize: Int

  /// Those of each block, the coarsest first.
  public var latentLayers: [Int] { topDown.layers.map(\.latentShape.count) }

  /// Numbers in one example.
  public var inputSize: Int { imageShape.count }

  /// - Parameters:
  ///   - imageShape: [H, W, channels].
  ///   - blocks: how many blocks at each resolution, on the way up and down: all pixels, half of them along each side, a
  ///     quarter ...; where a side cannot be halved, the last one is all of the picture as one pixel. Traps unless
  ///     ``BottomUpLevel/sizes(of:levels:)`` knows them, and where there is none for all pixels.
  ///   - width: channels of features.
  ///   - narrow: channels inside blocks.
  ///   - latents: for each pixel of each block.
  public init(
    imageShape: Shape, blocks: [Int], width: Int, narrow: Int, latents: Int, activation: Activation,
    distribution: Pixels, stream: RandomStream
  ) {
    let image = Extent(height: imageShape[0], width: imageShape[1])
    guard let sizes = BottomUpLevel.sizes(of: image, levels: blocks.count), blocks[0] > 0 else {
      fatalError(
        "HierarchicalAutoencoder: blocks \(blocks) for \(image) pixels; expected one or more for all pixels, and "
          + "fewer halvings")
    }
    let scale = 1 / Float(max(1, blocks.reduce(0, +))).squareRoot()
    func reduction(_ level: Int) -> Extent {
      level == 0
        ? 1
        : Extent(
          height: sizes[level - 1].height / sizes[level].height, width: sizes[level - 1].width / sizes[level].width)
    }
    stem = Convolution2D(imageShape[2], width, window: .same(3), stream: stream["stem"])
    bottomUp = Stack(
      blocks.enumerated().map { level, count in
        BottomUpLevel(
          blocks: Stack(
            (0..<count).map {
              BottomUpBlock(
                bottleneck: Bottleneck(
                  width, width, width: narrow, side: min(sizes[level].height, sizes[level].width),
                  activation: activation, scale: scale, stream: stream["up"][level][$0]))
            }), reduction: reduction(level))
      })
    let coarsest = sizes[sizes.count - 1]
    start = Tensor(repeating: 0, shape: [1, coarsest.height, coarsest.width, width])
    var reached = coarsest
    topDown = Stack(
      blocks.indices.reversed().flatMap { level in
        (0..<blocks[level]).map { index in
          let size = sizes[level]
          defer { reached = size }
          return TopDownBlock(
            size: size, width: width, narrow: narrow, latents: latents,
            enlargement: Extent(height: size.height / reached.height, width: size.width / reached.width), level: level,
            activation: activation, scale: scale, stream: stream["down"][level][index])
        }
      })
    pixels = Convolution2D(width, distribution.numbersPerPixel, window: .same(1), stream: stream["pixels"])
    pixels.bias = pixels.bias + Tensor(distribution.start)
    self.distribution = distribution
    self.imageShape = imageShape
    latentSize = topDown.latentSize
  }

  /// Features at every resolution, with x [B, D].
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> FeaturePyramid {
    let pictures = withoutDerivative(at: x.asPictures(imageShape))
    return FeaturePyramid(levels: bottomUp.outputs(stem(pictures)))
  }

  /// log p(x|z) [K, B] and the divergence of each block's latents, [K, B, blocks].
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: FeaturePyramid, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    require(
      divergence != .doublyReparameterized || noise.shape[0] == 1,
      "HierarchicalAutoencoder: doubly reparameterised gradients need draws that share a posterior; use iwae, or stl")
    let (draws, shape) = withoutDerivative(at: (noise.shape[0], costsShape(noise)))
    let pass = passing(encoding, noise, .noise(divergence))
    let likelihood = distribution(raw(pass.h, draws)).logProbability(of: x)
    return Evidence(
      logLikelihood: likelihood,
      divergence: pass.costs.reshaped(to: shape))
  }

  /// [K, B, blocks]
  private func costsShape(_ noise: Tensor) -> Shape { [noise.shape[0], noise.shape[1], topDown.layers.count] }

  /// log p(x|z) of given latents [K, B, latentSize]: [K, B].
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor { decode(z).logProbability(of: x) }

  /// p(x|z) for latents [K, B, latentSize].
  @differentiable(reverse)
  public func decode(_ z: Tensor) -> Pixels.Output {
    let (draws, rows) = withoutDerivative(at: (z.shape[0], z.shape[0] * z.shape[1]))
    let flat = z.reshaped(to: withoutDerivative(at: [rows, z.shape[2]]))
    return distribution(raw(topDown.generating(from: begun(rows), flat), draws))
  }

  /// log q(z|x) of given latents [K, B, latentSize]: [K, B].
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: FeaturePyramid) -> Tensor {
    let shape = withoutDerivative(at: Shape([z.shape[0], z.shape[1]]))
    return passing(encoding, z, .given).costs.sumOverLast().reshaped(to: shape)
  }

  /// All blocks with noise or latents [K, B, latentSize].
  @differentiable(reverse,wrt: (self, encoding))
  private func passing(_ encoding: FeaturePyramid, _ values: Tensor, _ source: LatentSource) -> TopDownPass {
    let (draws, rows) = withoutDerivative(at: (values.shape[0], values.shape[0] * values.shape[1]))
    let flat = withoutDerivative(at: values.reshaped(to: [rows, values.shape[2]]))
    return topDown.inferring(from: begun(rows), encoding.repeated(draws), flat, source)
  }

  /// Raw numbers of every pixel, [K, B, H W P], from features [K B, H, W, C].
  @differentiable(reverse,wrt: (self, h))
  private func raw(_ h: Tensor, _ draws: Int) -> Tensor {
    let numbers = pixels(h)
    let rows = withoutDerivative(at: h.shape[0])
    return numbers.reshaped(to: withoutDerivative(at: [draws, rows / draws, numbers.count / rows]))
  }

  @differentiable(reverse,wrt: self)
  private func begun(_ rows: Int) -> Tensor {
    start.broadcast(to: withoutDerivative(at: startShape(rows)))
  }

  private func startShape(_ rows: Int) -> Shape { Shape([rows] + start.shape.array.dropFirst()) }

  /// Latents as `noise` [K, B, latentSize] makes them.
  public func latents(of encoding: FeaturePyramid, noise: Tensor) -> Tensor {
    let rows = noise.shape[0] * noise.shape[1]
    let flat = noise.reshaped(to: [rows, noise.shape[2]])
    return topDown.posterior(from: begun(rows), encoding.repeated(noise.shape[0]), noise: flat).z
      .reshaped(to: noise.shape)
  }

  /// Means and deviations of each block's latents, in units of their prior, where all blocks before had theirs at the mean.
  public func posterior(_ encoding: FeaturePyramid) -> (mean: Tensor, deviation: Tensor) {
    let rows = encoding.levels[0].shape[0]
    let found = topDown.posterior(
      from: begun(rows), encoding, noise: Tensor(repeating: 0, shape: [rows, latentSize]))
    return (found.mean, found.deviation)
  }

  /// The expected data for latents [N, latentSize].
  public func expectation(given z: Tensor) -> Tensor {
    decode(z.reshaped(to: z.shape.prepending(1))).mean.reshaped(to: [z.shape[0], inputSize])
  }

  /// Draws from p(x|z) for latents [N, latentSize].
  public func sample(given z: Tensor, _ stream: RandomStream) -> Tensor {
    decode(z.reshaped(to: z.shape.prepending(1))).sample(stream).reshaped(to: [z.shape[0], inputSize])
  }
}
