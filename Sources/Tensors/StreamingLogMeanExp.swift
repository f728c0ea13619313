import Foundation

/// log(mean(exp(x))) of numbers that arrive one by one, with the sum of squared weights beside it.
package struct StreamingLogMeanExp: Sendable {
  package private(set) var largest = -Double.infinity
  private var sum = 0.0
  private var squares = 0.0
  private var count = 0

  /// Of no numbers yet.
  package init() {}

  /// Takes in one number.
  package mutating func add(_ x: Double) {
    count += 1
    // An impossible draw counts, and weighs nothing; exp(-inf - -inf) would be NaN.
    if x == -.infinity { return }
    if x > largest {
      let scale = largest == -.infinity ? 0 : exp(largest - x)
      sum *= scale
      squares *= scale * scale
      largest = x
    }
    let weight = exp(x - largest)
    sum += weight
    squares += weight * weight
  }

  /// The log of the mean weight.
  package var value: Double { sum == 0 ? -.infinity : largest + log(sum / Double(count)) }
  /// (sum w)^2 / sum w^2: how many equally weighted draws these are worth.
  package var effectiveSamples: Double { sum == 0 ? 0 : sum * sum / squares }
  /// The part of the sum that the largest weight alone makes up.
  package var largestShare: Double { sum == 0 ? 1 : 1 / sum }
  /// Standard error of ``value`` by the delta method: the weights' relative deviation over the root of their number.
  package var standardError: Double {
    let n = Double(count)
    return sum == 0 || count < 2 ? .infinity : (max(0, squares / (sum * sum) - 1 / n) * n / (n - 1)).squareRoot()
  }
}
