import TestSupport
import Testing
import _Differentiation

@testable import Tensors

/// A convolution to try: images, channels in and out, and how the kernel goes.
struct ConvolutionCase: CustomTestStringConvertible, Sendable {
  let images: Int
  let size: Extent
  let inputs: Int
  let outputs: Int
  let window: ConvolutionWindow

  init(_ images: Int, _ size: Extent, _ inputs: Int, _ outputs: Int, _ window: ConvolutionWindow) {
    (self.images, self.size, self.inputs, self.outputs, self.window) = (images, size, inputs, outputs, window)
  }

  var testDescription: String { "\(images) of \(size), \(inputs) to \(outputs), \(window)" }
  var output: Extent { window.outputSize(of: size) }

  /// Images, a weight and a bias.
  var operands: Triple {
    Triple(
      sampleTensor([images, size.height, size.width, inputs], seed: 1, bound: 1),
      sampleTensor([window.kernel.height, window.kernel.width, inputs, outputs], seed: 2, bound: 0.5),
      sampleTensor([outputs], seed: 3))
  }

  /// What the transposed convolution of the same window and weight takes.
  var transposedOperands: Triple {
    let x = sampleTensor([images, output.height, output.width, outputs], seed: 4, bound: 1)
    return Triple(x, operands.b, sampleTensor([inputs], seed: 5))
  }

  /// The sum that defines a convolution, in double precision.
  func expected() -> [Double] {
    let (x, w) = (operands.a.scalars, operands.b.scalars)
    var result: [Double] = []
    for n in 0..<images {
      for i in 0..<output.height {
        for j in 0..<output.width {
          for o in 0..<outputs {
            var sum = Double(operands.c.scalars[o])
            for a in 0..<window.kernel.height {
              for b in 0..<window.kernel.width {
                let row = i * window.stride.height + a - window.padding.height
                let column = j * window.stride.width + b - window.padding.width
                guard (0..<size.height).contains(row), (0..<size.width).contains(column) else { continue }
                for c in 0..<inputs {
                  let pixel = ((n * size.height + row) * size.width + column) * inputs + c
                  sum += Double(x[pixel]) * Double(w[((a * window.kernel.width + b) * inputs + c) * outputs + o])
                }
              }
            }
            result.append(sum)
          }
        }
      }
    }
    return result
  }

  static let all = [
    ConvolutionCase(2, 5, 3, 4, .same(3)),
    ConvolutionCase(3, Extent(height: 7, width: 6), 2, 5, ConvolutionWindow(kernel: 4, stride: 2, padding: 1)),
    ConvolutionCase(
      1, Extent(height: 6, width: 9), 4, 3,
      ConvolutionWindow(
        kernel: Extent(height: 3, width: 2), stride: Extent(height: 2, width: 3),
        padding: Extent(height: 0, width: 1))),
    ConvolutionCase(2, Extent(height: 3, width: 4), 5, 2, ConvolutionWindow(kernel: 1)),
    ConvolutionCase(2, 5, 2, 3, ConvolutionWindow(kernel: 1, stride: 2)),
    ConvolutionCase(1, 4, 16, 3, .same(3)),  // oneDNN's own way back
    ConvolutionCase(1, 5, 13, 17, ConvolutionWindow(kernel: 3, stride: 2, padding: 1)),
    ConvolutionCase(2, 4, 2, 2, ConvolutionWindow(kernel: 4)),
    ConvolutionCase(1, 3, 1, 2, ConvolutionWindow(kernel: 2, stride: 3, padding: 2)),  // windows beside the image
    ConvolutionCase(1, 9, 2, 1, ConvolutionWindow(kernel: 2, stride: 4)),  // and pixels under none
  ]
}

struct ConvolutionTests {
  @Test(arguments: ConvolutionCase.all) func isTheSumThatDefinesIt(_ example: ConvolutionCase) {
    let (operands, output) = (example.operands, example.output)
    expectClose(
      convolution(operands.a, operands.b, operands.c, example.window, .identity), example.expected(),
      shape: [example.images, output.height, output.width, example.outputs], relative: 1e-5, absolute: 1e-5)
  }

