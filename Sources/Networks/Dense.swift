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

/// How weights begin.
public enum Initializer: Codable, Sendable, Equatable {
  /// Uniform in +-1/sqrt(inputs), the bias too: the default of PyTorch's linear layer.
  case uniformFanIn
  /// Normal with standard deviation sqrt(2 / (inputs + outputs)), zero bias (Glorot and Bengio 2010).
  case glorot
  /// Normal with the given standard deviation, zero bias; 0.1 in Kingma and Welling 2014, who give the variance.
  case normal(Float)

  func draw(inputs: Int, outputs: Int, stream: RandomStream) -> Tensor {
    let shape: Shape = [inputs, outputs]
    switch self {
    case .uniformFanIn:
      return stream.uniform(shape).scaled(by: 2 / Float(inputs).squareRoot(), plus: -1 / Float(inputs).squareRoot())
    case .glorot: return stream.normal(shape).scaled(by: (2 / Float(inputs + outputs)).squareRoot())
    case .normal(let deviation): return stream.normal(shape).scaled(by: deviation)
    }
  }

  func drawBias(inputs: Int, outputs: Int, stream: RandomStream) -> Tensor {
    guard case .uniformFanIn = self else { return Tensor(repeating: 0, shape: [outputs]) }
    let bound = 1 / Float(inputs).squareRoot()
    return stream.uniform([outputs]).scaled(by: 2 * bound, plus: -bound)
  }
}
