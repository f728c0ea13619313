import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

private struct Weights: Differentiable {
  var w: Tensor
}

struct WeightAverageTests {
  @Test func followsTheFormula() {
    var model = Weights(w: Tensor([0, 10]))
    var average = WeightAverage(decay: 0.5, of: model)
    var expected: [Double] = [0, 10]
    for step in 1...20 {
      model.w = Tensor([Float(step), -Float(step)])
      average.update(with: &model)
      let keep = min(0.5, Double(1 + step) / Double(10 + step))
      expected = [keep * expected[0] + (1 - keep) * Double(step), keep * expected[1] - (1 - keep) * Double(step)]
      expectClose(average.averages[0], expected, shape: [2], relative: 1e-5)
    }
    #expect(average.updates == 20)
  }

  /// With equal weights all along, the average is those weights, and the start is forgotten.
  @Test func settlesOnConstantWeights() {
    var model = Weights(w: Tensor([100]))
    var average = WeightAverage(decay: 0.99, of: model)
    #expect(average.averages == [Tensor([100])])
    model.w = Tensor([1])
    for _ in 0..<3000 { average.update(with: &model) }
    expectClose(average.averages[0].scalar, 1, relative: 1e-5)
  }

  @Test func leavesTheModelAlone() {
    var model = Tower(hidden: [3, 4], seed: 1)
    let before = model.parameters.map(\.scalars)
    var average = WeightAverage(decay: 0.9, of: model)
    average.update(with: &model)
    ParameterWalk.over(&model) { $0 = $0.scaled(by: 2) }
    average.update(with: &model)
    #expect(model.parameters.map(\.scalars) == before.map { $0.map { 2 * $0 } })
    let applied = average.applied(to: model)
    #expect(applied.parameters == average.averages)
    #expect(applied.parameters != model.parameters)
    let x = sampleTensor([2, 3], seed: 2)
    #expect(applied(x) != model(x))
  }

  @Test func replacesParametersInOrder() {
    let model = Tower(hidden: [3, 4], seed: 3)
    let doubled = model.parameters.map { $0.scaled(by: 2) }
    let replaced = model.replacingParameters(with: doubled)
    #expect(replaced.parameters == doubled)
    #expect(replaced.hidden.layers[0].weight == doubled[0] && replaced.head.bias == doubled[3])
  }

  @Test func trapsOnParametersOfAnotherModel() async {
    await #expect(processExitsWith: .failure) {
      let model = Tower(hidden: [3, 4], seed: 4)
      _ = model.replacingParameters(with: Tower(hidden: [3, 5], seed: 4).parameters)
    }
    await #expect(processExitsWith: .failure) {
      let model = Tower(hidden: [3, 4], seed: 4)
      _ = model.replacingParameters(with: model.parameters.dropLast())
    }
    await #expect(processExitsWith: .failure) {
      let model = Tower(hidden: [3, 4], seed: 4)
      _ = model.replacingParameters(with: model.parameters + [Tensor([1])])
    }
  }
}
