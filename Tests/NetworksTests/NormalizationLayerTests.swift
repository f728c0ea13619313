import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

struct NormalizationLayerTests {
  private let x = sampleTensor([4, 3, 2, 6], seed: 1)

  @Test func groupNormalizationIsTheOperation() {
    var layer = GroupNormalization(6, groups: 3)
    #expect(layer(x) == groupNormalization(x, layer.scale, layer.offset, groups: 3))
    layer.scale = sampleTensor([6], seed: 2)
    layer.offset = sampleTensor([6], seed: 3)
    expectGradient(at: layer) { $0(x) }
    #expect(layer.parameterNames == ["scale", "offset"] && layer.states.isEmpty)
  }

  @Test func trapsOnGroupsThatDoNotDivide() async {
    await #expect(processExitsWith: .failure) { _ = GroupNormalization(6, groups: 4) }
  }

  @Test func batchNormalizationTakesTheBatchInAPassAndTheRunningMomentsWithout() {
    var layer = BatchNormalization(6)
    let batch = batchNormalization(x, layer.scale, layer.offset)
    let given = batchNormalization(x, layer.scale, layer.offset, mean: layer.mean.value, variance: layer.variance.value)
    #expect(layer(x) == given)
    let pass = TrainingPass(stream: RandomStream(seed: 1), rows: 0..<4, of: 4)
    #expect(pass.run { layer(x) } == batch.value)
    #expect(layer(x) == given)  // not before the passes are merged
    let copy = layer
    TrainingPass.merge([pass], into: &layer)
    #expect(layer(x) != given && copy(x) == given)
    #expect(layer.states.map(\.name) == ["mean", "variance"])
  }

  @Test func batchNormalizationHasItsGradientInBoth() {
    var layer = BatchNormalization(6)
    layer.scale = sampleTensor([6], seed: 2)
    layer.offset = sampleTensor([6], seed: 3)
    expectGradient(at: layer) { $0(x) }
    expectGradient(at: x) { [layer] in layer($0) }
    TrainingPass(stream: RandomStream(seed: 1), rows: 0..<4, of: 4).run {
      expectGradient(at: layer) { $0(x) }
      expectGradient(at: x) { [layer] in layer($0) }
    }
  }

  @Test func runningMomentsAreThoseOfPyTorch() throws {
    let reference = try Reference.operation("batch_normalization_running")
    var layer = BatchNormalization(4)
    for name in ["first", "second"] {
      let x = try reference.input(name)
      let pass = TrainingPass(stream: RandomStream(seed: 1), rows: 0..<x.shape[0], of: x.shape[0])
      _ = pass.run { layer(x) }
      TrainingPass.merge([pass], into: &layer)
    }
    let running = layer.mean.value.scalars + layer.variance.value.scalars
    try reference.expect(value: Tensor(running, shape: [2, 4]), gradients: [:])
  }
}
