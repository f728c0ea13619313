import CKernels
import Foundation
import TestSupport
import Testing
import _Differentiation

@testable import Tensors

/// All that a step depends on, as one point to differentiate at.
private struct Step: Differentiable {
  var input: Tensor
  var state: LSTMState
  var inputWeight: Tensor
  var recurrentWeight: Tensor
  var bias: Tensor

  init(rows: Shape = [3], inputs: Int = 4, units: Int = 3, bound: Float = 1) {
    input = sampleTensor(rows.appending(inputs), seed: 1, bound: bound)
    state = LSTMState(
      hidden: sampleTensor(rows.appending(units), seed: 2, bound: bound),
      cell: sampleTensor(rows.appending(units), seed: 3, bound: bound))
    inputWeight = sampleTensor([4 * units, inputs], seed: 4, bound: bound)
    recurrentWeight = sampleTensor([4 * units, units], seed: 5, bound: bound)
    bias = sampleTensor([4 * units], seed: 6, bound: bound)
  }

  @differentiable(reverse)
  func next(_ input: Tensor, _ state: LSTMState) -> LSTMState {
    lstmStep(input, state, inputWeight: inputWeight, recurrentWeight: recurrentWeight, bias: bias)
  }

  @differentiable(reverse)
  func callAsFunction() -> LSTMState { next(input, state) }

  /// Hidden and cell side by side.
  @differentiable(reverse)
  func both() -> Tensor {
    let next = self()
    return next.hidden.joined(with: next.cell)
  }

  /// The formula in double precision.
  var expected: (hidden: [Double], cell: [Double]) {
    let (inputs, units) = (inputWeight.shape[1], recurrentWeight.shape[1])
    func sigmoid(_ x: Double) -> Double { 1 / (1 + Foundation.exp(-x)) }
    var (hidden, cell): ([Double], [Double]) = ([], [])
    for row in 0..<input.count / inputs {
      func gate(_ column: Int) -> Double {
        var sum = Double(bias.scalars[column])
        for k in 0..<inputs {
          sum += Double(input.scalars[row * inputs + k]) * Double(inputWeight.scalars[column * inputs + k])
        }
        for k in 0..<units {
          sum += Double(state.hidden.scalars[row * units + k]) * Double(recurrentWeight.scalars[column * units + k])
        }
        return sum
      }
      for unit in 0..<units {
        let kept = sigmoid(gate(units + unit)) * Double(state.cell.scalars[row * units + unit])
        let c = kept + sigmoid(gate(unit)) * Foundation.tanh(gate(2 * units + unit))
        cell.append(c)
        hidden.append(sigmoid(gate(3 * units + unit)) * Foundation.tanh(c))
      }
    }
    return (hidden, cell)
  }
}

struct LSTMTests {
  /// Five steps of `torch.nn.LSTMCell` in double precision; the output holds each step's hidden state and cell.
  @Test func stepsMatchReferenceValues() throws {
    let reference = try Reference.operation("lstm_cell")
    var point = Step()
    point.input = try reference.input("x")
    point.state = LSTMState(hidden: try reference.input("hidden"), cell: try reference.input("cell"))
    point.inputWeight = try reference.input("input_weight")
    point.recurrentWeight = try reference.input("recurrent_weight")
    point.bias = try reference.input("bias")
    let (value, pullback) = valueWithPullback(at: point) { point -> Tensor in
      var state = point.next(point.input.columns(0..<3), point.state)
      var outputs = state.hidden.joined(with: state.cell)
      for step in 1..<5 {
        state = point.next(point.input.columns(3 * step..<3 * step + 3), state)
        outputs = outputs.joined(with: state.hidden).joined(with: state.cell)
      }
      return outputs
    }
    let names = ["x", "hidden", "cell", "input_weight", "recurrent_weight", "bias"]
    let parts = point.parts(of: pullback(reference.cotangent.tensor))
    try reference.expect(value: value, gradients: Dictionary(uniqueKeysWithValues: zip(names, parts)))
  }

