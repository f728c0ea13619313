import Foundation

/// The normal distribution in double precision.
enum Normal {
  /// log N(x; mean, deviation^2).
  static func logDensity(_ x: Double, mean: Double = 0, deviation: Double = 1) -> Double {
    let u = (x - mean) / deviation
    return -0.5 * u * u - log(deviation) - 0.5 * log(2 * .pi)
  }

  /// The probability of less than x.
  static func below(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

  /// The mean of f(t) for t ~ N(0, 1), by the trapezium rule: for smooth f nothing converges faster.
  static func mean(step: Double = 0.02, _ f: (Double) -> Double) -> Double {
    let reach = Int(9 / step)
    return (-reach...reach).reduce(0) { sum, i in
      let t = Double(i) * step
      return sum + step * exp(logDensity(t)) * f(t)
    }
  }
}
