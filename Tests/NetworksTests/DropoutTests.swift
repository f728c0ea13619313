import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

struct DropoutTests {
  private func pass(_ seed: UInt64 = 1) -> TrainingPass {
    TrainingPass(stream: RandomStream(seed: seed), rows: 0..<50, of: 50)
  }

  @Test func doesNothingInEvaluation() {
    let x = sampleTensor([50, 40], seed: 1)
    #expect(Dropout(rate: 0.5)(x) == x)
    #expect(pass().run { Dropout(rate: 0)(x) } == x)
  }

  @Test func leavesOutThePartThatItShould() {
    let ones = Tensor(repeating: 1, shape: [50, 400])
    let y = pass().run { Dropout(rate: 0.3)(ones) }
    #expect(Set(y.scalars) == [0, 1 / (1 - Float(0.3))])
    expectClose(y.mean(), 1, relative: 5 * (0.3 / 0.7 / 20_000).squareRoot())
  }

  /// The gradient passes through what was kept; masks differ from layer to layer and from step to step, and come back.
  @Test func gradientHasTheSameMask() {
    let x = sampleTensor([50, 8], seed: 1) + 10
    let dropout = Dropout(rate: 0.5)
    let (y, pullback) = pass().run { valueWithPullback(at: x) { dropout($0) } }
    let gradient = pullback(Tensor(repeating: 1, shape: x.shape))
    #expect(x * gradient == y)
    #expect(pass().run { dropout(x) } == y)
    #expect(pass(2).run { dropout(x) } != y)
    let both = pass().run { (dropout(x), dropout(x)) }
    #expect(both.0 == y && both.1 != y)
  }

  @Test func stacksOfThem() {
    let stack = Stack([Dropout(rate: 0.5), Dropout(rate: 0.25)])
    let x = sampleTensor([50, 8], seed: 1) + 10
    #expect(stack(x) == x)
    let (y, pullback) = pass().run { valueWithPullback(at: x) { stack($0) } }
    #expect(x * pullback(Tensor(repeating: 1, shape: x.shape)) == y)
    #expect(stack.parameters.isEmpty)
  }

  @Test func trapsOnRatesThatMakeNoSense() async {
    await #expect(processExitsWith: .failure) { _ = Dropout(rate: 1) }
    await #expect(processExitsWith: .failure) { _ = Dropout(rate: -0.1) }
  }
}
