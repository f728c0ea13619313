import CKernels
import _Differentiation

extension Tensor {
  func map(_ kernel: (UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int) -> Void) -> Tensor {
    Tensor(shape: shape) { kernel(pointer, $0, count) }
  }
}

/// e^x, each element; at most 1.2 ulp off for x in [-87.3, 88.7], clamped to that range.
@differentiable(reverse)
public func exp(_ x: Tensor) -> Tensor { x.map(ck_exp) }

@derivative(of: exp)
@usableFromInline
func vjpExp(_ x: Tensor) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
  let y = exp(x)
  return (y, { $0 * y })
}

/// Natural logarithm, each element; at most 1 ulp off for normal positive x. Zero and below give about -87.
@differentiable(reverse)
public func log(_ x: Tensor) -> Tensor { x.map(ck_log) }

@derivative(of: log)
@usableFromInline
func vjpLog(_ x: Tensor) -> (value: Tensor, pullback: (Tensor) -> Tensor) { (log(x), { $0 / x }) }

/// Square root, each element.
@differentiable(reverse)
public func sqrt(_ x: Tensor) -> Tensor { x.map(ck_sqrt) }

@derivative(of: sqrt)
@usableFromInline
func vjpSqrt(_ x: Tensor) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
  let y = sqrt(x)
  return (y, { ($0 / y).scaled(by: 0.5) })
}

/// x * x, each element.
@differentiable(reverse)
public func square(_ x: Tensor) -> Tensor { x * x }

/// What a layer applies to each of its outputs; `Codable`, for configuration files.
public enum Activation: String, Codable, Sendable, CaseIterable {
  case identity, tanh, relu, sigmoid, softplus

  var kernel: Int32 {
    switch self {
    case .identity: Int32(CK_IDENTITY.rawValue)
    case .tanh: Int32(CK_TANH.rawValue)
    case .relu: Int32(CK_RELU.rawValue)
    case .sigmoid: Int32(CK_SIGMOID.rawValue)
    case .softplus: Int32(CK_SOFTPLUS.rawValue)
    }
  }

  /// The gradient with respect to the input, from that with respect to the output `y`.
  func gradient(_ dy: Tensor, at y: Tensor) -> Tensor {
    if self == .identity || dy.isSymbolicZero { return dy }
    return Tensor(shape: y.shape) { ck_activation_gradient(dy.pointer, y.pointer, $0, y.count, kernel) }
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
  let y = activate(x, with: activation)
  return (y, { activation.gradient($0, at: y) })
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
