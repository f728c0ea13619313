import CKernels
import COneDNN
import _Differentiation

/// A matrix in memory, row-major with `stride` numbers from one row to the next, or what results from turning it over.
struct MatrixOperand {
  let pointer: UnsafePointer<Float>
  let stride: Int
  let isTransposed: Bool

  init(_ pointer: UnsafePointer<Float>, stride: Int, isTransposed: Bool = false) {
    (self.pointer, self.stride, self.isTransposed) = (pointer, stride, isTransposed)
  }
}

/// out = a b, or out += a b: [rows, inner] times [inner, columns].
func multiply(
  _ a: MatrixOperand, _ b: MatrixOperand, rows: Int, inner: Int, columns: Int, into out: UnsafeMutablePointer<Float>,
  adding: Bool = false
) {
  let isDone = onednn_multiply(
    a.pointer, a.stride, a.isTransposed, b.pointer, b.stride, b.isTransposed, rows, inner, columns, out, adding)
  require(isDone, "matrix product: oneDNN refused [\(rows), \(inner)] times [\(inner), \(columns)]")
}

/// x weight, or x weight' if transposed; leading axes of x count as rows. Not differentiable: see ``dense(_:_:_:_:)``.
func product(_ x: Tensor, _ weight: Tensor, transposed: Bool = false) -> Tensor {
  let (inner, columns) = transposed ? (weight.shape[1], weight.shape[0]) : (weight.shape[0], weight.shape[1])
  require(
    x.shape[-1] == inner,
    "matrix product: \(x.shape) times \(weight.shape)\(transposed ? "'" : "") - inner sizes differ")
  return Tensor(shape: x.shape.dropLast.appending(columns)) {
    multiply(
      MatrixOperand(x.pointer, stride: inner),
      MatrixOperand(weight.pointer, stride: weight.shape[1], isTransposed: transposed), rows: x.count / inner,
      inner: inner, columns: columns, into: $0)
  }
}

/// activation(x weight + bias): x [..., in], weight [in, out], bias [out] to [..., out].
///
/// One product and one further pass. Traps, naming the shapes, if they do not fit.
@differentiable(reverse)
public func dense(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ activation: Activation) -> Tensor {
  require(
    weight.shape.rank == 2 && x.shape.rank > 0 && x.shape[-1] == weight.shape[0],
    "dense: expected inputs of \(weight.shape[0]) numbers, got shape \(x.shape); reshape the data or rebuild the layer")
  require(
    bias.shape == [weight.shape[1]], "dense: bias \(bias.shape) for weight \(weight.shape); expected one per output")
  let (inputs, outputs) = (weight.shape[0], weight.shape[1])
  let rows = x.count / inputs
  return Tensor(shape: x.shape.dropLast.appending(outputs)) {
    multiply(
      MatrixOperand(x.pointer, stride: inputs), MatrixOperand(weight.pointer, stride: outputs), rows: rows,
      inner: inputs, columns: outputs, into: $0)
    ck_bias_activation($0, bias.pointer, rows, outputs, activation.kernel)
  }
}

@derivative(of: dense, wrt: (x, weight, bias))
@usableFromInline
func vjpDense(_ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ activation: Activation) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor, Tensor)
) {
  let (y, kept) = activation.apply { dense(x, weight, bias, $0) }
  return (
    y,
    { dy in
      if dy.isSymbolicZero { return (.zero, .zero, .zero) }
      let da = activation.gradient(dy, at: kept)
      let columns = weight.shape[1]
      let dBias = Tensor(shape: [columns]) { ck_sum_rows(da.pointer, $0, da.count / columns, columns) }
      let dWeight = Tensor(FactoredGradient(left: x, right: da))
      let dx = x.isConstant ? .zero : product(da, weight, transposed: true)
      return (dx, dWeight, dBias)
    }
  )
}
