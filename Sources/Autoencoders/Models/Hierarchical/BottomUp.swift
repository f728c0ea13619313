import Networks
import Tensors
import _Differentiation

/// A block of the way up, from the data to features: x + bottleneck(x).
public struct BottomUpBlock: Layer {
  /// What is added.
  public var bottleneck: Bottleneck

  /// x + bottleneck(x).
  @differentiable(reverse)
  public func callAsFunction(_ x: Tensor) -> Tensor { x + bottleneck(x) }
}

/// The blocks at one resolution, after the step down to it.
public struct BottomUpLevel: Layer {
  /// One after the other.
  public var blocks: Stack<BottomUpBlock>
  /// Pixels that become one before the blocks.
  @noDerivative public let reduction: Extent

  /// [N, H, W, C] to [N, H / reduction.height, W / reduction.width, C].
  @differentiable(reverse)
  public func callAsFunction(_ x: Tensor) -> Tensor {
    blocks(reduction == 1 ? x : x.averagePooled(by: reduction))
  }

  /// The sizes of a picture at so many resolutions: halved again and again, and once reduced to a single pixel where that
  /// is no longer possible; nil if there are not so many.
  public static func sizes(of image: Extent, levels: Int) -> [Extent]? {
    var sizes = [image]
    while sizes.count < levels {
      let last = sizes[sizes.count - 1]
      if last == 1 { return nil }
      let isEven = last.height % 2 == 0 && last.width % 2 == 0
      sizes.append(isEven ? Extent(height: last.height / 2, width: last.width / 2) : 1)
    }
    return sizes
  }
}

/// What an encoder makes of a batch, at every resolution: [B, H, W, C] each, the finest first.
public struct FeaturePyramid: Differentiable, Sendable {
  /// The finest first.
  public var levels: [Tensor]

  /// Features at the given levels.
  @differentiable(reverse)
  public init(levels: [Tensor]) { self.levels = levels }

  /// Each example's features `draws` times, [draws * B, H, W, C], draw by draw.
  @differentiable(reverse,wrt: self)
  func repeated(_ draws: Int) -> FeaturePyramid {
    FeaturePyramid(levels: levels.map { Tensor.stacked([Tensor](repeating: $0, count: draws)) })
  }

  @derivative(of: repeated, wrt: self)
  @usableFromInline
  func vjpRepeated(_ draws: Int) -> (value: FeaturePyramid, pullback: (TangentVector) -> TangentVector) {
    (
      repeated(draws),
      { gradient in
        var sums = TangentVector.zero
        sums.levels.base = gradient.levels.base.map { level in
          if level.isSymbolicZero || draws == 1 { return level }
          let rows = level.shape[0] / draws
          return (1..<draws).reduce(level.rows(0..<rows)) { $0 + level.rows($1 * rows..<($1 + 1) * rows) }
        }
        return sums
      }
    )
  }
}
