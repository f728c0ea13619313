import CKernels
import COneDNN

/// The sizes of a convolution: what its kernels are compiled for, but for the number of images.
struct ConvolutionSizes: Hashable, Sendable {
  let image: Extent
  let channels: Int
  let output: Extent
  let filters: Int
  let window: ConvolutionWindow

  var imageCount: Int { image.area * channels }
  var outputCount: Int { output.area * filters }
  /// Numbers under the kernel at one place.
  var windowCount: Int { window.kernel.area * channels }

  func compiled(for images: Int) -> onednn_convolution_sizes {
    onednn_convolution_sizes(
      batch: images, height: image.height, width: image.width, channels: channels, filters: filters,
      output_height: output.height, output_width: output.width, kernel_height: window.kernel.height,
      kernel_width: window.kernel.width, stride_height: window.stride.height, stride_width: window.stride.width,
      padding_height: window.padding.height, padding_width: window.padding.width)
  }

  private var windows: ck_windows {
    ck_windows(
      height: image.height, width: image.width, channels: channels, output_height: output.height,
      output_width: output.width, kernel_height: window.kernel.height, kernel_width: window.kernel.width,
      stride_height: window.stride.height, stride_width: window.stride.width, padding_height: window.padding.height,
      padding_width: window.padding.width)
  }

  /// Images are taken some at a time, so that what was written is still near when it is activated: numbers of these.
  /// (With fewer, oneDNN's kernels find too little to do at once where images are small.)
  private static let numbersAtOnce = 1 << 17

  /// Ranges of `count` images.
  private func blocks(of count: Int) -> [Range<Int>] {
    let most = max(1, Self.numbersAtOnce / max(imageCount, outputCount, 1))
    return stride(from: 0, to: count, by: most).map { $0..<min($0 + most, count) }
  }

  /// outputs = images * weights + bias, and then what `finish` does to each block of outputs.
  func forward(
    _ count: Int, images: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    into outputs: UnsafeMutablePointer<Float>,
    finish: (UnsafeMutablePointer<Float>, _ images: Int) -> Void = { _, _ in }
  ) {
    runBlocks(count, ONEDNN_FORWARD, weights) { kernel, range, weights in
      let block = outputs + range.lowerBound * outputCount
      kernel.run(
        images: images + range.lowerBound * imageCount, weights: weights, bias: bias, outputs: block)
      finish(block, range.count)
    }
  }

  /// images = the sum of what each output, times the kernel, adds to its window; and then what `finish` does to each
  /// block of images. The gradient of images, and a transposed convolution.
  func backward(
    _ count: Int, outputs: UnsafePointer<Float>, weights: UnsafePointer<Float>,
    into images: UnsafeMutablePointer<Float>,
    finish: (UnsafeMutablePointer<Float>, _ images: Int) -> Void = { _, _ in }
  ) {
    if channels < Self.fewChannels {
      for range in blocks(of: count) {
        let block = images + range.lowerBound * imageCount
        backwardByProduct(range.count, outputs + range.lowerBound * outputCount, weights, into: block)
        finish(block, range.count)
      }
    } else {
      runBlocks(count, ONEDNN_BACKWARD_DATA, weights) { kernel, range, weights in
        let block = images + range.lowerBound * imageCount
        kernel.run(images: block, weights: weights, bias: nil, outputs: outputs + range.lowerBound * outputCount)
        finish(block, range.count)
      }
    }
  }

  /// The gradients of weights [kernel height, kernel width, channels, filters] and bias [filters], from that of outputs.
  func weightGradient(images: Tensor, outputs: Tensor) -> (weights: Tensor, bias: Tensor) {
    let shape: Shape = [window.kernel.height, window.kernel.width, channels, filters]
    let count = images.shape[0]
    if count == 0 { return (Tensor(repeating: 0, shape: shape), Tensor(repeating: 0, shape: [filters])) }
    let kernel = ConvolutionKernel.kernel(self, images: count, ONEDNN_BACKWARD_WEIGHTS)
    let blocks = kernel.makeBlocks()
    var bias = Tensor.zero
    let weights = Tensor(shape: shape) { weights in
      bias = Tensor(shape: [filters]) {
        kernel.run(
          images: images.pointer, weights: blocks?.pointer ?? UnsafePointer(weights), bias: $0,
          outputs: outputs.pointer)
      }
      if let blocks { kernel.reorder(weights: weights, blocks: blocks) }
    }
    return (weights, bias)
  }

  /// Calls `body` with each block of images and the kernel for as many, and the weights as that kernel wants them.
  private func runBlocks(
    _ count: Int, _ direction: onednn_direction, _ weights: UnsafePointer<Float>,
    _ body: (ConvolutionKernel, Range<Int>, UnsafePointer<Float>) -> Void
  ) {
    var last: (kernel: ConvolutionKernel, blocks: Tensor?)?
    for range in blocks(of: count) {
      let kernel = ConvolutionKernel.kernel(self, images: range.count, direction)
      var blocks = last?.blocks
      if last?.kernel !== kernel {
        blocks = kernel.makeBlocks()
        if let blocks { kernel.reorder(weights: weights, blocks: blocks) }
        last = (kernel, blocks)
      }
      withExtendedLifetime(blocks) { body(kernel, range, blocks?.pointer ?? weights) }
    }
  }

  /// oneDNN widens channels to 16 on the way back: 22 GFLOP/s with three of them, where a product and a pass that adds up
  /// windows make 63.
  private static let fewChannels = 12

  private func backwardByProduct(
    _ count: Int, _ outputs: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    into images: UnsafeMutablePointer<Float>
  ) {
    ck_fill(images, 0, count * imageCount)
    let rows = count * output.height
    let most = max(1, Self.numbersAtOnce / max(windowCount * output.width, 1))
    for first in stride(from: 0, to: rows, by: most) {
      let part = min(most, rows - first)
      let places = part * output.width
      let product = Tensor(shape: [places, windowCount]) {
        multiply(
          MatrixOperand(outputs + first * output.width * filters, stride: filters),
          MatrixOperand(weights, stride: filters, isTransposed: true), rows: places, inner: filters,
          columns: windowCount, into: $0)
      }
      withExtendedLifetime(product) { ck_add_windows(product.pointer, images, windows, first, part) }
    }
  }
}
