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
  ///   - groups: of each normalisation, at most.
  ///   - startsAsIdentity: the second convolution begins at zero, so that the block begins as its shortcut, and deep
  ///     stacks of them learn from the first step on.
  public init(
    _ inputs: Int, _ outputs: Int, groups: Int = 8, activation: Activation = .silu,
    initializer: Initializer = .uniformFanIn, startsAsIdentity: Bool = true, stream: RandomStream
  ) {
    normalization1 = GroupNormalization(inputs, upTo: groups)
    convolution1 = Convolution2D(
      inputs, outputs, window: .same(3), initializer: initializer, stream: stream["convolution1"])
    normalization2 = GroupNormalization(outputs, upTo: groups)
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