  /// Vector bodies and the remainders after them, for units that are and are not whole registers.
  @Test(arguments: [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64]) func isTheFormula(units: Int) {
    let point = Step(rows: [3], inputs: 5, units: units, bound: 0.5)
    let (next, expected) = (point(), point.expected)
    expectClose(next.hidden, expected.hidden, shape: [3, units], absolute: 1e-6)
    expectClose(next.cell, expected.cell, shape: [3, units], absolute: 1e-6)
  }

  @Test(arguments: [1, 3, 9]) func hasItsGradient(units: Int) {
    expectGradient(at: Step(units: units)) { $0.both() }
    expectGradient(at: Step(units: units), "hidden:") { $0().hidden }
    expectGradient(at: Step(units: units), "cell:") { $0().cell }
  }

  /// The same gradient row by row, whether a unit sits in a vector body or after it.
  @Test func gradientDoesNotDependOnTheLength() {
    let (batch, units) = (2, 35)
    let gates = sampleTensor([batch, 4, units], seed: 7).scalars.map { $0 / 2 }
    let (before, cell) = (sampleTensor([batch, units], seed: 8), sampleTensor([batch, units], seed: 9))
    let (dHidden, dCell) = (sampleTensor([batch, units], seed: 10), sampleTensor([batch, units], seed: 11))
    func gradients(_ count: Int) -> (dGates: Tensor, dBefore: Tensor) {
      let some = Tensor(gates, shape: [batch, 4, units]).columns(0..<count)
      let cut = [before, cell, dHidden, dCell].map { $0.columns(0..<count) }
      var dBefore = Tensor.zero
      let dGates = Tensor(shape: some.shape) { dGates in
        dBefore = Tensor(shape: [batch, count]) { dBefore in
          withExtendedLifetime((some, cut)) {
            ck_lstm_gradient(
              some.pointer, cut[0].pointer, cut[1].pointer, cut[2].pointer, cut[3].pointer, dGates, dBefore, batch,
              count)
          }
        }
      }
      return (dGates, dBefore)
    }
    let whole = gradients(units)
    for count in 1..<units {
      let part = gradients(count)
      expectClose(part.dGates, whole.dGates.columns(0..<count), relative: 1e-6, "\(count) units, gates:")
      expectClose(part.dBefore, whole.dBefore.columns(0..<count), relative: 1e-6, "\(count) units, cell:")
    }
  }

  @Test func leadingAxesAreRows() {
    let point = Step(rows: [2, 3])
    let next = point()
    #expect(next.hidden.shape == [2, 3, 3] && next.cell.shape == [2, 3, 3])
    let flat = point.next(
      point.input.reshaped(to: [6, 4]),
      LSTMState(hidden: point.state.hidden.reshaped(to: [6, 3]), cell: point.state.cell.reshaped(to: [6, 3])))
    #expect(next.hidden.reshaped(to: [6, 3]) == flat.hidden && next.cell.reshaped(to: [6, 3]) == flat.cell)
    expectGradient(at: point) { $0.both() }
  }

