import Networks
import Tensors
import _Differentiation

/// Narrow, look around twice, widen: the block that very deep VAEs are made of (Child 2021, figure 3), without the skip.
///
/// An activation stands before each convolution. The last one begins at `scale` times its usual size: with one over the
/// root of their number, many blocks that are added up begin no wilder than one; with zero, a block begins as nothing.
public struct Bottleneck: Layer {
  /// 1x1, to the narrow width.
  public var narrow: Convolution2D
  /// 3x3, or 1x1 where there is nothing around.
  public var first: Convolution2D
  /// As `first`.
  public var second: Convolution2D
  /// 1x1, to the outputs.
  public var widen: Convolution2D
  /// Before each convolution.
  @noDerivative public let activation: Activation

  /// A block for pictures of `side` pixels at least.
  public init(
    _ inputs: Int, _ outputs: Int, width: Int, side: Int, activation: Activation, scale: Float,
    stream: RandomStream
  ) {
    let around: Extent = side > 2 ? 3 : 1
    narrow = Convolution2D(inputs, width, window: .same(1), activation: activation, stream: stream["narrow"])
    first = Convolution2D(width, width, window: .same(around), activation: activation, stream: stream["first"])
    second = Convolution2D(width, width, window: .same(around), activation: activation, stream: stream["second"])
    widen = Convolution2D(width, outputs, window: .same(1), stream: stream["widen"])
    widen.weight = widen.weight.scaled(by: scale)
    widen.bias = widen.bias.scaled(by: scale)
    self.activation = activation
  }

  /// [N, H, W, inputs] to [N, H, W, outputs].
  @differentiable(reverse)
  public func callAsFunction(_ x: Tensor) -> Tensor { widen(second(first(narrow(activate(x, with: activation))))) }
}
