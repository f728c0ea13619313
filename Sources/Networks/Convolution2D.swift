import Tensors
import _Differentiation

/// A convolutional layer: activation(x * weight + bias), [N, H, W, in] to [N, H', W', out].
public struct Convolution2D: Layer {
  /// [kernel height, kernel width, in, out]
  public var weight: Tensor
  /// [out]
  public var bias: Tensor
  /// How the kernel goes over an image.
  @noDerivative public let window: ConvolutionWindow
  /// Applied to each output.
  @noDerivative public let activation: Activation

  /// A layer with weights drawn by `initializer`, for which the numbers under the kernel are an output's inputs.
  public init(
    _ inputs: Int, _ outputs: Int, window: ConvolutionWindow, activation: Activation = .identity,
    initializer: Initializer = .uniformFanIn, stream: RandomStream
  ) {
    let (kernel, area) = (window.kernel, window.kernel.area)
    weight = initializer.draw(
      [kernel.height, kernel.width, inputs, outputs], inputs: area * inputs, outputs: area * outputs,
      stream: stream["weight"])
    bias = initializer.drawBias(inputs: area * inputs, outputs: outputs, stream: stream["bias"])
    self.window = window
    self.activation = activation
  }

  /// activation(input * weight + bias).
  @differentiable(reverse)
  public func callAsFunction(_ input: Tensor) -> Tensor { convolution(input, weight, bias, window, activation) }
}
