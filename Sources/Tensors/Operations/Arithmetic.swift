import CKernels
import _Differentiation

private typealias Kernel2 = (
  UnsafePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, Int
) -> Void

/// Applies an elementwise kernel after bringing both operands to one shape.
private func elementwise(_ a: Tensor, _ b: Tensor, _ kernel: Kernel2) -> Tensor {
  if a.shape == b.shape { return Tensor(shape: a.shape) { kernel(a.pointer, b.pointer, $0, a.count) } }
  let shape = broadcastShape(a.shape, b.shape)
  let (x, y) = (a.broadcast(to: shape), b.broadcast(to: shape))
  return Tensor(shape: shape) { kernel(x.pointer, y.pointer, $0, x.count) }
}

extension Tensor {
  /// Elementwise sum, broadcasting.
  @differentiable(reverse)
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    if a.isSymbolicZero { return b }
    if b.isSymbolicZero { return a }
    if let sum = a.factors.flatMap({ a in b.factors.flatMap(a.joined) }) { return Tensor(sum, shape: a.shape) }
    return elementwise(a, b, ck_add)
  }

  @derivative(of: +)
  @usableFromInline
  static func vjpAdd(_ a: Tensor, _ b: Tensor) -> (value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)) {
    let (aShape, bShape) = (a.shape, b.shape)
    return (a + b, { ($0.summed(to: aShape), $0.summed(to: bShape)) })
  }

  /// Elementwise difference, broadcasting.
  @differentiable(reverse)
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    if b.isSymbolicZero { return a }
    if a.isSymbolicZero { return -b }
    return elementwise(a, b, ck_subtract)
  }

  @derivative(of: -)
  @usableFromInline
  static func vjpSubtract(_ a: Tensor, _ b: Tensor) -> (value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)) {
    let (aShape, bShape) = (a.shape, b.shape)
    return (a - b, { ($0.summed(to: aShape), (-$0).summed(to: bShape)) })
  }

  /// Elementwise product, broadcasting.
  @differentiable(reverse)
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    if a.isSymbolicZero || b.isSymbolicZero { return .zero }
    return elementwise(a, b, ck_multiply)
  }

  @derivative(of: *)
  @usableFromInline
  static func vjpMultiply(_ a: Tensor, _ b: Tensor) -> (value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)) {
    (a * b, { (($0 * b).summed(to: a.shape), ($0 * a).summed(to: b.shape)) })
  }

  /// Elementwise quotient, broadcasting.
  @differentiable(reverse)
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    if a.isSymbolicZero { return .zero }
    return elementwise(a, b, ck_divide)
  }

  @derivative(of: /)
  @usableFromInline
  static func vjpDivide(_ a: Tensor, _ b: Tensor) -> (value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)) {
    let quotient = a / b
    return (quotient, { (($0 / b).summed(to: a.shape), (-$0 * quotient / b).summed(to: b.shape)) })
  }

  /// scale * self + offset.
  @differentiable(reverse,wrt: self)
  public func scaled(by scale: Float, plus offset: Float = 0) -> Tensor {
    if isSymbolicZero && offset == 0 { return .zero }
    return Tensor(shape: shape) { ck_scale(pointer, scale, offset, $0, count) }
  }

  @derivative(of: scaled, wrt: self)
  @usableFromInline
  func vjpScaled(by scale: Float, plus offset: Float) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    (scaled(by: scale, plus: offset), { $0.scaled(by: scale, plus: 0) })
  }

  /// The negative of each element.
  @differentiable(reverse)
  public static prefix func - (x: Tensor) -> Tensor { x.scaled(by: -1, plus: 0) }

  /// Each element times a number.
  @differentiable(reverse,wrt: x)
  public static func * (scale: Float, x: Tensor) -> Tensor { x.scaled(by: scale, plus: 0) }

  /// Each element plus a number.
  @differentiable(reverse,wrt: x)
  public static func + (x: Tensor, offset: Float) -> Tensor { x.scaled(by: 1, plus: offset) }

  /// Each element minus a number.
  @differentiable(reverse,wrt: x)
  public static func - (x: Tensor, offset: Float) -> Tensor { x.scaled(by: 1, plus: -offset) }
}
