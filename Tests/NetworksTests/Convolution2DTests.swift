import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

struct Convolution2DTests {
  private let x = sampleTensor([2, 6, 5, 3], seed: 1, bound: 1)
  private let window = ConvolutionWindow(kernel: Extent(height: 4, width: 3), stride: 2, padding: 1)

  @Test func isTheOperation() {
    let layer = Convolution2D(3, 4, window: window, activation: .elu, stream: RandomStream(seed: 1))
    #expect(layer.weight.shape == [4, 3, 3, 4] && layer.bias.shape == [4])
    #expect(layer(x) == convolution(x, layer.weight, layer.bias, window, .elu))
    #expect(layer.parameterNames == ["weight", "bias"])
  }

  @Test func transposedIsTheOperation() {
    let layer = TransposedConvolution2D(
      3, 4, window: window, extra: Extent(height: 1, width: 0), activation: .elu, stream: RandomStream(seed: 1))
    #expect(layer.weight.shape == [4, 3, 4, 3] && layer.bias.shape == [4])
    let size = Extent(height: 13, width: 9)
    #expect(layer(x) == transposedConvolution(x, layer.weight, layer.bias, window, size, .elu))
  }

  @Test func gradientReachesEveryParameter() {
    let there = Convolution2D(3, 4, window: window, activation: .silu, stream: RandomStream(seed: 2))
    expectGradient(at: there) { $0(x) }
    let back = TransposedConvolution2D(3, 4, window: window, activation: .gelu, stream: RandomStream(seed: 3))
    expectGradient(at: back) { $0(x) }
    for part in gradientParts(at: there, of: { $0(x) }) + gradientParts(at: back, of: { $0(x) }) {
      #expect(part.sumOfSquares > 0)
    }
  }

  @Test func stacksOfThem() {
    let halving = ConvolutionWindow(kernel: 4, stride: 2, padding: 1)
    let down = Stack([
      Convolution2D(3, 4, window: halving, activation: .tanh, stream: RandomStream(seed: 4)),
      Convolution2D(4, 5, window: halving, activation: .tanh, stream: RandomStream(seed: 5)),
    ])
    let up = Stack([
      TransposedConvolution2D(5, 4, window: halving, activation: .tanh, stream: RandomStream(seed: 6)),
      TransposedConvolution2D(4, 3, window: halving, activation: .tanh, stream: RandomStream(seed: 7)),
    ])
    let image = sampleTensor([1, 8, 8, 3], seed: 2, bound: 1)
    let code = down(image)
    #expect(code.shape == [1, 2, 2, 5] && up(code).shape == image.shape)
    expectGradient(at: down) { $0(image) }
    expectGradient(at: up) { $0(code) }
  }

  /// PyTorch draws within 1 / sqrt(numbers under the kernel), those of the outputs for a transposed convolution.
  @Test func weightsBeginWithinTheirBounds() {
    let there = Convolution2D(16, 32, window: ConvolutionWindow(kernel: 5), stream: RandomStream(seed: 8))
    let back = TransposedConvolution2D(32, 16, window: ConvolutionWindow(kernel: 5), stream: RandomStream(seed: 9))
    for values in [there.weight, there.bias, back.weight, back.bias] {
      let (least, most) = (values.scalars.min()!, values.scalars.max()!)
      #expect(least >= -0.05 && most <= 0.05)
      if values.count > 100 { #expect(least < -0.0499 && most > 0.0499) }
    }
    let glorot = Convolution2D(
      16, 32, window: ConvolutionWindow(kernel: 5), initializer: .glorot, stream: RandomStream(seed: 10))
    expectClose(glorot.weight.sumOfSquares / Double(glorot.weight.count), 2.0 / (25 * 48), relative: 0.05)
    let zero = Convolution2D(2, 3, window: .same(3), initializer: .zero, stream: RandomStream(seed: 11))
    #expect(zero.weight.sumOfSquares == 0 && zero.bias.sumOfSquares == 0)
  }

  @Test func trapsOnShapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      _ = TransposedConvolution2D(
        1, 1, window: ConvolutionWindow(kernel: 4, stride: 2), extra: 2, stream: RandomStream(seed: 1))
    }
    await #expect(processExitsWith: .failure) {
      _ = TransposedConvolution2D(1, 1, window: .same(3), stream: RandomStream(seed: 1))(Tensor([1, 2, 3]))
    }
  }
}
