import CKernels
import _Differentiation

extension Tensor {
  /// Each pixel of [N, H, W, C] as a block of `factor`: [N, H factor.height, W factor.width, C], nearest neighbours.
  @differentiable(reverse,wrt: self)
  public func upsampled(by factor: Extent) -> Tensor { repeatingPixels(factor, scale: 1) }

  @derivative(of: upsampled, wrt: self)
  @usableFromInline
  func vjpUpsampled(by factor: Extent) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    (upsampled(by: factor), { $0.isSymbolicZero ? .zero : $0.summingPixels(factor, scale: 1) })
  }

  /// The mean of each block of `factor` pixels: [N, H, W, C] to [N, H / factor.height, W / factor.width, C]. Traps if
  /// blocks do not fill the image.
  @differentiable(reverse,wrt: self)
  public func averagePooled(by factor: Extent) -> Tensor { summingPixels(factor, scale: 1 / Float(factor.area)) }

  @derivative(of: averagePooled, wrt: self)
  @usableFromInline
  func vjpAveragePooled(by factor: Extent) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    (
      averagePooled(by: factor),
      { $0.isSymbolicZero ? .zero : $0.repeatingPixels(factor, scale: 1 / Float(factor.area)) }
    )
  }

  private func repeatingPixels(_ factor: Extent, scale: Float) -> Tensor {
    require(
      shape.rank == 4 && min(factor.height, factor.width) > 0,
      "Tensor.upsampled: shape \(shape) by \(factor); expected [N, height, width, channels] by at least 1")
    let (height, width) = (shape[1], shape[2])
    let result = Tensor(shape: [shape[0], height * factor.height, width * factor.width, shape[3]]) {
      ck_repeat_pixels(pointer, $0, shape[0], height, width, shape[3], factor.height, factor.width, scale)
    }
    return isConstant ? result.asConstant : result
  }

  private func summingPixels(_ factor: Extent, scale: Float) -> Tensor {
    require(
      shape.rank == 4 && min(factor.height, factor.width) > 0 && shape[1] % factor.height == 0
        && shape[2] % factor.width == 0,
      "Tensor.averagePooled: shape \(shape) by \(factor); expected [N, height, width, channels], height and width "
        + "multiples of the block's; crop or pad the images")
    let (height, width) = (shape[1] / factor.height, shape[2] / factor.width)
    let result = Tensor(shape: [shape[0], height, width, shape[3]]) {
      ck_sum_pixels(pointer, $0, shape[0], height, width, shape[3], factor.height, factor.width, scale)
    }
    return isConstant ? result.asConstant : result
  }
}
