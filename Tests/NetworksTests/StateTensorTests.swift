import TestSupport
import Tensors
import Testing
import _Differentiation

@testable import Networks

/// A layer that keeps a scale, one that has none, and two copies of one layer.
private struct Scaled: Layer {
  var first: Dense
  var scale: StateTensor
  var unused = StateTensor.none
  var middle: Stack<BatchNormalization>

  init() {
    first = Dense(3, 2, stream: RandomStream(seed: 1))
    scale = StateTensor(Tensor([2, 3]))
    let one = BatchNormalization(2)
    middle = Stack([one, one])
  }

  @differentiable(reverse)
  func callAsFunction(_ input: Tensor) -> Tensor { middle(first(input) * withoutDerivative(at: scale.value)) }
}

/// Parts that a gradient would never reach.
private struct Forgetful: Layer {
  @noDerivative let constant = Tensor([1, 2])
  @noDerivative var layers = [Dense(2, 2, stream: RandomStream(seed: 1))]
  @noDerivative let kept = Frozen(Dense(2, 2, stream: RandomStream(seed: 2)))
  var last = Dense(2, 1, stream: RandomStream(seed: 3))

  @differentiable(reverse)
  func callAsFunction(_ input: Tensor) -> Tensor { last(input) }
}

struct StateTensorTests {
  private let x = sampleTensor([5, 3], seed: 4)

  @Test func aCopyHasStatesOfItsOwn() throws {
    let original = Scaled()
    var copy = original
    try copy.setStates { name, old in name == "scale" ? Tensor([5, 7]) : old }
    #expect(original.scale.value == Tensor([2, 3]) && copy.scale.value == Tensor([5, 7]))
    #expect(copy.parameters == original.parameters)
  }

  @Test func statesHaveNamesAndNoneWhereThereAreNoNumbers() {
    #expect(
      Scaled().states.map(\.name) == [
        "scale", "middle.0.mean", "middle.0.variance", "middle.1.mean", "middle.1.variance",
      ])
  }

  @Test func anErrorChangesNothing() {
    struct Refused: Error {}
    var layer = Scaled()
    #expect(throws: Refused.self) {
      try layer.setStates { name, old in
        if name == "middle.1.mean" { throw Refused() }
        return old + 1
      }
    }
    #expect(layer.scale.value == Tensor([2, 3]))
  }

  @Test func statesAreNoParameters() {
    let layer = Scaled()
    #expect(layer.parameterNames.allSatisfy { !$0.contains("scale.") && $0 != "scale" && !$0.contains("mean") })
    expectGradient(at: layer) { $0(x) }
    var moved = layer
    moved.move(by: gradient(at: layer) { $0(x).sum() })
    #expect(moved.states.map(\.value) == layer.states.map(\.value) && moved.parameters != layer.parameters)
  }

  /// Two copies of one layer would be taken for one.
  @Test func copiesOfALayerInOneModelAreToldApart() {
    var layer = Scaled()
    layer.renumberStates()
    let pass = TrainingPass(stream: RandomStream(seed: 1), rows: 0..<5, of: 5)
    _ = pass.run { layer(x) }
    TrainingPass.merge([pass], into: &layer)
    let (first, second) = (layer.middle.layers[0], layer.middle.layers[1])
    #expect(first.mean.value != second.mean.value)
    // What the second is given has been normalised.
    for mean in second.mean.value.scalars { #expect(abs(mean) < 1e-6) }
  }

  @Test func whatWouldNeverLearnIsNamed() {
    #expect(Forgetful().unlearnedTensors == ["constant", "layers.0.weight", "layers.0.bias"])
    #expect(Scaled().unlearnedTensors.isEmpty)
  }
}
