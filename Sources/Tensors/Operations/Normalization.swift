import CKernels
import _Differentiation

/// Each image's groups of channels brought to mean 0 and deviation 1, and then to a scale and offset for each channel.
///
///     y = (x - mean) / sqrt(variance + epsilon) * scale + offset
///
/// for x [N, ..., C], with mean and variance (that of the numbers at hand, divided by their count) over all axes between
/// and the C / groups channels of a group; scale and offset [C]. Epsilon is 1e-5, as in PyTorch. Wu and He 2018, *Group
/// normalization*. Traps, naming the shapes, if they do not fit.
@differentiable(reverse,wrt: (x, scale, offset))
public func groupNormalization(_ x: Tensor, _ scale: Tensor, _ offset: Tensor, groups: Int) -> Tensor {
  normalized(x, scale, offset, Normalization(of: x, scale, offset, groups: groups)).value
}

@derivative(of: groupNormalization, wrt: (x, scale, offset))
@usableFromInline
func vjpGroupNormalization(_ x: Tensor, _ scale: Tensor, _ offset: Tensor, groups: Int) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor, Tensor)
) {
  let sizes = Normalization(of: x, scale, offset, groups: groups)
  let (y, moments) = normalized(x, scale, offset, sizes)
  return (y, { sizes.gradient($0, x, scale, moments) })
}

/// A batch brought to mean 0 and deviation 1, channel by channel, and the moments that it had before.
public struct NormalizedBatch: Differentiable, Sendable {
  /// [..., C]
  public var value: Tensor
  /// Of each channel, [C].
  @noDerivative public let mean: Tensor
  /// Of each channel, [C]: the mean square of the distance to the mean.
  @noDerivative public let variance: Tensor

  init(value: Tensor, mean: Tensor, variance: Tensor) {
    (self.value, self.mean, self.variance) = (value, mean, variance)
  }
}

/// Each channel of a batch brought to mean 0 and deviation 1, and then to a scale and offset of its own.
///
///     y = (x - mean) / sqrt(variance + epsilon) * scale + offset
///
/// for x [..., C], with mean and variance over all axes but the last; scale and offset [C]. Epsilon is 1e-5, as in
/// PyTorch. Ioffe and Szegedy 2015, *Batch normalization*. Traps, naming the shapes, if they do not fit.
@differentiable(reverse,wrt: (x, scale, offset))
public func batchNormalization(_ x: Tensor, _ scale: Tensor, _ offset: Tensor) -> NormalizedBatch {
  let (y, moments) = normalized(x, scale, offset, Normalization(ofBatch: x, scale, offset))
  return NormalizedBatch(value: y, mean: moments.mean, variance: moments.variance)
}

@derivative(of: batchNormalization, wrt: (x, scale, offset))
@usableFromInline
func vjpBatchNormalization(_ x: Tensor, _ scale: Tensor, _ offset: Tensor) -> (
  value: NormalizedBatch, pullback: (NormalizedBatch.TangentVector) -> (Tensor, Tensor, Tensor)
) {
  let sizes = Normalization(ofBatch: x, scale, offset)
  let batch = batchNormalization(x, scale, offset)
  let moments = (batch.mean, batch.variance)
  return (batch, { sizes.gradient($0.value, x, scale, moments) })
}

/// The same with a mean and variance [C] that are given: those of the training data, say.
@differentiable(reverse,wrt: (x, scale, offset))
public func batchNormalization(
  _ x: Tensor, _ scale: Tensor, _ offset: Tensor, mean: Tensor, variance: Tensor
) -> Tensor {
  let sizes = Normalization(ofBatch: x, scale, offset)
  require(
    mean.shape == scale.shape && variance.shape == scale.shape,
    "batchNormalization: mean \(mean.shape) and variance \(variance.shape); expected \(scale.shape), one per channel")
  return Tensor(shape: x.shape) {
    ck_normalize(
      x.pointer, scale.pointer, offset.pointer, mean.pointer, variance.pointer, $0, sizes.pixels, sizes.channels,
      Normalization.epsilon)
  }
}

