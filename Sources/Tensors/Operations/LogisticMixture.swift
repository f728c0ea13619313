import CKernels
import _Differentiation

/// How the numbers of a mixture of discretized logistic variables lie: for each pixel `components` numbers each of logits,
/// of means and then of log-scales channel by channel, and of the coefficients of green on red, blue on red, blue on green.
public struct LogisticMixtureLayout: Equatable, Sendable {
  /// 1 for grey, 3 for colour.
  public let channels: Int
  /// Logistic variables in the mixture.
  public let components: Int

  /// The most components there can be.
  public static let mostComponents = Int(CK_MIXTURE_COMPONENTS)
  /// The log-scale that none is below, grey values scaled to [-1, 1].
  public static let logScaleFloor: Float = -7

  /// Traps unless there are 1 or 3 channels and 1 to 64 components.
  public init(channels: Int, components: Int) {
    require(
      (channels == 1 || channels == 3) && 1...Self.mostComponents ~= components,
      "logistic mixture: expected 1 or 3 channels and 1 to \(Self.mostComponents) components, got \(channels) and "
        + "\(components)")
    self.channels = channels
    self.components = components
  }

  /// Numbers for each pixel: 3 components of grey, 10 of colour.
  public var numbersPerPixel: Int { components * (1 + 2 * channels + channels * (channels - 1) / 2) }

  /// Where a pixel's logits are.
  public var logits: Range<Int> { block(0) }
  /// Where a pixel's means of a channel are.
  public func means(_ channel: Int) -> Range<Int> { block(1 + channel) }
  /// Where a pixel's raw log-scales of a channel are.
  public func logScales(_ channel: Int) -> Range<Int> { block(1 + channels + channel) }
  /// Where a pixel's raw coefficients are of a channel on a lower one.
  public func coefficients(_ channel: Int, on lower: Int) -> Range<Int> {
    block(1 + 2 * channels + channel * (channel - 1) / 2 + lower)
  }

  private func block(_ index: Int) -> Range<Int> { index * components..<(index + 1) * components }
}

/// log p(x) under a mixture of logistic variables in 256 bins for each pixel: raw numbers [K, B, pixels * numbersPerPixel],
/// x [B, pixels * channels] of multiples of 1/255, channels innermost, to [K, B], in nats.
///
/// For a pixel, the log of the sum over components of softmax(logits) times each channel's mass between the bin's edges; the
/// bins of 0 and 255 take in all below and above. The means of green and blue move with the true lower channels:
/// mean(g) + tanh(a) r, mean(b) + tanh(b) r + tanh(c) g (Salimans et al. 2017, PixelCNN++, eq. 2 and 3).
///
/// Means, scales and channels are in the paper's unit, in which grey values lie in [-1, 1]. The log-scale is
/// -7 + softplus(raw + 7): its floor is the paper's too, bent where the paper cuts. Finite for any finite numbers.
///
/// A pixel that is missing, NaN in all its channels, adds nothing; one that is NaN in some only makes the result NaN.
@differentiable(reverse,wrt: numbers)
public func logisticMixtureLogProbability(_ numbers: Tensor, of x: Tensor, _ layout: LogisticMixtureLayout) -> Tensor {
  let (draws, batch, pixels) = checkedSizes(numbers, x, layout)
  return Tensor(shape: [draws, batch]) {
    ck_logistic_mixture_log_probability(
      numbers.pointer, x.pointer, $0, nil, draws, batch, pixels, layout.channels, layout.components)
  }
}

@derivative(of: logisticMixtureLogProbability, wrt: numbers)
@usableFromInline
func vjpLogisticMixtureLogProbability(_ numbers: Tensor, of x: Tensor, _ layout: LogisticMixtureLayout) -> (
  value: Tensor, pullback: (Tensor) -> Tensor
) {
  let (draws, batch, pixels) = checkedSizes(numbers, x, layout)
  // The forward pass has every exponential at hand, so it also writes the derivative.
  var value = Tensor.zero
  let slope = Tensor(shape: numbers.shape) { slope in
    value = Tensor(shape: [draws, batch]) {
      ck_logistic_mixture_log_probability(
        numbers.pointer, x.pointer, $0, slope, draws, batch, pixels, layout.channels, layout.components)
    }
  }
  return (
    value,
    { dy in
      if dy.isSymbolicZero { return .zero }
      let rows = draws * batch
      return Tensor(shape: slope.shape) { ck_scale_rows(slope.pointer, dy.pointer, $0, rows, slope.count / rows) }
    }
  )
}

/// The expected pixels, in [0, 1]: raw numbers [..., pixels * numbersPerPixel] to [..., pixels * channels].
///
/// That of each component, weighed: its channels in turn, each at the mean of a logistic variable held to [-1, 1] when the
/// lower ones are at theirs. But for what is cut off at black and white it is exact, as each mean is linear in those below.
public func logisticMixtureMean(_ numbers: Tensor, _ layout: LogisticMixtureLayout) -> Tensor {
  let pixels = pixelCount(numbers, layout)
  return Tensor(shape: outputShape(numbers, layout)) {
    ck_logistic_mixture_mean(numbers.pointer, $0, pixels, layout.channels, layout.components)
  }
}

/// Pixels drawn, multiples of 1/255: a component by its weight, then its channels in turn, each rounded before the next.
public func logisticMixtureSample(
  _ numbers: Tensor, _ layout: LogisticMixtureLayout, _ stream: RandomStream
) -> Tensor {
  let pixels = pixelCount(numbers, layout)
  let uniform = stream.uniform([pixels, 1 + layout.channels])
  return Tensor(shape: outputShape(numbers, layout)) {
    ck_logistic_mixture_sample(
      numbers.pointer, uniform.pointer, $0, pixels, layout.channels, layout.components)
  }
}

private func pixelCount(_ numbers: Tensor, _ layout: LogisticMixtureLayout) -> Int {
  require(
    numbers.shape.rank > 0 && numbers.shape[-1] % layout.numbersPerPixel == 0,
    "logistic mixture: expected \(layout.numbersPerPixel) numbers for each pixel, got \(numbers.shape)")
  return numbers.count / layout.numbersPerPixel
}

private func outputShape(_ numbers: Tensor, _ layout: LogisticMixtureLayout) -> Shape {
  numbers.shape.dropLast.appending(numbers.shape[-1] / layout.numbersPerPixel * layout.channels)
}

private func checkedSizes(
  _ numbers: Tensor, _ x: Tensor, _ layout: LogisticMixtureLayout
) -> (draws: Int, batch: Int, pixels: Int) {
  _ = pixelCount(numbers, layout)
  let pixels = numbers.shape[-1] / layout.numbersPerPixel
  require(
    numbers.shape.rank == 3 && x.shape.rank == 2 && numbers.shape[1] == x.shape[0]
      && x.shape[1] == pixels * layout.channels,
    "logistic mixture: expected numbers [draws, batch, \(layout.numbersPerPixel) pixels] for data [batch, "
      + "\(layout.channels) pixels], got \(numbers.shape) for \(x.shape)")
  return (numbers.shape[0], x.shape[0], pixels)
}
