import CKernels
import _Differentiation

/// What a layer applies to each of its outputs; `Codable`, for configuration files.
public enum Activation: String, Codable, Sendable, CaseIterable {
  case identity, tanh, relu, sigmoid, softplus, silu, gelu, elu
  case leakyReLU = "leaky-relu"

  var kernel: Int32 {
    switch self {
    case .identity: Int32(CK_IDENTITY.rawValue)
    case .tanh: Int32(CK_TANH.rawValue)
    case .relu: Int32(CK_RELU.rawValue)
    case .sigmoid: Int32(CK_SIGMOID.rawValue)
    case .softplus: Int32(CK_SOFTPLUS.rawValue)
    case .silu: Int32(CK_SILU.rawValue)
    case .gelu: Int32(CK_GELU.rawValue)
    case .elu: Int32(CK_ELU.rawValue)
    case .leakyReLU: Int32(CK_LEAKY_RELU.rawValue)
    }
  }

  /// Whether the gradient has to know the input; of the others the output says enough. (SiLU and GELU fall and rise
  /// again, so two inputs have the same output.)
  public var needsInput: Bool { self == .silu || self == .gelu }

  /// A layer's value, and what ``gradient(_:at:)`` will ask for. `layer` is called with the activation that it is to
  /// apply itself.
  func apply(to layer: (Activation) -> Tensor) -> (value: Tensor, kept: Tensor) {
    if needsInput {
      let sums = layer(.identity)
      return (activate(sums, with: self), sums)
    }
    let value = layer(self)
    return (value, self == .identity ? .zero : value)  // the only one whose gradient asks for nothing
  }

  /// The gradient with respect to the input, from that with respect to the output and what was `kept`.
  func gradient(_ dy: Tensor, at kept: Tensor) -> Tensor {
    if self == .identity || dy.isSymbolicZero { return dy }
    return Tensor(shape: kept.shape) { ck_activation_gradient(dy.pointer, kept.pointer, $0, kept.count, kernel) }
  }
}

/// The activation of each element.
@differentiable(reverse,wrt: x)
public func activate(_ x: Tensor, with activation: Activation) -> Tensor {
  Tensor(shape: x.shape) {
    $0.update(from: x.pointer, count: x.count)
    ck_bias_activation($0, nil, 1, x.count, activation.kernel)
  }
}

@derivative(of: activate, wrt: x)
@usableFromInline
func vjpActivate(_ x: Tensor, with activation: Activation) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
  let (y, kept) = activation.apply { $0 == .identity ? x : activate(x, with: $0) }
  return (y, { activation.gradient($0, at: kept) })
}

/// Hyperbolic tangent, each element; at most 2.5 ulp off.
@differentiable(reverse)
public func tanh(_ x: Tensor) -> Tensor { activate(x, with: .tanh) }

/// 1 / (1 + e^-x), each element; at most 3 ulp off for x above -87.3.
@differentiable(reverse)
public func sigmoid(_ x: Tensor) -> Tensor { activate(x, with: .sigmoid) }

/// log(1 + e^x), each element; at most 3 ulp off for x above -87.3.
@differentiable(reverse)
public func softplus(_ x: Tensor) -> Tensor { activate(x, with: .softplus) }

/// max(x, 0), each element.
@differentiable(reverse)
public func relu(_ x: Tensor) -> Tensor { activate(x, with: .relu) }

/// x sigmoid(x), each element, also called swish; at most 4 ulp off for x above -87.3 (Elfwing, Uchibe and Doya 2018).
@differentiable(reverse)
public func silu(_ x: Tensor) -> Tensor { activate(x, with: .silu) }

/// x Phi(x) with the normal distribution function itself, not the approximation by tanh, each element, as PyTorch's
/// default; at most 6 ulp off for x above -1, and 6e-6 of its size for x above -12.9 (Hendrycks and Gimpel 2016).
@differentiable(reverse)
public func gelu(_ x: Tensor) -> Tensor { activate(x, with: .gelu) }

/// x above 0 and e^x - 1 below, each element; at most 1.1 ulp off (Clevert, Unterthiner and Hochreiter 2016, alpha 1).
@differentiable(reverse)
public func elu(_ x: Tensor) -> Tensor { activate(x, with: .elu) }

/// x above 0 and 0.01 x below, each element.
@differentiable(reverse)
public func leakyReLU(_ x: Tensor) -> Tensor { activate(x, with: .leakyReLU) }
