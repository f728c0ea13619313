import Foundation
import Pictures

/// Page 8: with one dimension and an f as bendable as we like, the error D[Q || P(z|X)] goes to zero with sigma
/// (Doersch, section 2.4 and appendix A).
///
/// The data follow a density p_gt. f = F^-1(Phi(z)), with F the distribution function of p_gt and Phi the normal one, bends
/// a normal z into exactly p_gt. Q(z|X) = N(g(X), (g'(X) sigma)^2) with g = f^-1.
func oneDimension(_ place: Workplace) throws {
  let truth = TwoHumps()
  // 200 values of X that stand for equal parts of p_gt.
  let xs = (0..<200).map { truth.quantile((Double($0) + 0.5) / 200) }
  let sigmas = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001]
  var errors: [Double] = []
  print("  sigma    E D[Q||P(z|X)]   largest of any X     D[p_gt||P]")
  for sigma in sigmas {
    let each = xs.map { error(truth, x: $0, sigma: sigma) }
    errors.append(each.mean)
    // What is lost because the model's P(X) is p_gt blurred by sigma.
    let blur = xs.map { truth.logDensity($0) - truth.logDensity($0, blurredBy: sigma) }.mean
    print(
      "  \(text(sigma, 3, width: 5))\(String(format: "%17.2e", each.mean))\(String(format: "%19.2e", each.max() ?? 0))\(String(format: "%15.2e", blur))"
    )
    try check((each.min() ?? 0) > -1e-9, "a divergence is not negative")
  }
  try check(zip(errors, errors.dropFirst()).allSatisfy { $0 > $1 }, "the error falls with sigma")
  try check(errors.last! < 1e-4, "and falls to nothing")
  let slope = log(errors[9] / errors[6]) / log(sigmas[9] / sigmas[6])
  print("  below 0.01 it falls as sigma to the power \(text(slope))")
  try checkMarginal(truth)
  try LineChart(
    title: "The error of Q against sigma", xLabel: "sigma", yLabel: "E D[Q || P(z|X)], nats", xScale: .logarithmic,
    yScale: .logarithmic, series: [.init(name: "error", x: sigmas, y: errors)]
  ).writeSVG(to: place.path("8-error.svg"))

  let grid = (-150...150).map { Double($0) / 50 }
  try LineChart(
    title: "f bends a normal z into two humps", xLabel: "z", yLabel: "x = f(z)",
    series: [.init(name: "f", x: grid, y: grid.map(truth.map))]
  ).writeSVG(to: place.path("8-map.svg"))
}

/// D[Q || P(z|X)] = E_Q[log Q(z) - log P(z) - log P(X|z)] + log P(X), by integration over a grid that moves with Q.
private func error(_ truth: TwoHumps, x: Double, sigma: Double) -> Double {
  let center = truth.inverse(x)
  let width = sigma * exp(truth.logDensity(x) - Normal.logDensity(center))  // g'(X) sigma
  return truth.logDensity(x, blurredBy: sigma)
    + Normal.mean(step: 0.1) { t in
      let z = center + width * t
      return Normal.logDensity(t) - log(width) - Normal.logDensity(z)
        - Normal.logDensity(x, mean: truth.map(z), deviation: sigma)
    }
}

/// P(X) as an integral over z must be p_gt blurred: what the formula for log P(X) takes for granted.
private func checkMarginal(_ truth: TwoHumps) throws {
  for x in [-2.0, 0, 1.5] {
    let integral = Normal.mean(step: 0.005) { exp(Normal.logDensity(x, mean: truth.map($0), deviation: 0.1)) }
    try check(
      abs(log(integral) - truth.logDensity(x, blurredBy: 0.1)) < 1e-6, "P(\(x)) integrated: \(log(integral))")
  }
}

/// p_gt: 0.6 N(-1.2, 0.5^2) + 0.4 N(1, 0.8^2). Smooth, above zero everywhere, and nothing like a normal distribution.
private struct TwoHumps {
  private let parts = [(0.6, -1.2, 0.5), (0.4, 1.0, 0.8)]  // share, mean, deviation

  /// log of the density of X + sigma e with e ~ N(0, 1).
  func logDensity(_ x: Double, blurredBy sigma: Double = 0) -> Double {
    parts.map { log($0.0) + Normal.logDensity(x, mean: $0.1, deviation: hypot($0.2, sigma)) }.logSumExp
  }

  /// The probability of less than x, and of more: each accurate where it is small.
  private func below(_ x: Double) -> Double { parts.reduce(0) { $0 + $1.0 * Normal.below((x - $1.1) / $1.2) } }
  private func above(_ x: Double) -> Double { parts.reduce(0) { $0 + $1.0 * Normal.below(($1.1 - x) / $1.2) } }

  /// f(z): where p_gt has as much below as N(0, 1) has below z. By halving.
  func map(_ z: Double) -> Double {
    halving { z < 0 ? below($0) < Normal.below(z) : above($0) > Normal.below(-z) }
  }

  /// g(x) = f^-1(x), the same way.
  func inverse(_ x: Double) -> Double {
    let (low, high) = (below(x), above(x))
    return halving { low < high ? Normal.below($0) < low : Normal.below(-$0) > high }
  }

  func quantile(_ p: Double) -> Double { halving { below($0) < p } }

  /// The place where `isLow` turns from true to false.
  private func halving(_ isLow: (Double) -> Bool) -> Double {
    var (low, high) = (-40.0, 40.0)
    for _ in 0..<64 {
      let middle = 0.5 * (low + high)
      if isLow(middle) { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }
}
