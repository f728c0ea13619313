import Foundation
import Networks
import Tensors
import _Differentiation

/// Independent 8-bit numbers: a logistic variable in 256 bins around 0, 1/255 ... 1, the outer two open to infinity.
///
/// Unlike a density it says how probable each grey value is, so its bounds are in bits and data can be coded with it.
/// Salimans, Karpathy, Chen and Kingma 2017 (PixelCNN++), eq. 2, with one component.
public struct DiscretizedLogistic: Likelihood {
  /// Where the logistic variable has its middle, [K, B, D]; in units of the data, and free to lie outside [0, 1].
  public var location: Tensor
  /// log of the logistic variable's scale, [K, B, D]; its deviation is pi / sqrt(3) scales.
  public var logScale: Tensor

  /// Variables with the given locations and log-scales.
  @differentiable(reverse)
  public init(location: Tensor, logScale: Tensor) {
    self.location = location
    self.logScale = logScale
  }

  /// Log probability in nats of x [B, D], multiples of 1/255, to [K, B].
  @differentiable(reverse,wrt: self)
  public func logProbability(of x: Tensor) -> Tensor { discretizedLogisticLogProbability(location, logScale, of: x) }

  /// The mean of the logistic variable held to [0, 1], s log(1 + e^(m/s)) - s log(1 + e^((m-1)/s)): that of the 256 values
  /// within half a grey level.
  public var mean: Tensor {
    let scale = exp(logScale)
    let below = softplus(location / scale)
    let above = softplus((location - 1) / scale)
    return scale * (below - above)
  }

  /// Multiples of 1/255 in [0, 1], [K, B, D].
  public func sample(_ stream: RandomStream) -> Tensor {
    let u = stream.uniform(location.shape)
    let logit = log(u) - log(u.scaled(by: -1, plus: 1))
    let drawn = location + exp(logScale) * logit
    return Tensor(drawn.scalars.map { (min(max($0, 0), 1) * 255).rounded() / 255 }, shape: location.shape)
  }
}

/// Dense layers that give the locations and scales of discretized logistic variables.
///
/// The log-scale is `floor + softplus(.)` and begins wide, as that of ``GaussianOutput``. Locations are free: where the
/// background is always 0, a location below 0 makes it certain.
public struct DiscretizedLogisticOutput: OutputLayer {
  /// Features to locations.
  public var location: Dense
  /// Features to raw log-scales, for `.learned`; else without inputs, and its bias is the parameter.
  public var logScale: Dense
  /// What the scale depends on.
  @noDerivative public let form: VarianceForm
  /// What keeps the log-scale above the least.
  @noDerivative private let floored: LogFloor

  /// - Parameter leastDeviation: the floor, as a standard deviation of data in [0, 1].
  public init(
    features: Int, size: Int, form: VarianceForm = .learned, leastDeviation: Float = 0.001,
    initializer: Initializer = .uniformFanIn, stream: RandomStream
  ) {
    location = Dense(features, size, initializer: initializer, stream: stream["location"])
    location.bias = location.bias + 0.5
    logScale = Dense(
      form == .learned ? features : 1, form == .shared ? 1 : size, initializer: initializer,
      stream: stream["log scale"])
    self.form = form
    floored = .logScale(least: leastDeviation, first: 0.25)
    logScale.bias = logScale.bias + floored.start
  }

  /// The least log-scale.
  public var floor: Float { floored.floor }

  /// Discretized logistic variables from features.
  @differentiable(reverse)
  public func callAsFunction(_ features: Tensor) -> DiscretizedLogistic {
    let location = location(features)
    let shape = withoutDerivative(at: location.shape)
    let raw = form == .learned ? logScale(features) : shared(shape)
    return DiscretizedLogistic(location: location, logScale: floored(raw))
  }

  /// The same raw log-scale for all examples; a constant input of one makes its weight a parameter like any other.
  @differentiable(reverse)
  private func shared(_ shape: Shape) -> Tensor {
    logScale(withoutDerivative(at: Tensor(repeating: 1, shape: [1, 1]).asConstant)).broadcast(to: shape)
  }
}

/// One discretized logistic variable.
public struct LogisticVariable: DiscreteVariable {
  let location: Double
  let inverseScale: Double

  /// sigmoid((value - 1/2) / 255 - location) / scale), but 0 at 0.
  public func probability(below value: Int) -> Double {
    1 / (1 + Foundation.exp(((0.5 - Double(value)) / 255 + location) * inverseScale))
  }
}

extension DiscretizedLogistic: DiscreteLikelihood {
  /// 256 grey values.
  public static var levels: Int { 256 }

  /// One for each number, in order.
  public func variables() -> [LogisticVariable] {
    zip(location.scalars, logScale.scalars).map {
      LogisticVariable(location: Double($0), inverseScale: Foundation.exp(-Double($1)))
    }
  }
}
