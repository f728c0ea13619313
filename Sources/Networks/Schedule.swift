import Foundation

/// How the step size changes over a run, as a factor of the optimizer's rate.
public struct Schedule: Codable, Sendable, Equatable {
  /// The shape after warm-up.
  public enum Shape: Codable, Sendable, Equatable {
    /// No change.
    case constant
    /// Half a cosine, from 1 down to `floor`, which the step after the last would reach.
    case cosine(floor: Double)
    /// Times `factor` at each of these fractions of the run.
    case steps(at: [Double], factor: Double)
  }

  /// The shape after warm-up.
  public var shape: Shape
  /// Steps over which the rate rises from zero.
  public var warmUpSteps: Int

  /// A schedule.
  public init(_ shape: Shape = .constant, warmUpSteps: Int = 0) {
    self.shape = shape
    self.warmUpSteps = warmUpSteps
  }

  /// The factor for step `step` (0-based) of `total`.
  public func factor(step: Int, of total: Int) -> Float {
    let warm = warmUpSteps > 0 ? min(1, Double(step + 1) / Double(warmUpSteps)) : 1
    let progress = min(1, Double(step) / Double(max(total, 1)))
    switch shape {
    case .constant: return Float(warm)
    case .cosine(let floor): return Float(warm * (floor + (1 - floor) * 0.5 * (1 + cos(Double.pi * progress))))
    case .steps(let fractions, let factor):
      return Float(warm * pow(factor, Double(fractions.filter { progress >= $0 }.count)))
    }
  }
}
