import CKernels
import _Differentiation

/// What a long short-term memory carries from one step to the next.
public struct LSTMState: Differentiable, Sendable {
  /// What the step gave out, within (-1, 1). [..., H]
  public var hidden: Tensor
  /// What it keeps for itself, of any size. [..., H]
  public var cell: Tensor

  /// The state of the given parts, of one shape.
  @differentiable(reverse)
  public init(hidden: Tensor, cell: Tensor) { (self.hidden, self.cell) = (hidden, cell) }

  /// Zeros, before the first step: [batch, units] each. Constant, so no gradient is computed for them.
  public static func zero(batch: Int, units: Int) -> LSTMState {
    let zeros = Tensor(repeating: 0, shape: [batch, units]).asConstant
    return LSTMState(hidden: zeros, cell: zeros)
  }
}

/// One step of a long short-term memory; two products, one further pass.
///
///     [i, f, g, o] = input inputWeight' + h recurrentWeight' + bias
///     c' = sigmoid(f) c + sigmoid(i) tanh(g)
///     h' = sigmoid(o) tanh(c')
///
/// for input [..., in] and state h, c [..., H]; inputWeight [4H, in], recurrentWeight [4H, H] and bias [4H] hold the
/// input, forget, candidate and output gates one after the other. (A row per output, as elsewhere a column, because rows
/// of 4H numbers, often a power of two, fall on the same few lines of the cache, and backward is then half as fast.)
/// Hochreiter and Schmidhuber 1997, with the forget gate of
/// Gers, Schmidhuber and Cummins 2000. Traps, naming the shapes, if they do not fit.
@differentiable(reverse)
public func lstmStep(
  _ input: Tensor, _ state: LSTMState, inputWeight: Tensor, recurrentWeight: Tensor, bias: Tensor
) -> LSTMState {
  lstmStepWithGates(input, state, inputWeight, recurrentWeight, bias).next
}

@derivative(of: lstmStep)
@usableFromInline
func vjpLSTMStep(
  _ input: Tensor, _ state: LSTMState, inputWeight: Tensor, recurrentWeight: Tensor, bias: Tensor
) -> (
  value: LSTMState, pullback: (LSTMState.TangentVector) -> (Tensor, LSTMState.TangentVector, Tensor, Tensor, Tensor)
) {
  let (next, gates) = lstmStepWithGates(input, state, inputWeight, recurrentWeight, bias)
  let cell = next.cell
  return (
    next,
    { dNext in
      if dNext.hidden.isSymbolicZero && dNext.cell.isSymbolicZero { return (.zero, .zero, .zero, .zero, .zero) }
      let units = cell.shape[-1]
      let batch = cell.count / units
      var dCell = Tensor.zero
      let dGates = Tensor(shape: gates.shape) { dGates in
        dCell = Tensor(shape: cell.shape) {
          ck_lstm_gradient(
            gates.pointer, state.cell.pointer, cell.pointer, dNext.hidden.pointerUnlessZero,
            dNext.cell.pointerUnlessZero, dGates, $0, batch, units)
        }
      }
      let dBias = Tensor(shape: bias.shape) { ck_sum_rows(dGates.pointer, $0, batch, 4 * units) }
      let dHidden = state.hidden.isConstant ? .zero : product(dGates, recurrentWeight)
      return (
        input.isConstant ? .zero : product(dGates, inputWeight),
        LSTMState.TangentVector(hidden: dHidden, cell: state.cell.isConstant ? .zero : dCell),
        Tensor(FactoredGradient(left: dGates, right: input)),
        state.hidden.isConstantZero ? .zero : Tensor(FactoredGradient(left: dGates, right: state.hidden)),
        dBias
      )
    }
  )
}

/// The step, and its activated gates [..., 4H].
private func lstmStepWithGates(
  _ input: Tensor, _ state: LSTMState, _ inputWeight: Tensor, _ recurrentWeight: Tensor, _ bias: Tensor
) -> (next: LSTMState, gates: Tensor) {
  expectShapes(input, state, inputWeight, recurrentWeight, bias)
  let units = recurrentWeight.shape[1]
  let batch = state.cell.count / max(units, 1)
  var gates = product(input, inputWeight, transposed: true)
  var cell = Tensor.zero
  let hidden = Tensor(shape: state.hidden.shape) { hidden in
    gates.withMutablePointer { gates in
      if !state.hidden.isConstantZero {
        multiply(
          MatrixOperand(state.hidden.pointer, stride: units),
          MatrixOperand(recurrentWeight.pointer, stride: units, isTransposed: true), rows: batch, inner: units,
          columns: 4 * units, into: gates, adding: true)
      }
      cell = Tensor(shape: state.cell.shape) {
        ck_lstm(gates, bias.pointer, state.cell.pointer, hidden, $0, batch, units)
      }
    }
  }
  return (LSTMState(hidden: hidden, cell: cell), gates)
}

private func expectShapes(
  _ input: Tensor, _ state: LSTMState, _ inputWeight: Tensor, _ recurrentWeight: Tensor, _ bias: Tensor
) {
  require(
    recurrentWeight.shape.rank == 2 && recurrentWeight.shape[0] == 4 * recurrentWeight.shape[1],
    "lstmStep: recurrent weight \(recurrentWeight.shape); expected [4H, H], the four gates one after the other")
  let units = recurrentWeight.shape[1]
  require(
    inputWeight.shape.rank == 2 && inputWeight.shape[0] == 4 * units,
    "lstmStep: input weight \(inputWeight.shape); expected [\(4 * units), in] for \(units) units, gate after gate")
  require(
    bias.shape == [4 * units], "lstmStep: bias \(bias.shape); expected [\(4 * units)], one per gate of \(units) units")
  require(
    input.shape.rank > 0 && input.shape[-1] == inputWeight.shape[1],
    "lstmStep: expected inputs of \(inputWeight.shape[1]) numbers, got shape \(input.shape); reshape them or rebuild "
      + "the layer")
  let expected = input.shape.dropLast.appending(units)
  require(
    state.hidden.shape == expected && state.cell.shape == expected,
    "lstmStep: expected a state of shape \(expected) for inputs \(input.shape), got hidden \(state.hidden.shape) and "
      + "cell \(state.cell.shape); begin with LSTMState.zero(batch:units:) of the inputs' rows and the layer's units")
}

extension Tensor {
  /// The numbers, or null for the symbolic zero.
  fileprivate var pointerUnlessZero: UnsafePointer<Float>? { isSymbolicZero ? nil : pointer }

  /// Whether products with it can be left out: data, as ``LSTMState/zero(batch:units:)`` is, and nothing but zeros.
  fileprivate var isConstantZero: Bool { isConstant && sumOfSquares == 0 }
}
