import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

struct DenseTests {
  @Test func isActivationOfTheAffineMap() {
    var layer = Dense(2, 3, activation: .relu, stream: RandomStream(seed: 1))
    layer.weight = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    layer.bias = Tensor([1, -100, 2])
    #expect(layer(Tensor([1, 2, 0, 1], shape: [2, 2])) == Tensor([10, 0, 17, 5, 0, 8], shape: [2, 3]))
  }

  @Test(arguments: Activation.allCases) func gradientOfEveryParameter(activation: Activation) {
    var layer = Dense(4, 3, activation: activation, stream: RandomStream(seed: 2))
    layer.bias = Tensor([3, -3, 3])  // away from the kink of relu
    let x = sampleTensor([5, 4], seed: 3, bound: 1)
    expectGradient(at: layer) { $0(x) }
    expectGradient(at: x) { [layer] in layer($0) }
  }

  @Test func uniformFanInStaysWithinItsBound() {
    let layer = Dense(100, 400, stream: RandomStream(seed: 4))
    for values in [layer.weight.scalars, layer.bias.scalars] {
      #expect(values.min()! >= -0.1 && values.max()! <= 0.1)
      #expect(values.min()! < -0.09 && values.max()! > 0.09)
    }
    expectClose(layer.weight.mean(), 0, absolute: 5 * 0.1 / 3.0.squareRoot() / 200)
    expectClose(layer.weight.sumOfSquares / 40_000, 0.01 / 3, relative: 0.03)
  }

  @Test func normalInitializersHaveTheirDeviation() {
    let glorot = Dense(100, 300, initializer: .glorot, stream: RandomStream(seed: 5))
    expectClose(glorot.weight.sumOfSquares / 30_000, 2.0 / 400, relative: 0.04)
    let small = Dense(100, 300, initializer: .normal(0.01), stream: RandomStream(seed: 6))
    expectClose(small.weight.sumOfSquares / 30_000, 1e-4, relative: 0.04)
    for layer in [glorot, small] { #expect(layer.bias == Tensor(repeating: 0, shape: [300])) }
  }

  @Test func weightsComeFromTheSeed() {
    let a = Dense(5, 4, stream: RandomStream(seed: 7))
    #expect(a.parameters == Dense(5, 4, stream: RandomStream(seed: 7)).parameters)
    #expect(a.weight != Dense(5, 4, stream: RandomStream(seed: 8)).weight)
    #expect(a.weight.scalars.prefix(4) != a.bias.scalars.prefix(4))
  }

  @Test func initializersAreCodable() throws {
    for initializer in [Initializer.uniformFanIn, .glorot, .normal(0.25), .zero] {
      let data = try JSONEncoder().encode(initializer)
      #expect(try JSONDecoder().decode(Initializer.self, from: data) == initializer)
    }
  }
}
