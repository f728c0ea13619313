import TestSupport
import Testing
import _Differentiation

@testable import Tensors

/// Batches of any size, data, several threads, mistakes.
struct ConvolutionUseTests {
  private let window = ConvolutionWindow(kernel: 4, stride: 2, padding: 1)

  /// Large enough to be taken in several blocks, the last one smaller.
  @Test(arguments: [3, 16]) func imagesDoNotKnowOfEachOther(channels: Int) {
    let x = sampleTensor([21, 24, 20, channels], seed: 1, bound: 1)
    let (w, b) = (sampleTensor([4, 4, channels, 8], seed: 2, bound: 0.25), sampleTensor([8], seed: 3))
    let y = convolution(x, w, b, window, .tanh)
    let back = transposedConvolution(
      y, w, sampleTensor([channels], seed: 4), window, Extent(height: 24, width: 20), .relu)
    for image in [0, 9, 20] {
      let one = convolution(x.rows(image..<image + 1), w, b, window, .tanh)
      expectClose(y.rows(image..<image + 1), one, relative: 1e-5)
      let oneBack = transposedConvolution(
        one, w, sampleTensor([channels], seed: 4), window, Extent(height: 24, width: 20), .relu)
      expectClose(back.rows(image..<image + 1), oneBack, relative: 1e-5)
    }
  }

  @Test func gradientOfABatchIsTheSumOfItsParts() {
    let (x, dy) = (sampleTensor([10, 9, 8, 3], seed: 1), sampleTensor([10, 4, 4, 6], seed: 2))
    let (w, b) = (sampleTensor([4, 4, 3, 6], seed: 3, bound: 0.25), sampleTensor([6], seed: 4))
    func parts(_ rows: Range<Int>) -> [Tensor] {
      let point = Triple(x.rows(rows), w, b)
      let (_, pullback) = valueWithPullback(at: point) { convolution($0.a, $0.b, $0.c, window, .relu) }
      return point.parts(of: pullback(dy.rows(rows)))
    }
    let (whole, first, second) = (parts(0..<10), parts(0..<3), parts(3..<10))
    for index in [1, 2] { expectClose(first[index] + second[index], whole[index], relative: 1e-4) }
  }

  @Test func noImagesMakeNoOutputs() {
    let x = Tensor([], shape: [0, 8, 8, 3])
    let (w, b) = (sampleTensor([4, 4, 3, 2], seed: 1), sampleTensor([2], seed: 2))
    let (y, pullback) = valueWithPullback(at: Triple(x, w, b)) { convolution($0.a, $0.b, $0.c, window, .relu) }
    #expect(y.shape == [0, 4, 4, 2])
    let tangent = pullback(y)
    #expect(tangent.a.shape == x.shape && tangent.b == Tensor(repeating: 0, shape: w.shape))
    let back = transposedConvolution(y, w, sampleTensor([3], seed: 3), window, 8, .relu)
    #expect(back.shape == [0, 8, 8, 3])
  }

  /// Data needs no gradient: the convolution that would make one is not computed.
  @Test func constantInputsGetTheSymbolicZero() {
    for window in [window, ConvolutionWindow(kernel: 1)] {
      let example = ConvolutionCase(2, 8, 3, 4, window)
      let (there, back) = (example.operands, example.transposedOperands)
      let constant = gradientParts(at: Triple(there.a.asConstant, there.b, there.c)) {
        convolution($0.a, $0.b, $0.c, window, .tanh)
      }
      let variable = gradientParts(at: there) { convolution($0.a, $0.b, $0.c, window, .tanh) }
      #expect(constant[0].isSymbolicZero && !variable[0].isSymbolicZero)
      #expect(constant[1] == variable[1] && constant[2] == variable[2])
      let transposed = gradientParts(at: Triple(back.a.asConstant, back.b, back.c)) {
        transposedConvolution($0.a, $0.b, $0.c, window, example.size, .tanh)
      }
      #expect(transposed[0].isSymbolicZero && transposed[1].sumOfSquares > 0)
    }
  }

