import Tensors
import _Differentiation

/// A convolution turned round: activation(x *' weight + bias), [N, H, W, in] to [N, H', W', out], larger by the stride.
///
/// The layer that mirrors ``Convolution2D`` of the same window in a decoder.
public struct TransposedConvolution2D: Layer {
  /// [kernel height, kernel width, out, in]: that of the convolution which is turned round.
  public var weight: Tensor
  /// [out]
  public var bias: Tensor
  /// How the kernel goes over the output.
  @noDerivative public let window: ConvolutionWindow
  /// Rows and columns of the output beyond the fewest that the window can make.
  @noDerivative public let extra: Extent
  /// Applied to each output.
  @noDerivative public let activation: Activation

  /// A layer with weights drawn by `initializer`, for which, as in PyTorch, the numbers under the kernel are an output's
  /// inputs - although with a stride above 1 only some of them meet in any one.
  ///
  /// - Parameter extra: PyTorch's output padding, less than the stride: which of the sizes that a convolution brings to
  ///   the input's is the output's. See ``ConvolutionWindow/transposedSize(of:extra:)``.
  public init(
    _ inputs: Int, _ outputs: Int, window: ConvolutionWindow, extra: Extent = 0, activation: Activation = .identity,
    initializer: Initializer = .uniformFanIn, stream: RandomStream
  ) {
    let (kernel, area) = (window.kernel, window.kernel.area)
    require(
      (0..<window.stride.height).contains(extra.height) && (0..<window.stride.width).contains(extra.width),
      "TransposedConvolution2D: extra \(extra) with stride \(window.stride); expected less than the stride")
    weight = initializer.draw(
      [kernel.height, kernel.width, outputs, inputs], inputs: area * outputs, outputs: area * inputs,
      stream: stream["weight"])
    bias = initializer.drawBias(inputs: area * outputs, outputs: outputs, stream: stream["bias"])
    self.window = window
    self.extra = extra
    self.activation = activation
  }

  /// activation(input *' weight + bias).
  @differentiable(reverse)
  public func callAsFunction(_ input: Tensor) -> Tensor {
    transposedConvolution(input, weight, bias, window, withoutDerivative(at: outputSize(for: input)), activation)
  }

  /// Traps unless it is images.
  func outputSize(for input: Tensor) -> Extent {
    require(
      input.shape.rank == 4,
      "TransposedConvolution2D: input \(input.shape); expected [N, height, width, channels]: reshape the data")
    return window.transposedSize(of: Extent(height: input.shape[1], width: input.shape[2]), extra: extra)
  }
}