@derivative(of: batchNormalization, wrt: (x, scale, offset))
@usableFromInline
func vjpBatchNormalization(_ x: Tensor, _ scale: Tensor, _ offset: Tensor, mean: Tensor, variance: Tensor) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor, Tensor)
) {
  let sizes = Normalization(ofBatch: x, scale, offset)
  return (
    batchNormalization(x, scale, offset, mean: mean, variance: variance),
    { sizes.gradient($0, x, scale, (mean, variance), areConstant: true) }
  )
}

/// How the numbers of a tensor are grouped: those of an image and group share their moments. A whole batch by channels
/// is one image with groups of one.
private struct Normalization {
  static let epsilon: Float = 1e-5

  let images: Int
  let pixels: Int
  let channels: Int
  let groups: Int

  init(of x: Tensor, _ scale: Tensor, _ offset: Tensor, groups: Int) {
    let channels = scale.count
    require(
      x.shape.rank > 1 && x.shape[-1] == channels && scale.shape == [channels] && offset.shape == [channels],
      "groupNormalization: x \(x.shape), scale \(scale.shape), offset \(offset.shape); expected [N, ..., C], [C], [C]")
    require(
      groups > 0 && channels % groups == 0,
      "groupNormalization: \(channels) channels in \(groups) groups; choose a number of groups that divides them")
    images = x.shape[0]
    pixels = x.count / max(images * channels, 1)
    (self.channels, self.groups) = (channels, groups)
  }

  init(ofBatch x: Tensor, _ scale: Tensor, _ offset: Tensor) {
    let channels = scale.count
    require(
      x.shape.rank > 0 && x.shape[-1] == channels && scale.shape == [channels] && offset.shape == [channels],
      "batchNormalization: x \(x.shape), scale \(scale.shape), offset \(offset.shape); expected [..., C], [C], [C]")
    images = 1
    pixels = x.count / max(channels, 1)
    (self.channels, groups) = (channels, channels)
  }

  /// Gradients of x, scale and offset.
  func gradient(
    _ dy: Tensor, _ x: Tensor, _ scale: Tensor, _ moments: (mean: Tensor, variance: Tensor), areConstant: Bool = false
  ) -> (Tensor, Tensor, Tensor) {
    if dy.isSymbolicZero { return (.zero, .zero, .zero) }
    var (dScale, dOffset) = (Tensor.zero, Tensor.zero)
    let dx = Tensor(shape: x.shape) { dx in
      dScale = Tensor(shape: [images, channels]) { dScale in
        dOffset = Tensor(shape: [images, channels]) {
          ck_group_normalization_gradient(
            x.pointer, scale.pointer, moments.mean.pointer, moments.variance.pointer, dy.pointer, dx, dScale, $0,
            images, pixels, channels, groups, Self.epsilon, areConstant)
        }
      }
    }
    return (dx, dScale.summed(to: scale.shape), dOffset.summed(to: scale.shape))
  }
}

/// The value, and the moments of each image and channel, [images, C]; [C] for a batch as a whole.
private func normalized(_ x: Tensor, _ scale: Tensor, _ offset: Tensor, _ sizes: Normalization) -> (
  value: Tensor, moments: (mean: Tensor, variance: Tensor)
) {
  let shape: Shape = sizes.images == 1 ? [sizes.channels] : [sizes.images, sizes.channels]
  var (mean, variance) = (Tensor.zero, Tensor.zero)
  let y = Tensor(shape: x.shape) { y in
    mean = Tensor(shape: shape) { mean in
      variance = Tensor(shape: shape) {
        ck_group_normalization(
          x.pointer, scale.pointer, offset.pointer, y, mean, $0, sizes.images, sizes.pixels, sizes.channels,
          sizes.groups, Normalization.epsilon)
      }
    }
  }
  return (y, (mean, variance))
}