  /// A convolution that sees pixels one by one is a layer like any other, and leaves factors behind.
  @Test func pixelwiseGradientsStayFactored() {
    let example = ConvolutionCase(2, 4, 5, 3, ConvolutionWindow(kernel: 1))
    let point = example.operands
    let (_, pullback) = valueWithPullback(at: point) { point in
      convolution(point.a, point.b, point.c, example.window, .tanh)
        + convolution(point.a, point.b, point.c, example.window, .relu)
    }
    let part = pullback(sampleTensor([2, 4, 4, 3], seed: 9)).b
    #expect(part.factors != nil && part.shape == [1, 1, 5, 3])
  }

  @Test func notANumberStaysOne() {
    var x = sampleTensor([1, 6, 6, 16], seed: 1)
    x.withMutablePointer { $0[5] = .nan }
    let (w, b) = (sampleTensor([3, 3, 16, 16], seed: 2), sampleTensor([16], seed: 3))
    #expect(!convolution(x, w, b, .same(3), .relu).isFinite)
    #expect(!transposedConvolution(x, w, b, .same(3), 6, .relu).isFinite)
  }

  /// Threads compile kernels and run them at once, each in memory of its own.
  @Test func threadsAtOnceGiveTheSameBits() {
    func results(_ seed: Int) -> [Tensor] {
      let example = ConvolutionCase(3, Extent(10 + seed % 3), 4 + seed, 20, window)
      let parts = gradientParts(at: example.operands) { convolution($0.a, $0.b, $0.c, example.window, .gelu) }
      let back = example.transposedOperands
      return parts + [transposedConvolution(back.a, back.b, back.c, example.window, example.size, .elu)]
    }
    let atOnce = Parallel.map(24) { results($0) }
    #expect(atOnce == (0..<24).map { results($0) })
  }

  @Test func nothingIsLeftBehind() {
    let example = ConvolutionCase(4, 12, 3, 16, window)
    func use() { _ = gradientParts(at: example.operands) { convolution($0.a, $0.b, $0.c, example.window, .silu) } }
    use()
    let before = Tensor.liveCount
    for _ in 0..<20 { use() }
    #expect(abs(Tensor.liveCount - before) < 500)  // other tests run at the same time
  }

  @Test func trapsOnShapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      _ = convolution(
        Tensor(repeating: 0, shape: [1, 4, 4, 2]), Tensor(repeating: 0, shape: [3, 3, 3, 1]), Tensor([0]), .same(3),
        .identity)
    }
    await #expect(processExitsWith: .failure) {
      _ = convolution(
        Tensor(repeating: 0, shape: [4, 4, 2]), Tensor(repeating: 0, shape: [3, 3, 2, 1]), Tensor([0]), .same(3),
        .identity)
    }
    await #expect(processExitsWith: .failure) {
      _ = convolution(
        Tensor(repeating: 0, shape: [1, 4, 4, 2]), Tensor(repeating: 0, shape: [5, 5, 2, 1]), Tensor([0]), .same(3),
        .identity)
    }
    await #expect(processExitsWith: .failure) {
      _ = convolution(
        Tensor(repeating: 0, shape: [1, 4, 4, 2]), Tensor(repeating: 0, shape: [5, 5, 2, 1]), Tensor([0]),
        ConvolutionWindow(kernel: 5), .identity)
    }
    await #expect(processExitsWith: .failure) {
      _ = transposedConvolution(
        Tensor(repeating: 0, shape: [1, 4, 4, 2]), Tensor(repeating: 0, shape: [3, 3, 1, 2]), Tensor([0]), .same(3), 5,
        .identity)
    }
    await #expect(processExitsWith: .failure) {
      _ = transposedConvolution(
        Tensor(repeating: 0, shape: [1, 4, 4, 2]), Tensor(repeating: 0, shape: [3, 3, 1, 2]), Tensor([0, 0]), .same(3),
        4, .identity)
    }
  }
}
