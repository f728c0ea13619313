import Tensors
import _Differentiation

/// x + branch(x), the branch twice normalisation, activation, 3x3 convolution: [N, H, W, in] to [N, H, W, out].
///
/// The pre-activation form of He et al. 2016, *Identity mappings in deep residual networks*, with group normalisation.
/// Where in and out differ, a 1x1 convolution brings x to the branch's channels.
public struct ResidualBlock: Layer {
  /// Before the first convolution.
  public var normalization1: GroupNormalization
  /// in to out channels.
  public var convolution1: Convolution2D
  /// Before the second convolution.
  public var normalization2: GroupNormalization
  /// out to out channels.
  public var convolution2: Convolution2D
  /// Nothing, or the 1x1 convolution.
  public var shortcut: Stack<Convolution2D>
  /// After each normalisation.
  @noDerivative public let activation: Activation

  /// - Parameters:
  ///   - groups: of each normalisation; the most that divide the channels into two or more each, up to so many.
  ///   - startsAsIdentity: the second convolution begins at zero, so that the block begins as its shortcut, and deep
  ///     stacks of them learn from the first step on.
  public init(
    _ inputs: Int, _ outputs: Int, groups: Int = 8, activation: Activation = .silu,
    initializer: Initializer = .uniformFanIn, startsAsIdentity: Bool = true, stream: RandomStream
  ) {
    func normalization(_ channels: Int) -> GroupNormalization {
      // A group of one channel would lose what it is about where there are few pixels, and all of it where there is one.
      GroupNormalization(channels, groups: (1...max(1, min(groups, channels / 2))).last { channels % $0 == 0 }!)
    }
    normalization1 = normalization(inputs)
    convolution1 = Convolution2D(
      inputs, outputs, window: .same(3), initializer: initializer, stream: stream["convolution1"])
    normalization2 = normalization(outputs)
    convolution2 = Convolution2D(
      outputs, outputs, window: .same(3), initializer: startsAsIdentity ? .zero : initializer,
      stream: stream["convolution2"])
    let bridge = Convolution2D(
      inputs, outputs, window: ConvolutionWindow(kernel: 1), initializer: initializer, stream: stream["shortcut"])
    shortcut = Stack(inputs == outputs ? [] : [bridge])
    self.activation = activation
  }

  /// shortcut(input) + branch(input).
  @differentiable(reverse)
  public func callAsFunction(_ input: Tensor) -> Tensor {
    let h = convolution1(activate(normalization1(input), with: activation))  // [N, H, W, out]
    return shortcut(input) + convolution2(activate(normalization2(h), with: activation))
  }
}
