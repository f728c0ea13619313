import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

/// A model with a stack between two layers.
struct Tower: Layer {
  var hidden: Stack<Dense>
  var head: Dense

  init(hidden sizes: [Int], seed: UInt64) {
    let stream = RandomStream(seed: seed)
    let pairs = zip(sizes, sizes.dropFirst()).enumerated()
    hidden = Stack(pairs.map { Dense($1.0, $1.1, activation: .tanh, stream: stream[$0]) })
    head = Dense(sizes.last!, 2, stream: stream["head"])
  }

  @differentiable(reverse)
  func callAsFunction(_ input: Tensor) -> Tensor { head(hidden(input)) }
}

struct StackTests {
  private let x = sampleTensor([3, 4], seed: 1, bound: 1)

  @Test func appliesItsLayersInOrder() {
    let model = Tower(hidden: [4, 5, 6], seed: 2)
    let layers = model.hidden.layers
    #expect(model.hidden(x) == layers[1](layers[0](x)))
    #expect(model(x) == model.head(layers[1](layers[0](x))))
  }

  @Test(arguments: [[4], [4, 5], [4, 5, 3, 6]]) func gradientThroughEveryLayer(sizes: [Int]) {
    let model = Tower(hidden: sizes, seed: 3)
    expectGradient(at: model) { $0(x) }
    expectGradient(at: x) { [model] in model($0) }
    let parts = gradientParts(at: model) { $0(x) }
    #expect(parts.count == 2 * sizes.count)
    for part in parts { #expect(part.sumOfSquares > 0) }
  }

  @Test func whatEachLayerMakesCanBeHad() {
    let stack = Tower(hidden: [4, 5, 6, 3], seed: 6).hidden
    let outputs = stack.outputs(x)
    #expect(outputs.count == 3 && outputs.last == stack(x))
    #expect(outputs[1] == stack.layers[1](outputs[0]))
    // One gradient joins another on its way, and one output gets none of its own.
    expectGradient(at: stack) { [x] in
      let all = $0.outputs(x)
      return all[1].joined(with: all[2])
    }
    expectGradient(at: x) { [stack] in
      let all = stack.outputs($0)
      return all[0].joined(with: all[2])
    }
  }

  @Test func noLayersAreTheIdentity() {
    let empty = Stack<Dense>([])
    #expect(empty(x) == x)
    #expect(empty.parameters.isEmpty)
    let (_, pullback) = valueWithPullback(at: empty, x) { $0($1) }
    let (tangent, back) = pullback(x)
    #expect(tangent.layers.isEmpty && back == x)
  }

  @Test func anUnusedStackHasSymbolicZeros() {
    let model = Tower(hidden: [4, 5, 5], seed: 4)
    let tangent = gradient(at: model) { $0.head.bias.sum() }
    let parts = model.parts(of: tangent)
    #expect(parts.map(\.isSymbolicZero) == [true, true, true, true, true, false])
  }

  @Test func tangentsAddAndSubtract() {
    typealias Tangent = Stack<Dense>.TangentVector
    let stack = Tower(hidden: [4, 5, 3], seed: 5).hidden
    let a = gradient(at: stack) { $0(x).sum() }
    let b = gradient(at: stack) { square($0(x)).sum() }
    func parts(_ tangent: Tangent) -> [[Float]] { stack.parts(of: tangent).map(\.scalars) }
    func combined(_ f: (Float, Float) -> Float) -> [[Float]] {
      zip(parts(a), parts(b)).map { zip($0, $1).map { f($0, $1) } }
    }
    #expect(parts(a + b) == combined { $0 + $1 })
    #expect(parts(a - b) == combined { $0 - $1 })
    #expect(parts(.zero + b) == parts(b) && parts(a + .zero) == parts(a))
    #expect(parts(a - .zero) == parts(a))
    #expect(parts(.zero - b) == parts(b).map { $0.map { -$0 } })
    #expect((Tangent.zero + .zero).layers.isEmpty && (Tangent.zero - .zero).layers.isEmpty)
  }

  @Test func movesEveryLayer() {
    let model = Tower(hidden: [4, 5, 3], seed: 6)
    let tangent = gradient(at: model) { square($0(x)).sum() }
    var moved = model
    moved.move(by: tangent)
    let expected = zip(model.parameters, model.parts(of: tangent)).map { $0 + $1 }
    #expect(moved.parameters == expected)
    moved = model
    moved.move(by: .zero)
    #expect(moved.parameters == model.parameters)
  }

  @Test func tangentsAreTheirOwnTangents() {
    let stack = Tower(hidden: [4, 5, 3], seed: 7).hidden
    let a = gradient(at: stack) { $0(x).sum() }
    var b = a
    b.move(by: a)
    #expect(b == a + a)
  }
}
