import CKernels
import _Differentiation

extension Tensor {
  /// The same numbers under another shape of equal count.
  @differentiable(reverse,wrt: self)
  public func reshaped(to target: Shape) -> Tensor {
    if isSymbolicZero { return self }
    require(
      target.count == count, "Tensor.reshaped: \(shape) has \(count) scalars, \(target) asks for \(target.count)")
    var result = Tensor(storage: storage, shape: target)
    if isConstant { result = result.asConstant }
    return result
  }

  @derivative(of: reshaped, wrt: self)
  @usableFromInline
  func vjpReshaped(to target: Shape) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    let original = shape
    return (reshaped(to: target), { $0.reshaped(to: original) })
  }

  /// Columns `range` of the innermost axis, copied: [..., D] to [..., range.count].
  @differentiable(reverse,wrt: self)
  public func columns(_ range: Range<Int>) -> Tensor {
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[-1], "Tensor.columns: \(range) of shape \(shape)")
    let width = shape[-1]
    let rows = count / width
    return Tensor(shape: shape.dropLast.appending(range.count)) { out in
      for row in 0..<rows {
        (out + row * range.count).update(from: pointer + row * width + range.lowerBound, count: range.count)
      }
    }
  }

  @derivative(of: columns, wrt: self)
  @usableFromInline
  func vjpColumns(_ range: Range<Int>) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    let shape = shape
    return (
      columns(range),
      { dy in
        if dy.isSymbolicZero { return .zero }
        return Tensor(shape: shape) { out in
          ck_fill(out, 0, shape.count)
          for row in 0..<shape.count / shape[-1] {
            (out + row * shape[-1] + range.lowerBound)
              .update(from: dy.pointer + row * range.count, count: range.count)
          }
        }
      }
    )
  }

  /// Two tensors side by side on the innermost axis: [..., D] and [..., E] to [..., D + E].
  @differentiable(reverse)
  public func joined(with other: Tensor) -> Tensor {
    require(
      shape.dropLast == other.shape.dropLast, "Tensor.joined: \(shape) and \(other.shape) differ in an outer axis")
    let (a, b) = (shape[-1], other.shape[-1])
    return Tensor(shape: shape.dropLast.appending(a + b)) { out in
      for row in 0..<count / a {
        (out + row * (a + b)).update(from: pointer + row * a, count: a)
        (out + row * (a + b) + a).update(from: other.pointer + row * b, count: b)
      }
    }
  }

  @derivative(of: joined)
  @usableFromInline
  func vjpJoined(with other: Tensor) -> (value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)) {
    let (a, b) = (shape[-1], other.shape[-1])
    return (
      joined(with: other),
      { dy in dy.isSymbolicZero ? (.zero, .zero) : (dy.columns(0..<a), dy.columns(a..<a + b)) }
    )
  }

  /// Tensors one after the other on the outermost axis, all of one inner shape. Not differentiable.
  public static func stacked(_ parts: [Tensor]) -> Tensor {
    require(!parts.isEmpty, "Tensor.stacked: nothing to stack")
    let inner = parts[0].shape.array.dropFirst()
    let rows = parts.reduce(0) { $0 + $1.shape[0] }
    return Tensor(shape: Shape([rows] + inner)) { out in
      var next = out
      for part in parts {
        next.update(from: part.pointer, count: part.count)
        next += part.count
      }
    }
  }
}