  @Test(arguments: ConvolutionCase.all) func hasItsGradient(_ example: ConvolutionCase) {
    expectGradient(at: example.operands) { convolution($0.a, $0.b, $0.c, example.window, .tanh) }
  }

  @Test(arguments: ConvolutionCase.all) func transposedHasItsGradient(_ example: ConvolutionCase) {
    expectGradient(at: example.transposedOperands) {
      transposedConvolution($0.a, $0.b, $0.c, example.window, example.size, .softplus)
    }
  }

  /// conv(x) . y = x . transposed(y)
  @Test(arguments: ConvolutionCase.all) func transposedIsTheAdjoint(_ example: ConvolutionCase) {
    let (x, w, y) = (example.operands.a, example.operands.b, example.transposedOperands.a)
    func zeros(_ count: Int) -> Tensor { Tensor(repeating: 0, shape: [count]) }
    let there = convolution(x, w, zeros(example.outputs), example.window, .identity) * y
    let back = transposedConvolution(y, w, zeros(example.inputs), example.window, example.size, .identity) * x
    expectClose(there.sum(), back.sum(), relative: 1e-4, absolute: 1e-4)
  }

  @Test(arguments: Activation.allCases) func activationsHaveTheirGradients(activation: Activation) {
    let example = ConvolutionCase(2, 4, 2, 3, ConvolutionWindow(kernel: 3, stride: 2, padding: 1))
    var (there, back) = (example.operands, example.transposedOperands)
    (there.b, back.b) = (0.25 * there.b, 0.25 * back.b)
    (there.c, back.c) = (Tensor([4, -4, 4]), Tensor([4, -4]))  // away from the kinks
    expectGradient(at: there) { convolution($0.a, $0.b, $0.c, example.window, activation) }
    expectGradient(at: back) { transposedConvolution($0.a, $0.b, $0.c, example.window, example.size, activation) }
  }

  @Test(arguments: [
    ("3x3_tanh", Activation.tanh), ("4x4_stride2_relu", .relu), ("3x2_stride2x3_silu", .silu), ("1x1_gelu", .gelu),
    ("16channels_identity", .identity),
  ]) func matchesReferenceValues(name: String, activation: Activation) throws {
    let reference = try Reference.operation("convolution_\(name)")
    let (window, _) = try reference.window()
    let point = Triple(try reference.input("x"), try reference.input("weight"), try reference.input("bias"))
    let (value, pullback) = valueWithPullback(at: point) { convolution($0.a, $0.b, $0.c, window, activation) }
    let parts = point.parts(of: pullback(reference.cotangent.tensor))
    try reference.expect(value: value, gradients: ["x": parts[0], "weight": parts[1], "bias": parts[2]])
  }

  @Test(arguments: [
    ("4x4_stride2_relu", Activation.relu), ("3x3_stride2_extra_softplus", .softplus), ("2x3_stride3x1_gelu", .gelu),
    ("16channels_elu", .elu), ("3x3_tanh", .tanh),
  ]) func transposedMatchesReferenceValues(name: String, activation: Activation) throws {
    let reference = try Reference.operation("transposed_\(name)")
    let (window, extra) = try reference.window()
    let point = Triple(try reference.input("x"), try reference.input("weight"), try reference.input("bias"))
    let size = window.transposedSize(of: Extent(height: point.a.shape[1], width: point.a.shape[2]), extra: extra)
    let (value, pullback) = valueWithPullback(at: point) {
      transposedConvolution($0.a, $0.b, $0.c, window, size, activation)
    }
    let parts = point.parts(of: pullback(reference.cotangent.tensor))
    try reference.expect(value: value, gradients: ["x": parts[0], "weight": parts[1], "bias": parts[2]])
  }
}

extension Reference.Operation {
  /// The window that is stored as kernel, stride, padding and perhaps extra sizes, height before width.
  fileprivate func window() throws -> (ConvolutionWindow, extra: Extent) {
    let sizes = try input("window").scalars.map { Int($0) } + [0, 0]
    func extent(_ index: Int) -> Extent { Extent(height: sizes[2 * index], width: sizes[2 * index + 1]) }
    return (ConvolutionWindow(kernel: extent(0), stride: extent(1), padding: extent(2)), extent(3))
  }
}
