import Networks
import Tensors
import _Differentiation

/// Independent normal variables: a density over real data.
public struct Gaussian: Likelihood {
  /// [K, B, D]
  public var mean: Tensor
  /// [K, B, D]
  public var logVariance: Tensor

  /// Variables with the given means and log-variances.
  @differentiable(reverse)
  public init(mean: Tensor, logVariance: Tensor) {
    self.mean = mean
    self.logVariance = logVariance
  }

  /// Log density in nats, [B, D] to [K, B]; above zero where the data lie closer than the density is wide.
  @differentiable(reverse,wrt: self)
  public func logProbability(of x: Tensor) -> Tensor { gaussianLogProbability(mean, logVariance, of: x) }

  /// Means with noise of the stated variance, [K, B, D].
  public func sample(_ stream: RandomStream) -> Tensor {
    mean + exp(0.5 * logVariance) * stream.normal(mean.shape)
  }
}

/// What the variance of a Gaussian likelihood depends on.
public enum VarianceForm: String, Codable, Sendable, CaseIterable {
  /// Computed by the decoder for every example and every number: Kingma and Welling's.
  case learned
  /// One parameter for each number of an example, the same for all examples.
  case perPixel = "per-pixel"
  /// One parameter in all.
  case shared
}

/// Dense layers that give the means and variances of normal variables.
///
/// The log-variance is `floor + softplus(.)`: without a floor the density of pixels that never vary runs to infinity, and
/// the bound with it. It begins wide: from the floor, the first gradients are thousands of times too large.
///
/// Means of data in [0, 1] pass through a sigmoid. Free means, and their deviations, are in units of the data's own: a
/// column of 5000 +- 800 is learned as one of 0 +- 1.
public struct GaussianOutput: OutputLayer {
  /// Features to means; a sigmoid for data in [0, 1].
  public var mean: Dense
  /// Features to raw log-variances, for `.learned`; else without inputs, and its bias is the parameter.
  public var logVariance: Dense
  /// What the variance depends on.
  @noDerivative public let form: VarianceForm
  /// What keeps the log-variance above the least.
  @noDerivative let floored: LogFloor
  /// The data's mean, [D], for free means; else nothing.
  public var dataMean: StateTensor
  /// The data's deviation, [D], for free means; else nothing.
  public var dataDeviation: StateTensor

  /// - Parameters:
  ///   - meanActivation: `.sigmoid` for data in [0, 1], `.identity` for any other.
  ///   - leastDeviation: the floor, as a standard deviation: of data in [0, 1], or as a part of the data's own.
  public init(
    features: Int, size: Int, meanActivation: Activation = .sigmoid, form: VarianceForm = .learned,
    leastDeviation: Float = 0.02, initializer: Initializer = .uniformFanIn, stream: RandomStream
  ) {
    mean = Dense(features, size, activation: meanActivation, initializer: initializer, stream: stream["mean"])
    logVariance = Dense(
      form == .learned ? features : 1, form == .shared ? 1 : size, initializer: initializer,
      stream: stream["log variance"])
    self.form = form
    let isFree = meanActivation == .identity
    floored = .logVariance(least: leastDeviation, first: isFree ? 1 : 0.25)
    dataMean = isFree ? StateTensor(Tensor(repeating: 0, shape: [size])) : .none
    dataDeviation = isFree ? StateTensor(Tensor(repeating: 1, shape: [size])) : .none
    logVariance.bias = logVariance.bias + floored.start
  }

  /// The least log-variance, in the units that the mean is learned in.
  public var floor: Float { floored.floor }

  /// Free means are.
  public var adaptsToData: Bool { !dataMean.isEmpty }

  /// Sets the units of free means.
  public mutating func adapt(to scale: DataScale) {
    if dataMean.isEmpty { return }
    let deviation = scale.deviation
    dataMean.set(scale.mean)
    // One variance for all numbers stays one only if all have the same unit.
    let common = Float((deviation.sumOfSquares / Double(deviation.count)).squareRoot())
    dataDeviation.set(form == .shared ? Tensor(repeating: common, shape: deviation.shape) : deviation)
  }

  /// Normal variables from features.
  @differentiable(reverse)
  public func callAsFunction(_ features: Tensor) -> Gaussian {
    let mean = mean(features)
    let shape = withoutDerivative(at: mean.shape)
    return gaussian(mean, form == .learned ? logVariance(features) : shared(shape))
  }

  /// Normal variables from what the layers give.
  @differentiable(reverse,wrt: (mean, raw))
  func gaussian(_ mean: Tensor, _ raw: Tensor) -> Gaussian {
    let bounded = floored(raw)
    if withoutDerivative(at: dataMean.isEmpty) { return Gaussian(mean: mean, logVariance: bounded) }
    let (shift, scale) = withoutDerivative(at: (dataMean.value, dataDeviation.value))
    return Gaussian(
      mean: mean * scale + shift, logVariance: bounded + withoutDerivative(at: 2 * log(scale)))
  }

  /// The same raw log-variance for all examples; a constant input of one makes its weight a parameter like any other.
  @differentiable(reverse)
  func shared(_ shape: Shape) -> Tensor {
    logVariance(withoutDerivative(at: Tensor(repeating: 1, shape: [1, 1]).asConstant)).broadcast(to: shape)
  }
}
