import Foundation
import Tensors
import _Differentiation

/// 8-bit pixels, grey or colour: for each a mixture of logistic variables in 256 bins, in which green depends on red, and
/// blue on both.
///
/// Salimans, Karpathy, Chen and Kingma 2017 (PixelCNN++), eq. 2 and 3; the likelihood of VDVAE (Child 2021). See
/// ``logisticMixtureLogProbability(_:of:_:)`` for the formula and the units.
public struct LogisticMixture: Likelihood {
  /// Logits, means, log-scales and coefficients by pixel, before floor and tanh: [K, B, pixels * numbersPerPixel].
  public var numbers: Tensor
  /// How they lie.
  @noDerivative public let layout: LogisticMixtureLayout

  /// Mixtures of the given raw numbers.
  @differentiable(reverse,wrt: numbers)
  public init(numbers: Tensor, layout: LogisticMixtureLayout) {
    self.numbers = numbers
    self.layout = layout
  }

  /// Log probability in nats of x [B, pixels * channels], multiples of 1/255, to [K, B].
  @differentiable(reverse,wrt: self)
  public func logProbability(of x: Tensor) -> Tensor { logisticMixtureLogProbability(numbers, of: x, layout) }

  /// The expected pixels in [0, 1], [K, B, D]: the components' means, weighed; within each, lower channels at their own.
  public var mean: Tensor { logisticMixtureMean(numbers, layout) }

  /// Multiples of 1/255 in [0, 1], [K, B, D]: a component for each pixel, then its channels in turn.
  public func sample(_ stream: RandomStream) -> Tensor { logisticMixtureSample(numbers, layout, stream) }
}

/// Pixels of a mixture of discretized logistic variables. Raw: as ``LogisticMixtureLayout`` says.
public struct MixturePixels: PixelDistribution {
  /// How the raw numbers lie.
  public let layout: LogisticMixtureLayout

  /// Pixels of 1 or 3 channels.
  public init(channels: Int, components: Int = 10) {
    layout = LogisticMixtureLayout(channels: channels, components: components)
  }

  /// 1 for grey, 3 for colour.
  public var channels: Int { layout.channels }
  /// 3 components of grey, 10 of colour.
  public var numbersPerPixel: Int { layout.numbersPerPixel }

  /// Components alike but for their means, which are spread over [-1, 1], as wide as they are apart and at most as that of
  /// a single one, whose deviation is a quarter of the range.
  public var start: [Float] {
    var start = [Float](repeating: 0, count: numbersPerPixel)
    let apart = 2 / Float(layout.components)
    let scale = min(apart, 0.5 * Float(3.0.squareRoot() / Double.pi))
    for channel in 0..<channels {
      for (m, place) in layout.means(channel).enumerated() { start[place] = (Float(m) + 0.5) * apart - 1 }
      for place in layout.logScales(channel) { start[place] = Float(Foundation.log(Double(scale))) }
    }
    return start
  }

  /// Mixtures of these numbers.
  @differentiable(reverse,wrt: raw)
  public func callAsFunction(_ raw: Tensor) -> LogisticMixture {
    let image = withoutDerivative(at: imageShape(raw))
    let shape = withoutDerivative(at: Shape([image[0], image[1], image[2] / channels * numbersPerPixel]))
    return LogisticMixture(numbers: raw.reshaped(to: shape), layout: layout)
  }
}
