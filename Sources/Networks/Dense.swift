import Tensors
import _Differentiation

/// A fully connected layer: activation(x weight + bias), [..., in] to [..., out].
public struct Dense: Layer {
  /// [in, out]
  public var weight: Tensor
  /// [out]
  public var bias: Tensor
  /// Applied to each output.
  @noDerivative public let activation: Activation

  /// A layer with weights drawn by `initializer` and a zero bias.
  public init(
    _ inputs: Int, _ outputs: Int, activation: Activation = .identity, initializer: Initializer = .uniformFanIn,
    stream: RandomStream
  ) {
    weight = initializer.draw(inputs: inputs, outputs: outputs, stream: stream["weight"])
    bias = initializer.drawBias(inputs: inputs, outputs: outputs, stream: stream["bias"])
    self.activation = activation
  }

  /// activation(input weight + bias).
  @differentiable(reverse)
  public func callAsFunction(_ input: Tensor) -> Tensor { dense(input, weight, bias, activation) }
}

extension Stack where Element == Dense {
  /// Layers from each width to the next, the first of them the input's.
  public init(
    widths: [Int], activation: Activation, initializer: Initializer = .uniformFanIn, stream: RandomStream
  ) {
    self.init(
      zip(widths, widths.dropFirst()).enumerated().map { index, pair in
        Dense(pair.0, pair.1, activation: activation, initializer: initializer, stream: stream[index])
      })
  }
}
