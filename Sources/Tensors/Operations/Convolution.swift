import CKernels
import _Differentiation

/// activation(x * weight + bias): x [N, H, W, in], weight [kernel height, kernel width, in, out], bias [out] to
/// [N, H', W', out], with H' and W' as ``ConvolutionWindow/outputSize(of:)`` says.
///
///     y[n, i, j, o] = sum over a, b, c of x[n, i stride + a - padding, j stride + b - padding, c] weight[a, b, c, o]
///
/// A cross-correlation, as everywhere in this field; x is zero beyond its edges. Traps, naming the shapes, if they do not
/// fit.
@differentiable(reverse)
public func convolution(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ window: ConvolutionWindow, _ activation: Activation
) -> Tensor {
  let sizes = ConvolutionSizes(of: x, weight, bias, window)
  if window.isPixelwise { return dense(x, weight.asMatrix, bias, activation) }
  let count = x.shape[0]
  return Tensor(shape: [count, sizes.output.height, sizes.output.width, sizes.filters]) {
    sizes.forward(count, images: x.pointer, weights: weight.pointer, bias: bias.pointer, into: $0) { outputs, images in
      ck_bias_activation(outputs, nil, 1, images * sizes.outputCount, activation.kernel)
    }
  }
}

@derivative(of: convolution)
@usableFromInline
func vjpConvolution(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ window: ConvolutionWindow, _ activation: Activation
) -> (value: Tensor, pullback: (Tensor) -> (Tensor, Tensor, Tensor)) {
  if window.isPixelwise {
    let sizes = ConvolutionSizes(of: x, weight, bias, window)
    let (y, pullback) = vjpDense(x, weight.asMatrix, bias, activation)
    return (
      y,
      { dy in
        let (dx, dWeight, dBias) = pullback(dy)
        return (dx, dWeight.reshaped(to: [1, 1, sizes.channels, sizes.filters]), dBias)
      }
    )
  }
  let (y, kept) = activation.apply { convolution(x, weight, bias, window, $0) }
  return (
    y,
    { dy in
      if dy.isSymbolicZero { return (.zero, .zero, .zero) }
      let sizes = ConvolutionSizes(of: x, weight, bias, window)
      let (da, count) = (activation.gradient(dy, at: kept), x.shape[0])
      let (dWeight, dBias) = sizes.weightGradient(images: x, outputs: da)
      if x.isConstant { return (.zero, dWeight, dBias) }
      let dx = Tensor(shape: x.shape) {
        sizes.backward(count, outputs: da.pointer, weights: weight.pointer, into: $0)
      }
      return (dx, dWeight, dBias)
    }
  )
}

/// activation(x *' weight + bias), the convolution turned round: x [N, H, W, in], weight [kernel height, kernel width,
/// out, in], bias [out] to [N, outputSize.height, outputSize.width, out].
///
///     y[n, i stride + a - padding, j stride + b - padding, o] = sum of x[n, i, j, c] weight[a, b, o, c]
///
/// The gradient of a convolution's input is this, and this one's gradient a convolution: of out to in channels, with the
/// very same window and weight, which is why the weight has its outputs first. `outputSize` is a size that the
/// convolution would bring to [H, W], see ``ConvolutionWindow/transposedSize(of:extra:)``. Traps, naming the shapes, if
/// they do not fit.
@differentiable(reverse,wrt: (x, weight, bias))
public func transposedConvolution(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ window: ConvolutionWindow, _ outputSize: Extent,
  _ activation: Activation
) -> Tensor {
  let sizes = ConvolutionSizes(ofTransposed: x, weight, bias, window, outputSize)
  let count = x.shape[0]
  return Tensor(shape: [count, outputSize.height, outputSize.width, sizes.channels]) {
    sizes.backward(count, outputs: x.pointer, weights: weight.pointer, into: $0) { images, count in
      ck_bias_activation(images, bias.pointer, count * outputSize.area, sizes.channels, activation.kernel)
    }
  }
}

