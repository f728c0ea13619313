import Tensors
import _Differentiation

/// How raw numbers, some for each pixel, become p(x|z): what the last layer of a decoder of images, convolutional or dense,
/// hands its output to.
public protocol PixelDistribution: Sendable {
  /// The distribution it makes.
  associatedtype Output: Likelihood

  /// Numbers in one pixel: 1 for grey, 3 for colour.
  var channels: Int { get }
  /// Raw numbers for each pixel.
  var numbersPerPixel: Int { get }
  /// What each of a pixel's raw numbers begins as, [numbersPerPixel]; a layer adds it to its bias.
  var start: [Float] { get }

  /// p(x|z) of images, channels innermost, from raw numbers [K, B, ...] that end in numbersPerPixel for each pixel.
  @differentiable(reverse,wrt: raw)
  func callAsFunction(_ raw: Tensor) -> Output
}

extension PixelDistribution {
  /// The likelihood's shape, [K, B, pixels * channels]. Traps unless `raw` is [K, B, ...] with whole pixels.
  func imageShape(_ raw: Tensor) -> Shape {
    let examples = raw.shape.rank > 2 ? raw.shape[0] * raw.shape[1] : 0
    require(
      examples > 0 && raw.count % (examples * numbersPerPixel) == 0,
      "pixels: expected raw numbers [draws, batch, ...] with \(numbersPerPixel) for each pixel, got \(raw.shape)")
    return [raw.shape[0], raw.shape[1], raw.count / (examples * numbersPerPixel) * channels]
  }
}

/// Pixels of independent 0/1 variables. Raw: a logit for each channel.
public struct BernoulliPixels: PixelDistribution {
  /// Numbers in one pixel.
  public let channels: Int

  /// Pixels of so many numbers.
  public init(channels: Int = 1) { self.channels = channels }

  /// One for each channel.
  public var numbersPerPixel: Int { channels }
  /// One half.
  public var start: [Float] { [Float](repeating: 0, count: channels) }

  /// Bernoulli variables of these logits.
  @differentiable(reverse,wrt: raw)
  public func callAsFunction(_ raw: Tensor) -> Bernoulli {
    Bernoulli(logits: raw.reshaped(to: withoutDerivative(at: imageShape(raw))))
  }
}

/// Pixels of independent normal variables, for data in [0, 1]. Raw: a mean, then a log-variance for each channel.
public struct GaussianPixels: PixelDistribution {
  /// Numbers in one pixel.
  public let channels: Int
  /// Whether means pass through a sigmoid.
  public let isBounded: Bool
  let logVariance: LogFloor

  /// - Parameter leastDeviation: the floor, as a standard deviation.
  public init(channels: Int = 1, isBounded: Bool = true, leastDeviation: Float = 0.02) {
    self.channels = channels
    self.isBounded = isBounded
    logVariance = .logVariance(least: leastDeviation, first: 0.25)
  }

  /// Two for each channel.
  public var numbersPerPixel: Int { 2 * channels }
  /// Means of one half, deviations of a quarter.
  public var start: [Float] {
    [Float](repeating: isBounded ? 0 : 0.5, count: channels) + [Float](repeating: logVariance.start, count: channels)
  }

  /// Normal variables of these means and variances.
  @differentiable(reverse,wrt: raw)
  public func callAsFunction(_ raw: Tensor) -> Gaussian {
    let shape = withoutDerivative(at: imageShape(raw))
    let parts = raw.split(rowsOf: numbersPerPixel, at: channels)
    let mean = parts.first.reshaped(to: shape)
    return Gaussian(
      mean: isBounded ? sigmoid(mean) : mean, logVariance: logVariance(parts.second.reshaped(to: shape)))
  }
}

/// Pixels of independent 8-bit numbers. Raw: a location, then a log-scale for each channel.
public struct LogisticPixels: PixelDistribution {
  /// Numbers in one pixel.
  public let channels: Int
  private let logScale: LogFloor

  /// - Parameter leastDeviation: the floor, as a standard deviation of data in [0, 1].
  public init(channels: Int = 1, leastDeviation: Float = 0.001) {
    self.channels = channels
    logScale = .logScale(least: leastDeviation, first: 0.25)
  }

  /// Two for each channel.
  public var numbersPerPixel: Int { 2 * channels }
  /// Locations of one half, deviations of a quarter.
  public var start: [Float] {
    [Float](repeating: 0.5, count: channels) + [Float](repeating: logScale.start, count: channels)
  }

  /// Discretized logistic variables of these locations and scales.
  @differentiable(reverse,wrt: raw)
  public func callAsFunction(_ raw: Tensor) -> DiscretizedLogistic {
    let shape = withoutDerivative(at: imageShape(raw))
    let parts = raw.split(rowsOf: numbersPerPixel, at: channels)
    return DiscretizedLogistic(
      location: parts.first.reshaped(to: shape), logScale: logScale(parts.second.reshaped(to: shape)))
  }
}
