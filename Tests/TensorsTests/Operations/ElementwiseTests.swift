import TestSupport
import Testing
import _Differentiation

@testable import Tensors

struct ElementwiseTests {
  @Test func matchReferenceValues() throws {
    try compare("exp") { exp($0) }
    try compare("log") { log($0) }
  }

  private func compare(_ name: String, _ function: @differentiable(reverse) (Tensor) -> Tensor) throws {
    let reference = try Reference.operation(name)
    let (value, pullback) = valueWithPullback(at: try reference.input("x"), of: function)
    try reference.expect(value: value, gradients: ["x": pullback(reference.cotangent.tensor)])
  }

  @Test func gradients() {
    let x = sampleTensor([3, 7], seed: 1)
    let positive = square(x) + 0.5
    expectGradient(at: x, "exp") { exp($0) }
    expectGradient(at: positive, "log") { log($0) }
    expectGradient(at: positive, "sqrt") { sqrt($0) }
    expectGradient(at: x, "square") { square($0) }
  }
}