@derivative(of: transposedConvolution, wrt: (x, weight, bias))
@usableFromInline
func vjpTransposedConvolution(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ window: ConvolutionWindow, _ outputSize: Extent,
  _ activation: Activation
) -> (value: Tensor, pullback: (Tensor) -> (Tensor, Tensor, Tensor)) {
  let (y, kept) = activation.apply { transposedConvolution(x, weight, bias, window, outputSize, $0) }
  return (
    y,
    { dy in
      if dy.isSymbolicZero { return (.zero, .zero, .zero) }
      let sizes = ConvolutionSizes(ofTransposed: x, weight, bias, window, outputSize)
      let (da, count) = (activation.gradient(dy, at: kept), x.shape[0])
      let (dWeight, _) = sizes.weightGradient(images: da, outputs: x)
      let dBias = da.summedOverPixels()
      if x.isConstant { return (.zero, dWeight, dBias) }
      let none = Tensor(repeating: 0, shape: [sizes.filters])
      let dx = Tensor(shape: x.shape) {
        sizes.forward(count, images: da.pointer, weights: weight.pointer, bias: none.pointer, into: $0)
      }
      return (dx, dWeight, dBias)
    }
  )
}

extension ConvolutionSizes {
  /// Of a convolution with these operands; traps if they don't fit.
  fileprivate init(of x: Tensor, _ weight: Tensor, _ bias: Tensor, _ window: ConvolutionWindow) {
    let (kernel, shape) = (window.kernel, weight.shape)
    require(
      shape.rank == 4 && shape[0] == kernel.height && shape[1] == kernel.width,
      "convolution: weight \(shape) for a \(window); expected [\(kernel.height), \(kernel.width), in, out]")
    require(
      x.shape.rank == 4 && x.shape[3] == shape[2],
      "convolution: expected images [N, height, width, \(shape[2])], got shape \(x.shape); reshape the data or rebuild "
        + "the layer")
    require(bias.shape == [shape[3]], "convolution: bias \(bias.shape) for weight \(shape); expected one per output")
    let image = Extent(height: x.shape[1], width: x.shape[2])
    let output = window.outputSize(of: image)
    require(
      output.area > 0,
      "convolution: images of \(image) are smaller than a \(window); use fewer layers, or more padding")
    self.init(image: image, channels: shape[2], output: output, filters: shape[3], window: window)
  }

  /// Of the convolution that is turned round; traps if the operands don't fit.
  fileprivate init(
    ofTransposed x: Tensor, _ weight: Tensor, _ bias: Tensor, _ window: ConvolutionWindow, _ size: Extent
  ) {
    let (kernel, shape) = (window.kernel, weight.shape)
    require(
      shape.rank == 4 && shape[0] == kernel.height && shape[1] == kernel.width,
      "transposedConvolution: weight \(shape) for a \(window); expected [\(kernel.height), \(kernel.width), out, in]")
    require(
      x.shape.rank == 4 && x.shape[3] == shape[3],
      "transposedConvolution: expected images [N, height, width, \(shape[3])], got shape \(x.shape); reshape the data "
        + "or rebuild the layer")
    require(
      bias.shape == [shape[2]],
      "transposedConvolution: bias \(bias.shape) for weight \(shape); expected one per output")
    let output = Extent(height: x.shape[1], width: x.shape[2])
    require(
      min(size.height, size.width) > 0 && window.outputSize(of: size) == output,
      "transposedConvolution: output size \(size) for images of \(output), which a \(window) would bring to "
        + "\(window.outputSize(of: size)); expected \(window.transposedSize(of: output)), or more by less than a "
        + "stride")
    self.init(image: size, channels: shape[2], output: output, filters: shape[3], window: window)
  }
}

extension Tensor {
  /// The weight of a convolution that sees each pixel by itself: [1, 1, in, out] to [in, out].
  fileprivate var asMatrix: Tensor { reshaped(to: [shape[2], shape[3]]) }

  /// [N, H, W, C] to [C]. First rows of images and then of pixels, so that few channels make no short loops.
  fileprivate func summedOverPixels() -> Tensor {
    let (width, channels) = (shape[2], shape[3])
    let columns = Tensor(shape: [width, channels]) {
      ck_sum_rows(pointer, $0, shape[0] * shape[1], width * channels)
    }
    return Tensor(shape: [channels]) { ck_sum_rows(columns.pointer, $0, width, channels) }
  }
}
