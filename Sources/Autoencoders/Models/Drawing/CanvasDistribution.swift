import Foundation
import Tensors
import _Differentiation

/// Pixels that are drawn little by little: the raw numbers of an unfinished canvas say what it shows so far.
public protocol CanvasDistribution: PixelDistribution {
  /// The picture that a canvas shows, as a layer can use it: raw numbers [N, pixels numbersPerPixel] to
  /// [N, pixels channels].
  @differentiable(reverse,wrt: raw)
  func shown(_ raw: Tensor) -> Tensor

  /// Raw numbers of a canvas that shows a picture, as far as one can: [pixels channels] to [pixels numbersPerPixel].
  func canvas(showing picture: Tensor) -> Tensor
}

extension BernoulliPixels: CanvasDistribution {
  /// Probabilities.
  @differentiable(reverse,wrt: raw)
  public func shown(_ raw: Tensor) -> Tensor { sigmoid(raw) }

  /// Log-odds.
  public func canvas(showing picture: Tensor) -> Tensor { Tensor(picture.scalars.map(logOdds)) }
}

extension GaussianPixels: CanvasDistribution {
  /// Means.
  @differentiable(reverse,wrt: raw)
  public func shown(_ raw: Tensor) -> Tensor {
    let mean = firstHalves(raw, channels)
    return isBounded ? sigmoid(mean) : mean
  }

  /// Means, with the variances that a layer begins with.
  public func canvas(showing picture: Tensor) -> Tensor {
    beside(picture.scalars.map { isBounded ? logOdds($0) : $0 }, start, channels)
  }
}

extension LogisticPixels: CanvasDistribution {
  /// Locations.
  @differentiable(reverse,wrt: raw)
  public func shown(_ raw: Tensor) -> Tensor { firstHalves(raw, channels) }

  /// Locations, with the scales that a layer begins with.
  public func canvas(showing picture: Tensor) -> Tensor { beside(picture.scalars, start, channels) }
}

/// log(p / (1 - p)), no further than 1 in 200 from either end, so that ink can still be written where there was none.
private func logOdds(_ p: Float) -> Float {
  let p = min(max(p, 0.005), 0.995)
  return log(p / (1 - p))
}

/// Each pixel's numbers and what `start` has behind them.
private func beside(_ first: [Float], _ start: [Float], _ channels: Int) -> Tensor {
  Tensor(
    stride(from: 0, to: first.count, by: channels).flatMap { first[$0..<$0 + channels] + start[channels...] })
}

/// The first `channels` of each pixel's 2 channels raw numbers: [N, pixels 2 channels] to [N, pixels channels].
@differentiable(reverse,wrt: raw)
private func firstHalves(_ raw: Tensor, _ channels: Int) -> Tensor {
  let shape = withoutDerivative(at: Shape([raw.shape[0], raw.count / (2 * raw.shape[0])]))
  return raw.split(rowsOf: 2 * channels, at: channels).first.reshaped(to: shape)
}
