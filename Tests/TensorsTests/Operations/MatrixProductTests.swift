import TestSupport
import Testing
import _Differentiation

@testable import Tensors

struct MatrixProductTests {
  @Test(arguments: Activation.allCases) func denseMatchesReferenceValues(activation: Activation) throws {
    let reference = try Reference.operation("dense_\(activation)")
    let point = Triple(try reference.input("x"), try reference.input("weight"), try reference.input("bias"))
    let (value, pullback) = valueWithPullback(at: point) { dense($0.a, $0.b, $0.c, activation) }
    let parts = point.parts(of: pullback(reference.cotangent.tensor))
    try reference.expect(value: value, gradients: ["x": parts[0], "weight": parts[1], "bias": parts[2]])
  }

  @Test(arguments: Activation.allCases) func denseHasItsGradient(activation: Activation) {
    // Weights of +-1/4 and biases far from 0 keep every unit away from the kink of relu.
    let point = Triple(
      sampleTensor([4, 5], seed: 1, bound: 1), sampleTensor([5, 3], seed: 2, bound: 0.25), Tensor([3, -3, 2.5]))
    expectGradient(at: point, "\(activation)") { dense($0.a, $0.b, $0.c, activation) }
  }

  @Test func leadingAxesAreRows() {
    let (x, w, b) = (sampleTensor([2, 3, 4], seed: 3), sampleTensor([4, 5], seed: 4), sampleTensor([5], seed: 5))
    let y = dense(x, w, b, .tanh)
    #expect(y.shape == [2, 3, 5])
    expectClose(y.reshaped(to: [6, 5]), dense(x.reshaped(to: [6, 4]), w, b, .tanh), relative: 1e-6)
    expectGradient(at: Triple(x, w, b)) { dense($0.a, $0.b, $0.c, .softplus) }
    let one = dense(x.rows(0..<1).reshaped(to: [3, 4]).rows(1..<2).reshaped(to: [4]), w, b, .tanh)
    #expect(one.shape == [5])
  }

  @Test func productsWithAndWithoutTransposition() {
    let a = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    let b = Tensor([1, 0, 2, 1, 0, 3], shape: [3, 2])
    let bTransposed = Tensor([1, 2, 0, 0, 1, 3], shape: [2, 3])
    let expected = Tensor([5, 11, 14, 23], shape: [2, 2])
    #expect(product(a, b) == expected)
    #expect(product(a, bTransposed, transposed: true) == expected)
  }

  /// Data needs no gradient: the product that would make one is not computed.
  @Test func constantInputsGetTheSymbolicZero() {
    let x = sampleTensor([4, 5], seed: 6)
    let (w, b) = (sampleTensor([5, 3], seed: 7), sampleTensor([3], seed: 8))
    let variable = gradientParts(at: Triple(x, w, b)) { dense($0.a, $0.b, $0.c, .tanh) }
    let constant = gradientParts(at: Triple(x.asConstant, w, b)) { dense($0.a, $0.b, $0.c, .tanh) }
    #expect(!variable[0].isSymbolicZero && constant[0].isSymbolicZero)
    #expect(variable[1] == constant[1] && variable[2] == constant[2])
  }

  @Test func trapsOnShapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      _ = dense(Tensor([1, 2, 3]), Tensor([1, 2], shape: [2, 1]), Tensor([0]), .identity)
    }
    await #expect(processExitsWith: .failure) {
      _ = dense(Tensor([1, 2]), Tensor([1, 2, 3, 4], shape: [2, 2]), Tensor([0]), .identity)
    }
  }
}
