import Tensors
import TestSupport
import Testing
import _Differentiation

private struct Inner: Differentiable {
  var first = Tensor([1, 2])
  @noDerivative var constant = Tensor([100])
  var second = Tensor([3, 4, 5])
}

private struct Outer: Differentiable {
  var head = Tensor([0])
  var left = Inner()
  var right = Inner(first: Tensor([6, 7]), second: Tensor([8, 9, 10]))
  var tail = Tensor([11, 12])
}

struct DifferentiableTests {
  @Test func zeroIsNeutralForEveryOperation() {
    let x = Tensor([1, -2, 3])
    #expect(Tensor.zero.isSymbolicZero)
    #expect(Tensor.zero.scalars == [] && Tensor.zero.count == 0)
    #expect(Tensor.zero + x == x)
    #expect(x + Tensor.zero == x)
    #expect(x - Tensor.zero == x)
    #expect(Tensor.zero - x == Tensor([-1, 2, -3]))
    #expect((Tensor.zero * x).isSymbolicZero)
    #expect((x * Tensor.zero).isSymbolicZero)
    #expect((Tensor.zero / x).isSymbolicZero)
    #expect((Tensor.zero + Tensor.zero).isSymbolicZero)
    #expect((Tensor.zero - Tensor.zero).isSymbolicZero)
    #expect((-Tensor.zero).isSymbolicZero)
    #expect(Tensor.zero.scaled(by: 3).isSymbolicZero)
    #expect(Tensor.zero.reshaped(to: [2, 2]).isSymbolicZero)
    #expect(Tensor.zero.broadcast(to: [2, 2]).isSymbolicZero)
    #expect(Tensor.zero.isFinite && Tensor.zero.sumOfSquares == 0)
    #expect(!x.isSymbolicZero && !Tensor([0]).isSymbolicZero)
  }

  /// What an operation's pullback makes of the symbolic zero, one part per parameter.
  private func zeroPulledBack<P: Differentiable>(at point: P, _ f: @differentiable(reverse) (P) -> Tensor) -> [Tensor] {
    let (_, pullback) = valueWithPullback(at: point, of: f)
    return point.parts(of: pullback(.zero))
  }

  @Test func everyPullbackPassesZeroOn() {
    let x = Tensor([0.5, 1, 1.5, 2, 2.5, 3], shape: [2, 3])
    let row = Tensor([1, 2, 3])
    let draws = Tensor(repeating: 0.5, shape: [2, 2, 3])
    var found: [Tensor] = []
    found += zeroPulledBack(at: Pair(x, row)) { $0.a + $0.b }
    found += zeroPulledBack(at: Pair(x, row)) { $0.a - $0.b }
    found += zeroPulledBack(at: Pair(x, row)) { $0.a * $0.b }
    found += zeroPulledBack(at: Pair(x, row)) { $0.a / $0.b }
    found += zeroPulledBack(at: x) { -$0 }
    found += zeroPulledBack(at: x) { 2 * $0 }
    found += zeroPulledBack(at: x) { exp($0) }
    found += zeroPulledBack(at: x) { log($0) }
    found += zeroPulledBack(at: x) { sqrt($0) }
    found += zeroPulledBack(at: x) { tanh($0) }
    found += zeroPulledBack(at: x) { softplus($0) }
    found += zeroPulledBack(at: x) { $0.broadcast(to: [4, 2, 3]) }
    found += zeroPulledBack(at: x) { $0.reshaped(to: [6]) }
    found += zeroPulledBack(at: x) { $0.columns(0..<2) }
    found += zeroPulledBack(at: Pair(x, x)) { $0.a.joined(with: $0.b) }
    found += zeroPulledBack(at: x) { $0.sumOverLast() }
    found += zeroPulledBack(at: x) { $0.meanOverFirst() }
    found += zeroPulledBack(at: x) { $0.logMeanExpOverFirst() }
    found += zeroPulledBack(at: Triple(x, Tensor(repeating: 1, shape: [3, 2]), Tensor([0, 0]))) {
      dense($0.a, $0.b, $0.c, .sigmoid)
    }
    found += zeroPulledBack(at: Pair(x, x)) { gaussianSample($0.a, $0.b, noise: draws) }
    found += zeroPulledBack(at: Pair(x, x)) { gaussianDivergence($0.a, $0.b) }
    found += zeroPulledBack(at: Pair(draws, x)) { gaussianLogRatio($0.a, $0.b, noise: draws) }
    found += zeroPulledBack(at: draws) { bernoulliLogProbability($0, of: x) }
    found += zeroPulledBack(at: Pair(draws, draws)) { gaussianLogProbability($0.a, $0.b, of: x) }
    #expect(found.count == 35)
    for (index, part) in found.enumerated() { #expect(part.isSymbolicZero, "part \(index)") }
  }

  @Test func movesByATangent() {
    var x = Tensor([1, 2])
    let copy = x
    x.move(by: Tensor([10, 20]))
    #expect(x == Tensor([11, 22]) && copy == Tensor([1, 2]))
    x.move(by: .zero)
    #expect(x == Tensor([11, 22]))
  }

  @Test func walkVisitsParametersInOrder() {
    let expected: [[Float]] = [[0], [1, 2], [3, 4, 5], [6, 7], [8, 9, 10], [11, 12]]
    #expect(Outer().parameters.map(\.scalars) == expected)
    #expect(Tensor([1, 2]).parameters == [Tensor([1, 2])])
  }

  @Test func walkReplacesInPlace() {
    var model = Outer()
    let untouched = model
    ParameterWalk.over(&model) { $0 = $0.scaled(by: 2) }
    #expect(model.parameters.map(\.scalars) == untouched.parameters.map { $0.scalars.map { $0 * 2 } })
    #expect(model.left.constant == Tensor([100]))
    #expect(untouched.head == Tensor([0]) && untouched.tail == Tensor([11, 12]))
  }

  @Test func walkPairsEachParameterWithItsTangent() {
    let model = Outer()
    let gradient = gradient(at: model) { ($0.left.second * 3).sum() + $0.tail.sum() }
    let parts = model.parts(of: gradient)
    #expect(parts.map(\.isSymbolicZero) == [true, true, false, true, true, false])
    #expect(parts[2] == Tensor([3, 3, 3]))
    #expect(parts[5] == Tensor([1, 1]))
  }

  @Test func afterAWalkTensorsMoveAgain() {
    var model = Inner()
    ParameterWalk.over(&model) { _ in }
    model.move(by: .init(first: Tensor([1, 1]), second: .zero))
    #expect(model.first == Tensor([2, 3]))
    #expect(model.second == Tensor([3, 4, 5]))
  }

  @Test func tangentsAddUp() {
    let a = gradient(at: Outer()) { $0.head.sum() }
    let b = gradient(at: Outer()) { $0.tail.sum() }
    let parts = Outer().parts(of: a + b)
    #expect(parts[0] == Tensor([1]) && parts[5] == Tensor([1, 1]))
    #expect(parts[1...4].map(\.isSymbolicZero) == [true, true, true, true])
    #expect(Outer().parts(of: a - a)[0] == Tensor([0]))
  }
}

private func * (x: Tensor, scale: Float) -> Tensor { x.scaled(by: scale) }
