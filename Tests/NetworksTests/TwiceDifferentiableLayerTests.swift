import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

/// There and back through a layer, as a function of all that takes part in it.
private struct Crossing<L: TwiceDifferentiableLayer>: Differentiable {
  var layer: L
  var input: Tensor
  var gradient: Tensor

  @differentiable(reverse)
  func back() -> Tensor { layer.inputGradient(gradient, at: layer.traced(input).trace) }

  /// The output too, so that both ways' gradients meet.
  @differentiable(reverse)
  func both() -> Tensor {
    let there = layer.traced(input)
    return layer.inputGradient(square(there.output) * gradient, at: there.trace)
  }
}

struct TwiceDifferentiableLayerTests {
  private func check<L: TwiceDifferentiableLayer>(
    _ layer: L, _ input: Tensor, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let (output, pullback) = valueWithPullback(at: input) { layer($0) }
    #expect(layer.traced(input).output == output, "\(what)", sourceLocation: sourceLocation)
    let crossing = Crossing(layer: layer, input: input, gradient: sampleTensor(output.shape, seed: 9, bound: 1))
    expectClose(
      crossing.back(), pullback(crossing.gradient), relative: 1e-5, what, sourceLocation: sourceLocation)
    expectGradient(at: crossing, tolerance: 3e-4, what, sourceLocation: sourceLocation) { $0.back() }
    expectGradient(at: crossing, tolerance: 3e-4, what, sourceLocation: sourceLocation) { $0.both() }
  }

  @Test(arguments: [Activation.identity, .tanh, .sigmoid, .softplus, .silu, .gelu])
  func denseLayers(_ activation: Activation) {
    let layer = Dense(4, 3, activation: activation, stream: RandomStream(seed: 1))
    check(layer, sampleTensor([2, 3, 4], seed: 2, bound: 1), "\(activation)")
  }

  @Test(arguments: [Activation.identity, .tanh, .softplus, .silu])
  func transposedConvolutions(_ activation: Activation) {
    let layer = TransposedConvolution2D(
      3, 2, window: ConvolutionWindow(kernel: 4, stride: 2, padding: 1), extra: Extent(height: 0, width: 1),
      activation: activation, stream: RandomStream(seed: 3))
    check(layer, sampleTensor([2, 2, 3, 3], seed: 4, bound: 1), "\(activation)")
  }

  @Test func transposedConvolutionsOfSinglePixels() {
    let layer = TransposedConvolution2D(
      3, 2, window: ConvolutionWindow(kernel: 1), activation: .tanh, stream: RandomStream(seed: 3))
    check(layer, sampleTensor([2, 2, 3, 3], seed: 4, bound: 1), "1x1")
  }

  @Test(arguments: [[4], [4, 5], [4, 5, 3, 6]]) func stacks(_ sizes: [Int]) {
    let activations: [Activation] = [.tanh, .silu, .softplus]
    let layers = zip(sizes, sizes.dropFirst()).enumerated().map {
      Dense($1.0, $1.1, activation: activations[$0], stream: RandomStream(seed: 5)[$0])
    }
    check(Stack(layers), sampleTensor([2, 4], seed: 6, bound: 1), "\(sizes)")
  }
}
