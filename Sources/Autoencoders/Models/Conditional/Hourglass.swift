import Networks
import Tensors
import _Differentiation

/// A picture at ever fewer pixels and up again, where what was seen on the way down is added: features of every pixel that
/// know of the whole, [N, H, W, in] to [N, H, W, width].
///
/// The U-Net of Ronneberger et al. 2015 with sums in place of concatenations.
public struct Hourglass: Differentiable, Sendable {
  /// At full resolution.
  public var entry: Convolution2D
  /// Each to half of the pixels.
  public var down: Stack<EncoderStage>
  /// Back, to all resolutions but the full one.
  public var up: Stack<RisingStage>
  /// To the full one.
  public var last: DecoderStage
  /// Height, width and channels where there are the fewest pixels.
  @noDerivative public let cornerShape: Shape

  /// - Parameters:
  ///   - size: of the pictures. Traps if a side is too short to be halved for each of `maps`.
  ///   - width: channels at full resolution.
  ///   - maps: channels after each halving.
  ///   - blocks: residual blocks at each resolution below the full one.
  public init(
    _ inputs: Int, size: Extent, width: Int, maps: [Int], blocks: Int, activation: Activation,
    initializer: Initializer = .uniformFanIn, stream: RandomStream
  ) {
    let sizes = ConvolutionWindow.halvings(of: size, maps.count, layer: "Hourglass")
    let widths = [width] + maps
    func rising(_ level: Int) -> DecoderStage {
      DecoderStage(
        widths[level + 1], widths[level], to: sizes[level], blocks: blocks, activation: activation,
        blockActivation: activation, initializer: initializer, stream: stream["up"][level])
    }
    entry = Convolution2D(
      inputs, width, window: .same(3), activation: activation, initializer: initializer, stream: stream["entry"])
    down = Stack(
      maps.indices.map {
        EncoderStage(
          widths[$0], widths[$0 + 1], blocks: blocks, activation: activation, initializer: initializer,
          stream: stream["down"][$0])
      })
    up = Stack(maps.indices.dropFirst().reversed().map { RisingStage(stage: rising($0), level: $0 - 1) })
    last = rising(0)
    let corner = sizes[maps.count]
    cornerShape = [corner.height, corner.width, maps[maps.count - 1]]
  }

  /// Features of pictures [N, H, W, in].
  @differentiable(reverse)
  public func callAsFunction(_ x: Tensor) -> HourglassFeatures {
    let first = entry(x)
    let seen = FeaturePyramid(levels: down.outputs(first))
    let corner = seen.level(withoutDerivative(at: down.layers.count - 1))
    let h = up.fold(corner, seen) { $0($1, $2) }
    return HourglassFeatures(corner: corner, pixels: last(h) + first)
  }
}

/// What an ``Hourglass`` makes of a batch.
public struct HourglassFeatures: Differentiable, Sendable {
  /// Where there are the fewest pixels.
  public var corner: Tensor
  /// At full resolution.
  public var pixels: Tensor

  /// Both.
  @differentiable(reverse)
  public init(corner: Tensor, pixels: Tensor) { (self.corner, self.pixels) = (corner, pixels) }
}

/// A step up to the resolution of one of the levels on the way down.
public struct RisingStage: Differentiable, Sendable {
  /// Twice the pixels along each side.
  public var stage: DecoderStage
  /// Whose features are added.
  @noDerivative public let level: Int

  /// stage(h) + that level's features.
  @differentiable(reverse)
  func callAsFunction(_ h: Tensor, _ seen: FeaturePyramid) -> Tensor { stage(h) + seen.level(level) }
}

extension FeaturePyramid {
  /// The features of one level.
  @differentiable(reverse,wrt: self)
  func level(_ index: Int) -> Tensor { levels[index] }

  @derivative(of: level, wrt: self)
  @usableFromInline
  func vjpLevel(_ index: Int) -> (value: Tensor, pullback: (Tensor) -> TangentVector) {
    let count = levels.count
    return (
      levels[index],
      { gradient in
        var slopes = TangentVector.zero
        slopes.levels.base = [Tensor](repeating: .zero, count: count)
        slopes.levels.base[index] = gradient
        return slopes
      }
    )
  }
}
