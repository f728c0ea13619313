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
