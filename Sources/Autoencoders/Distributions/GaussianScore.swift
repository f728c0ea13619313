import Networks
import Tensors
import _Differentiation

/// The log density of normal variables, [K, B], and its gradient with respect to their means and log-variances, [K, B, D].
struct GaussianScore: Differentiable {
  var value: Tensor
  var mean: Tensor
  var logVariance: Tensor
}

extension Gaussian {
  /// With d = x - mean: d / variance, and (d^2 / variance - 1) / 2. Nothing where x is missing.
  @differentiable(reverse,wrt: self)
  func scored(of x: Tensor) -> GaussianScore {
    let (known, isThere) = withoutDerivative(at: (x.missingAsZero, x.observed))
    let distance = (known - mean) * isThere
    let pull = distance * exp(-logVariance)
    return GaussianScore(value: logProbability(of: x), mean: pull, logVariance: 0.5 * (distance * pull - isThere))
  }
}

extension GaussianOutput: ScoredOutput {
  /// Both gradients back through their layers; where the variance does not depend on z, only that of the means.
  @differentiable(reverse,wrt: (self, features))
  public func scored(_ features: Tensor, of x: Tensor) -> ScoredLogProbability {
    let location = mean.traced(features)
    if form == .learned {
      let spread = logVariance.traced(features)
      let found = gaussian(location.output, spread.output).scored(of: x)
      let raw = floored.gradient(found.logVariance, at: spread.output)
      return ScoredLogProbability(
        value: found.value,
        score: mean.inputGradient(inUnits(found.mean), at: location.trace)
          + logVariance.inputGradient(raw, at: spread.trace))
    }
    let shape = withoutDerivative(at: location.output.shape)
    let found = gaussian(location.output, shared(shape)).scored(of: x)
    return ScoredLogProbability(
      value: found.value, score: mean.inputGradient(inUnits(found.mean), at: location.trace))
  }

  /// The gradient of means in the units they are learned in.
  @differentiable(reverse,wrt: gradient)
  private func inUnits(_ gradient: Tensor) -> Tensor {
    dataDeviation.isEmpty ? gradient : gradient * dataDeviation.value
  }
}

extension GaussianPixels: ScoredPixels {
  /// Both gradients, interleaved as the raw numbers are.
  @differentiable(reverse,wrt: raw)
  public func scored(_ raw: Tensor, of x: Tensor) -> ScoredLogProbability {
    let (shape, whole) = withoutDerivative(at: (imageShape(raw), raw.shape))
    let parts = raw.split(rowsOf: numbersPerPixel, at: channels)
    let pixels = withoutDerivative(at: parts.first.shape)
    let (rawMean, rawLogVariance) = (parts.first.reshaped(to: shape), parts.second.reshaped(to: shape))
    let mean = isBounded ? sigmoid(rawMean) : rawMean
    let found = Gaussian(mean: mean, logVariance: logVariance(rawLogVariance)).scored(of: x)
    let dMean = isBounded ? activationGradient(found.mean, at: mean, of: .sigmoid) : found.mean
    let dLogVariance = logVariance.gradient(found.logVariance, at: rawLogVariance)
    return ScoredLogProbability(
      value: found.value,
      score: dMean.reshaped(to: pixels).joined(with: dLogVariance.reshaped(to: pixels)).reshaped(to: whole))
  }
}
