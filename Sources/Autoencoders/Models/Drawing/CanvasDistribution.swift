import Tensors
import _Differentiation

/// Pixels that are drawn little by little: the raw numbers of an unfinished canvas say what it shows so far.
public protocol CanvasDistribution: PixelDistribution {
  /// The picture that a canvas shows, as a layer can use it: raw numbers [N, pixels numbersPerPixel] to
  /// [N, pixels channels].
  @differentiable(reverse,wrt: raw)
  func shown(_ raw: Tensor) -> Tensor
}

extension BernoulliPixels: CanvasDistribution {
  /// Probabilities.
  @differentiable(reverse,wrt: raw)
  public func shown(_ raw: Tensor) -> Tensor { sigmoid(raw) }
}

extension GaussianPixels: CanvasDistribution {
  /// Means.
  @differentiable(reverse,wrt: raw)
  public func shown(_ raw: Tensor) -> Tensor {
    let mean = firstHalves(raw, channels)
    return isBounded ? sigmoid(mean) : mean
  }
}

extension LogisticPixels: CanvasDistribution {
  /// Locations.
  @differentiable(reverse,wrt: raw)
  public func shown(_ raw: Tensor) -> Tensor { firstHalves(raw, channels) }
}

/// The first `channels` of each pixel's 2 channels raw numbers: [N, pixels 2 channels] to [N, pixels channels].
@differentiable(reverse,wrt: raw)
private func firstHalves(_ raw: Tensor, _ channels: Int) -> Tensor {
  let shape = withoutDerivative(at: Shape([raw.shape[0], raw.count / (2 * raw.shape[0])]))
  return raw.split(rowsOf: 2 * channels, at: channels).first.reshaped(to: shape)
}
