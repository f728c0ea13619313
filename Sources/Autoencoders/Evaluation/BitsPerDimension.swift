import Foundation

/// The unit in which likelihoods of discrete data compare: bits to code each number of an example with. Lower is better.
public struct BitsPerDimension: Sendable {
  /// Numbers in one example.
  public let dimension: Int
  /// Whether the log-likelihood is a density's, of 8-bit numbers made real by noise: then the bits are a bound, whatever
  /// the log-likelihood is (Theis, van den Oord and Bethge 2016, *A note on the evaluation of generative models*).
  public let isDequantized: Bool

  /// Bits for examples of `dimension` numbers.
  public init(dimension: Int, isDequantized: Bool = false) {
    self.dimension = dimension
    self.isDequantized = isDequantized
  }

  /// The bits of a log-likelihood in nats for one example: -nats / (D log 2), and 8 more for numbers in units of 256 levels.
  public func callAsFunction(_ nats: Double) -> Double {
    (isDequantized ? 8 : 0) - nats / (Double(dimension) * log(2))
  }
}
