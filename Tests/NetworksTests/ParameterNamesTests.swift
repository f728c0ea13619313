import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

private struct WithConstant: Differentiable {
  @noDerivative var offset = Tensor([1, 2, 3])
  var scale = Tensor([4, 5, 6])
  @noDerivative let names = ["a", "b"]
  @noDerivative var absent: Tensor? = nil
}

private struct Nested: Differentiable {
  var tower = Tower(hidden: [2, 3, 4], seed: 1)
  var constant = WithConstant()
  var raw = Tensor([1])
}

struct ParameterNamesTests {
  @Test func namesArePathsInTheOrderOfParameters() {
    #expect(Dense(2, 3, stream: RandomStream(seed: 1)).parameterNames == ["weight", "bias"])
    #expect(
      Nested().parameterNames == [
        "tower.hidden.0.weight", "tower.hidden.0.bias", "tower.hidden.1.weight", "tower.hidden.1.bias",
        "tower.head.weight", "tower.head.bias", "constant.scale", "raw",
      ])
    #expect(Stack<Dense>([]).parameterNames.isEmpty)
  }

  /// A model of one layer twice shares that layer's storage until it is trained.
  @Test func sharedStorageStillHasTwoNames() {
    let layer = Dense(2, 2, stream: RandomStream(seed: 2))
    #expect(Stack([layer, layer]).parameterNames == ["0.weight", "0.bias", "1.weight", "1.bias"])
  }

  @Test func namesDoNotChangeInTraining() {
    var model = Nested()
    let names = model.parameterNames
    ParameterWalk.over(&model) { $0 = $0 + $0 }
    #expect(model.parameterNames == names)
  }
}
