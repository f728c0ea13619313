import Foundation
import TestSupport
import Testing
import _Differentiation

@testable import Tensors

struct ActivationTests {
  @Test func matchReferenceValues() throws {
    try compare("tanh") { tanh($0) }
    try compare("sigmoid") { sigmoid($0) }
    try compare("softplus") { softplus($0) }
    try compare("silu") { silu($0) }
    try compare("gelu") { gelu($0) }
    try compare("elu") { elu($0) }
    try compare("leakyReLU") { leakyReLU($0) }
  }

  private func compare(_ name: String, _ function: @differentiable(reverse) (Tensor) -> Tensor) throws {
    let reference = try Reference.operation(name)
    let (value, pullback) = valueWithPullback(at: try reference.input("x"), of: function)
    try reference.expect(value: value, gradients: ["x": pullback(reference.cotangent.tensor)])
  }

  @Test func gradients() {
    let x = sampleTensor([3, 7], seed: 1)
    expectGradient(at: x, "tanh") { tanh($0) }
    expectGradient(at: x, "sigmoid") { sigmoid($0) }
    expectGradient(at: x, "softplus") { softplus($0) }
    expectGradient(at: x, "silu") { silu($0) }
    expectGradient(at: x, "gelu") { gelu($0) }
    expectGradient(at: Tensor([-2, -0.5, 0.5, 2]), "relu") { relu($0) }
  }

  @Test(arguments: Activation.allCases) func activationsHaveTheirGradients(activation: Activation) {
    let x = Tensor([-3, -1.5, -0.75, -0.25, 0.25, 0.75, 1.5, 3])
    expectGradient(at: x, "\(activation)") { activate($0, with: activation) }
  }

  @Test func reluIsExact() {
    let x = Tensor([-2, -0.5, 0, 0.5, 2])
    #expect(relu(x) == Tensor([0, 0, 0, 0.5, 2]))
    #expect(relu(x).scalars[0].sign == .plus)
    #expect(gradientParts(at: x) { relu($0) }[0] == Tensor([0, 0, 0, 1, 1]))
    #expect(activate(x, with: .identity) == x)
  }

  /// The softplus' gradient, written in terms of its output, keeps its precision where that is small.
  @Test func softplusGradientIsRelativelyExact() {
    let x = Tensor((-160...160).map { Float($0) / 2 })
    let expected = x.scalars.map { v -> Double in 1 / (1 + Foundation.exp(-Double(v))) }
    expectClose(
      gradientParts(at: x) { softplus($0) }[0], expected, shape: [321], relative: 2e-6, absolute: 0)
  }

  @Test func saturatedGradientsAreFinite() {
    let x = Tensor([-1000, -90, 90, 1000])
    for activation in Activation.allCases {
      #expect(gradientParts(at: x) { activate($0, with: activation) }[0].isFinite)
    }
    #expect(gradientParts(at: x) { tanh($0) }[0] == Tensor([0, 0, 0, 0]))
  }

  @Test func activationsAreNamedInFiles() throws {
    let names = Activation.allCases.map(\.rawValue)
    #expect(names == ["identity", "tanh", "relu", "sigmoid", "softplus", "silu", "gelu", "elu", "leaky-relu"])
    let decoded = try JSONDecoder().decode([Activation].self, from: JSONEncoder().encode(Activation.allCases))
    #expect(decoded == Activation.allCases)
  }

  @Test(arguments: Activation.allCases) func inputIsNotChanged(activation: Activation) {
    let x = sampleTensor([4, 9], seed: 2)
    let before = x.scalars
    let (y, pullback) = valueWithPullback(at: x) { activate($0, with: activation) }
    #expect(y.scalars == activate(x, with: activation).scalars)
    _ = pullback(y)
    #expect(x.scalars == before)
  }
}
