import CBLAS
import CKernels
import _Differentiation

/// Products run inside shards of a batch that already occupy every core, so the BLAS must not start threads.
private let blasIsSingleThreaded: Void = cblas_use_one_thread()

/// a b, each optionally transposed; leading axes of `a` count as rows. Not differentiable: see ``dense(_:_:_:_:)``.
func product(_ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false) -> Tensor {
  _ = blasIsSingleThreaded
  let (aRows, aColumns) = (a.count / max(a.shape[-1], 1), a.shape[-1])
  let (bRows, bColumns) = (b.count / max(b.shape[-1], 1), b.shape[-1])
  let (m, k) = transposeA ? (aColumns, aRows) : (aRows, aColumns)
  let (inner, n) = transposeB ? (bColumns, bRows) : (bRows, bColumns)
  precondition(
    k == inner,
    "matrix product: \(a.shape)\(transposeA ? "'" : "") times \(b.shape)\(transposeB ? "'" : "") - inner sizes differ")
  let shape = transposeA ? Shape([m, n]) : a.shape.dropLast.appending(n)
  return Tensor(shape: shape) {
    cblas_sgemm(
      Int32(CblasRowMajor), Int32(transposeA ? CblasTrans : CblasNoTrans),
      Int32(transposeB ? CblasTrans : CblasNoTrans), Int32(m), Int32(n), Int32(k), 1, a.pointer, Int32(aColumns),
      b.pointer, Int32(bColumns), 0, $0, Int32(n))
  }
}

/// activation(x weight + bias): x [..., in], weight [in, out], bias [out] to [..., out]; one product, one further pass.
///
/// Traps, naming the shapes, if they do not fit.
@differentiable(reverse)
public func dense(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ activation: Activation) -> Tensor {
  precondition(
    weight.shape.rank == 2 && x.shape.rank > 0 && x.shape[-1] == weight.shape[0],
    "dense: expected inputs of \(weight.shape[0]) numbers, got shape \(x.shape); reshape the data or rebuild the layer")
  precondition(
    bias.shape == [weight.shape[1]], "dense: bias \(bias.shape) for weight \(weight.shape); expected one per output")
  var y = product(x, weight)
  let (rows, columns) = (y.count / weight.shape[1], weight.shape[1])
  y.withMutablePointer { ck_bias_activation($0, bias.pointer, rows, columns, activation.kernel) }
  return y
}

@derivative(of: dense, wrt: (x, weight, bias))
@usableFromInline
func vjpDense(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ activation: Activation) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor, Tensor)
) {
  let y = dense(x, weight, bias, activation)
  return (
    y,
    { dy in
      if dy.isSymbolicZero { return (.zero, .zero, .zero) }
      let da = activation.gradient(dy, at: y)
      let columns = weight.shape[1]
      let dBias = Tensor(shape: [columns]) { ck_sum_rows(da.pointer, $0, da.count / columns, columns) }
      let dWeight = product(x, da, transposeA: true)
      let dx = x.isConstant ? .zero : product(da, weight, transposeB: true)
      return (dx, dWeight, dBias)
    }
  )
}