  @Test func saturatedGatesStayFinite() {
    var point = Step()
    point.bias = Tensor([200, -200, 0, 200, -200, 0, 200, -200, 0, 200, -200, 0].map { $0 * 1e30 })
    point.state.cell = Tensor(repeating: 1e30, shape: [3, 3])
    let (value, pullback) = valueWithPullback(at: point) { $0.both() }
    #expect(value.isFinite)
    for part in point.parts(of: pullback(Tensor(repeating: 1, shape: value.shape))) { #expect(part.isFinite) }
    #expect(value.scalars[3] == 1e30 && value.scalars[0] == 1)
  }

  // MARK: Zeros

  /// A symbolic zero is worth the same as zeros, in either part of the gradient.
  @Test func partsOfTheGradientMayBeZero() {
    let point = Step()
    let (_, pullback) = valueWithPullback(at: point) { $0() }
    let (some, none) = (sampleTensor([3, 3], seed: 12), Tensor(repeating: 0, shape: [3, 3]))
    func parts(_ hidden: Tensor, _ cell: Tensor) -> [Tensor] {
      point.parts(of: pullback(LSTMState.TangentVector(hidden: hidden, cell: cell)))
    }
    #expect(parts(some, .zero) == parts(some, none))
    #expect(parts(.zero, some) == parts(none, some))
    #expect(parts(.zero, .zero).map(\.isSymbolicZero) == [Bool](repeating: true, count: 6))
  }

  /// Data needs no gradient, and what does not depend on it comes out the same.
  @Test func constantsGetTheSymbolicZero() {
    let point = Step()
    let variable = gradientParts(at: point) { $0.both() }
    var constant = point
    constant.input = point.input.asConstant
    constant.state = LSTMState(hidden: point.state.hidden.asConstant, cell: point.state.cell.asConstant)
    let parts = gradientParts(at: constant) { $0.both() }
    #expect(variable.allSatisfy { !$0.isSymbolicZero })
    #expect(parts[..<3].map(\.isSymbolicZero) == [true, true, true])
    #expect(parts[3...] == variable[3...])
  }

  /// The products that are left out in the first step are those with zeros.
  @Test func firstStateIsZeros() {
    var (first, same) = (Step(), Step())
    first.state = .zero(batch: 3, units: 3)
    let zeros = Tensor(repeating: 0, shape: [3, 3])
    #expect(first.state.hidden == zeros && first.state.cell == zeros)
    same.state = LSTMState(hidden: zeros, cell: zeros)
    #expect(first() == same())
    let (parts, others) = (gradientParts(at: first) { $0.both() }, gradientParts(at: same) { $0.both() })
    #expect(parts[1].isSymbolicZero && parts[2].isSymbolicZero && parts[4].isSymbolicZero)
    #expect(others[4] == Tensor(repeating: 0, shape: [12, 3]))
    #expect(parts[0] == others[0] && parts[3] == others[3] && parts[5] == others[5])
    var tainted = first
    tainted.state.hidden = Tensor([.nan] + [Float](repeating: 0, count: 8), shape: [3, 3]).asConstant
    #expect(!tainted().hidden.isFinite)
  }

  // MARK: Traps

  @Test func trapsOnShapesThatDoNotFit() async {
    let input = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var step = Step()
      step.input = sampleTensor([3, 5], seed: 1)
      _ = step()
    }
    expectSaid("lstmStep: expected inputs of 4 numbers, got shape [3, 5]; reshape them", input)
    let hidden = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var step = Step()
      step.state.hidden = sampleTensor([2, 3], seed: 1)
      _ = step()
    }
    expectSaid("a state of shape [3, 3] for inputs [3, 4], got hidden [2, 3] and cell [3, 3]; begin with", hidden)
    let cell = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var step = Step()
      step.state.cell = .zero
      _ = step()
    }
    expectSaid("a state of shape [3, 3] for inputs [3, 4], got hidden [3, 3] and cell []; begin with", cell)
    let inputWeight = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var step = Step()
      step.inputWeight = sampleTensor([9, 4], seed: 1)
      _ = step()
    }
    expectSaid("lstmStep: input weight [9, 4]; expected [12, in] for 3 units", inputWeight)
    let recurrentWeight = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var step = Step()
      step.recurrentWeight = sampleTensor([9, 3], seed: 1)
      _ = step()
    }
    expectSaid("lstmStep: recurrent weight [9, 3]; expected [4H, H]", recurrentWeight)
    let bias = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var step = Step()
      step.bias = sampleTensor([3], seed: 1)
      _ = step()
    }
    expectSaid("lstmStep: bias [3]; expected [12]", bias)
  }

  private func expectSaid(_ message: String, _ result: ExitTest.Result?, _ place: SourceLocation = #_sourceLocation) {
    let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(said.contains(message), "said: \(said)", sourceLocation: place)
  }
}

private func == (a: LSTMState, b: LSTMState) -> Bool { a.hidden == b.hidden && a.cell == b.cell }
