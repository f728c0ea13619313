import TestSupport
import Testing
import _Differentiation

@testable import Tensors

/// Gradients as operations, and their own derivatives.
struct ActivationGradientTests {
  private let x = Tensor([-3, -1.5, -0.75, -0.25, 0.25, 0.75, 1.5, 3])
  private let dy = sampleTensor([8], seed: 1)

  private func kept(_ activation: Activation) -> Tensor { activation.needsInput ? x : activate(x, with: activation) }

  @Test(arguments: Activation.allCases) func valueIsThatOfThePullback(_ activation: Activation) {
    let (_, pullback) = valueWithPullback(at: x) { activate($0, with: activation) }
    #expect(activationGradient(dy, at: kept(activation), of: activation) == pullback(dy))
  }

  /// The second derivative, all the way to the input.
  @Test(arguments: Activation.allCases) func derivativeIsThatOfDifferences(_ activation: Activation) {
    expectGradient(at: Pair(dy, x), "\(activation)") { point in
      if activation.needsInput { return activationGradient(point.a, at: point.b, of: activation) }
      return activationGradient(point.a, at: activate(point.b, with: activation), of: activation)
    }
  }

  @Test func curvatureIsFiniteEverywhere() {
    let far = Tensor([-1000, -90, -20, 20, 90, 1000])
    for activation in Activation.allCases {
      let kept = activation.needsInput ? far : activate(far, with: activation)
      let parts = gradientParts(at: Pair(Tensor(repeating: 1, shape: [6]), kept)) {
        activationGradient($0.a, at: $0.b, of: activation)
      }
      #expect(parts.allSatisfy { $0.isFinite }, "\(activation)")
    }
  }

  @Test func transposedDenseIsTheWayBack() {
    let (y, weight) = (sampleTensor([2, 3, 5], seed: 2), sampleTensor([4, 5], seed: 3))
    let bias = Tensor(repeating: 0, shape: [5])
    let (_, pullback) = valueWithPullback(at: sampleTensor([2, 3, 4], seed: 4)) { dense($0, weight, bias, .identity) }
    #expect(transposedDense(y, weight) == pullback(y))
    expectGradient(at: Pair(y, weight)) { transposedDense($0.a, $0.b) }
  }

  @Test func bernoulliScoreIsItsGradient() {
    let logits = sampleTensor([2, 3, 37], seed: 5, bound: 4)
    let x = RandomStream(seed: 6).uniform([3, 37])
    let found = bernoulliScore(logits, of: x)
    let (value, pullback) = valueWithPullback(at: logits) { bernoulliLogProbability($0, of: x) }
    #expect(found.value == value)
    expectClose(found.score, pullback(Tensor(repeating: 1, shape: [2, 3])))
    expectGradient(at: logits, tolerance: 4e-4, "score") { bernoulliScore($0, of: x).score }
    expectGradient(at: logits, tolerance: 4e-4, "value") { bernoulliScore($0, of: x).value }
    expectGradient(at: logits, tolerance: 4e-4, "both") {
      let both = bernoulliScore($0, of: x)
      return both.value + square(both.score).sumOverLast()
    }
  }
}
