import Tensors

/// How weights begin.
public enum Initializer: Codable, Sendable, Equatable {
  /// Uniform in +-1/sqrt(inputs), the bias too: the default of PyTorch's layers.
  case uniformFanIn
  /// Normal with standard deviation sqrt(2 / (inputs + outputs)), zero bias (Glorot and Bengio 2010).
  case glorot
  /// Normal with the given standard deviation, zero bias; 0.1 in Kingma and Welling 2014, who give the variance.
  case normal(Float)
  /// Nothing but zeros: for the last layer of a residual branch, which then begins as the identity.
  case zero

  func draw(inputs: Int, outputs: Int, stream: RandomStream) -> Tensor {
    draw([inputs, outputs], inputs: inputs, outputs: outputs, stream: stream)
  }

  /// Weights of a shape, each output of which adds up `inputs` products, and each input of which goes to `outputs`.
  func draw(_ shape: Shape, inputs: Int, outputs: Int, stream: RandomStream) -> Tensor {
    switch self {
    case .uniformFanIn:
      return stream.uniform(shape).scaled(by: 2 / Float(inputs).squareRoot(), plus: -1 / Float(inputs).squareRoot())
    case .glorot: return stream.normal(shape).scaled(by: (2 / Float(inputs + outputs)).squareRoot())
    case .normal(let deviation): return stream.normal(shape).scaled(by: deviation)
    case .zero: return Tensor(repeating: 0, shape: shape)
    }
  }

  func drawBias(inputs: Int, outputs: Int, stream: RandomStream) -> Tensor {
    guard case .uniformFanIn = self else { return Tensor(repeating: 0, shape: [outputs]) }
    let bound = 1 / Float(inputs).squareRoot()
    return stream.uniform([outputs]).scaled(by: 2 * bound, plus: -bound)
  }
}
