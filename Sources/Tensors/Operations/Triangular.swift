import CKernels
import _Differentiation

/// The product of strictly lower triangles, one for each of a batch, with vectors: lower [B, D (D - 1) / 2], row by row,
/// and x [K, B, D] to [K, B, D]. Linear in both; differentiable in the triangles.
@differentiable(reverse,wrt: lower)
public func lowerProduct(_ lower: Tensor, _ x: Tensor) -> Tensor {
  let (draws, batch, size) = triangleSizes(lower, x)
  return Tensor(shape: x.shape) { ck_lower_product(lower.pointer, x.pointer, $0, draws, batch, size) }
}

@derivative(of: lowerProduct, wrt: lower)
@usableFromInline
func vjpLowerProduct(_ lower: Tensor, _ x: Tensor) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
  let (draws, batch, size) = triangleSizes(lower, x)
  return (
    lowerProduct(lower, x),
    { dy in
      if dy.isSymbolicZero { return .zero }
      return Tensor(shape: lower.shape) {
        ck_lower_product_gradient(x.pointer, dy.pointer, $0, draws, batch, size)
      }
    }
  )
}

/// The x with (diag(diagonal) + lower) x = y: lower [B, D (D - 1) / 2], diagonal [B, D], y [K, B, D] to [K, B, D].
@differentiable(reverse)
public func lowerSolve(_ lower: Tensor, _ diagonal: Tensor, _ y: Tensor) -> Tensor {
  let (draws, batch, size) = triangleSizes(lower, y)
  require(
    diagonal.shape == [batch, size],
    "triangle: diagonal \(diagonal.shape) for vectors \(y.shape); expected one for each")
  return Tensor(shape: y.shape) {
    ck_lower_solve(lower.pointer, diagonal.pointer, y.pointer, $0, draws, batch, size)
  }
}

@derivative(of: lowerSolve)
@usableFromInline
func vjpLowerSolve(_ lower: Tensor, _ diagonal: Tensor, _ y: Tensor) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor, Tensor)
) {
  let (draws, batch, size) = triangleSizes(lower, y)
  let x = lowerSolve(lower, diagonal, y)
  return (
    x,
    { dx in
      if dx.isSymbolicZero { return (.zero, .zero, .zero) }
      var (dDiagonal, dy) = (Tensor.zero, Tensor.zero)
      let dLower = Tensor(shape: lower.shape) { dLower in
        dDiagonal = Tensor(shape: diagonal.shape) { dDiagonal in
          dy = Tensor(shape: y.shape) {
            ck_lower_solve_gradient(
              lower.pointer, diagonal.pointer, x.pointer, dx.pointer, $0, dLower, dDiagonal, draws, batch, size)
          }
        }
      }
      return (dLower, dDiagonal, dy)
    }
  )
}

private func triangleSizes(_ lower: Tensor, _ x: Tensor) -> (draws: Int, batch: Int, size: Int) {
  require(
    x.shape.rank == 3 && lower.shape.rank == 2 && x.shape[1] == lower.shape[0]
      && 2 * lower.shape[1] == x.shape[2] * (x.shape[2] - 1),
    "triangle: \(lower.shape) below the diagonal for vectors \(x.shape); expected [B, D (D - 1) / 2] for [K, B, D]")
  return (x.shape[0], x.shape[1], x.shape[2])
}
