import Foundation
import Tensors
import _Differentiation

/// What keeps a log-variance or log-scale above a floor: `floor + softplus(raw)`.
///
/// Without a floor the density of pixels that never vary runs to infinity, and the bound with it. The raw number begins at
/// ``start``, which is wide: from the floor, the first gradients are thousands of times too large.
struct LogFloor: Sendable {
  let floor: Float
  /// What a raw number begins as; softplus is nearly the identity there.
  let start: Float

  private init(floor: Float, widest: Float) {
    self.floor = floor
    start = Swift.max(0, widest - floor)
  }

  /// Of the log-variance of a normal variable, by standard deviations.
  static func logVariance(least: Float, first: Float) -> LogFloor {
    LogFloor(floor: 2 * log(Tensor([least])).scalar, widest: 2 * log(Tensor([first])).scalar)
  }

  /// Of the log-scale of a logistic variable, by standard deviations; these are pi / sqrt(3) scales.
  static func logScale(least: Float, first: Float) -> LogFloor {
    func logScale(_ deviation: Float) -> Float {
      Float(Foundation.log(Double(deviation) * 3.0.squareRoot() / Double.pi))
    }
    return LogFloor(floor: logScale(least), widest: logScale(first))
  }

  @differentiable(reverse,wrt: raw)
  func callAsFunction(_ raw: Tensor) -> Tensor { softplus(raw) + floor }

  /// The gradient with respect to the raw number, from that with respect to what becomes of it.
  @differentiable(reverse,wrt: (gradient, raw))
  func gradient(_ gradient: Tensor, at raw: Tensor) -> Tensor { gradient * sigmoid(raw) }
}
