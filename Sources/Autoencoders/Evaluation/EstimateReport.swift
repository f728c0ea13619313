import Foundation
import Tensors

/// An estimate of log p(x), nats per example, and how far it can be trusted.
public struct EstimateReport: Sendable {
  /// Mean over examples of the estimate of each one's log p(x).
  public let estimate: Double
  /// Standard error of ``estimate`` as a figure about the distribution the examples come from: from their spread.
  public let standardError: Double
  /// Standard error of ``estimate`` as a figure about these very examples: what other random numbers would change.
  public let monteCarloError: Double
  /// Draws for each example, or chains.
  public let samples: Int
  /// Examples.
  public let count: Int
  /// Median over examples of the effective number of draws, (sum w)^2 / sum w^2.
  public let effectiveSamples: Double
  /// Examples whose weights are too unequal for their estimate, or its error, to be trusted.
  public let doubtful: Int
  /// One estimate for each example.
  public let values: [Double]
  /// The standard error of each that is due to its draws; by the delta method, and too small where the example is doubtful.
  public let errors: [Double]

  /// Above this error, that of ten independent draws with weights as unequal as an exponential variable's, or above this
  /// share of the sum in one weight, an example is doubtful.
  static let (greatestError, greatestShare) = (0.316, 0.5)

  init(_ sums: [StreamingLogMeanExp], samples: Int) {
    self.init(
      values: sums.map(\.value), errors: sums.map(\.standardError), effective: sums.map(\.effectiveSamples),
      doubtful: sums.filter { !$0.isTrustworthy }.count, samples: samples)
  }

  /// An estimate of log p(x) from weights for 1 / p(x). Chains that begin at one point share what that point does to the
  /// weights, so each example's error is then only the part that the chains make; the spread over examples has it all.
  init(inverse sums: [StreamingLogMeanExp], samples: Int) {
    let report = EstimateReport(sums, samples: samples)
    self.init(
      values: report.values.map { -$0 }, errors: report.errors, effective: sums.map(\.effectiveSamples),
      doubtful: report.doubtful, samples: samples)
  }

  init(values: [Double], errors: [Double], effective: [Double], doubtful: Int, samples: Int) {
    (self.values, self.errors, self.doubtful, self.samples) = (values, errors, doubtful, samples)
    (estimate, standardError) = meanAndError(values)
    count = values.count
    monteCarloError = errors.reduce(0) { $0 + $1 * $1 }.squareRoot() / Double(max(count, 1))
    let sorted = effective.sorted()
    effectiveSamples = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  /// About how far the estimate lies below the truth on average because a logarithm is taken of a mean: half the squared
  /// error of each example. A guess to first order.
  public var expectedShortfall: Double {
    let shortfalls: [Double] = errors.map { $0 * $0 / 2 }
    return shortfalls.reduce(0, +) / Double(max(count, 1))
  }

  /// By how much this estimate is above another of the same examples on average, and the standard error of that: examples
  /// that are hard for both do not widen it.
  public func difference(from other: EstimateReport) -> (mean: Double, standardError: Double) {
    require(count == other.count, "EstimateReport: \(count) examples set beside \(other.count)")
    return meanAndError(zip(values, other.values).map { $0 - $1 })
  }

  /// Why the figure is not to be trusted; nil if nothing speaks against it.
  public var warning: String? {
    guard doubtful * 20 > count else { return nil }
    let part = Int((100 * Double(doubtful) / Double(max(count, 1))).rounded())
    return
      "for \(part)% of the examples a few draws make up the whole sum (median \(Int(effectiveSamples)) effective of "
      + "\(samples)): the estimate is likely too low, and its error bar too short; take more draws"
  }
}

extension StreamingLogMeanExp {
  /// Whether the log of the mean weight, and its error, mean much.
  var isTrustworthy: Bool {
    standardError <= EstimateReport.greatestError && largestShare <= EstimateReport.greatestShare
  }
}
