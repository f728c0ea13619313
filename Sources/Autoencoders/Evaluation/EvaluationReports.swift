import Foundation
import Tensors

/// The evidence lower bound over a set of examples, and what it is made of; nats per example.
public struct BoundReport: Sendable {
  /// Examples.
  public let count: Int
  /// Mean of log p(x|z) - divergence.
  public let bound: Double
  /// Standard error of ``bound`` over examples.
  public let standardError: Double
  /// Mean of log p(x|z).
  public let logLikelihood: Double
  /// Mean divergence of each group of latents, in nats.
  public let divergenceByGroup: [Double]
  /// Variance over examples of each unit's posterior mean.
  public let varianceOfMeans: [Double]

  /// Mean divergence of q(z|x) from p(z).
  public var divergence: Double { divergenceByGroup.reduce(0, +) }
  /// Units whose posterior mean varies with the data by more than 0.01 (Burda et al. 2016). The others are not used.
  public var activeUnits: Int { varianceOfMeans.filter { $0 > 0.01 }.count }

  /// Active units in each of so many layers of latents, in order.
  public func activeUnits(inLayers sizes: [Int]) -> [Int] {
    var first = 0
    return sizes.map { size in
      defer { first += size }
      return varianceOfMeans[first..<first + size].filter { $0 > 0.01 }.count
    }
  }

  /// Sums over a block of examples.
  struct Part {
    var count: Int
    var bounds: [Double]
    var logLikelihood: Double
    var divergence: [Double]
    var sums: [Double]
    var squares: [Double]

    init(_ evidence: Evidence, means: Tensor) {
      let divergences = evidence.divergence.meanOverFirst()  // [B, G]
      let (rows, groups) = (divergences.shape[0], divergences.shape[1])
      let likelihoods = evidence.logLikelihood.meanOverFirst().scalars
      let values = divergences.scalars
      count = rows
      divergence = (0..<groups).map { g in (0..<rows).reduce(0) { $0 + Double(values[$1 * groups + g]) } }
      bounds = (0..<rows).map { row in
        Double(likelihoods[row]) - (0..<groups).reduce(0) { $0 + Double(values[row * groups + $1]) }
      }
      logLikelihood = likelihoods.reduce(0) { $0 + Double($1) }
      let (m, units) = (means.scalars, means.shape[1])
      sums = (0..<units).map { u in (0..<rows).reduce(0) { $0 + Double(m[$1 * units + u]) } }
      squares = (0..<units).map { u in
        (0..<rows).reduce(0) { $0 + Double(m[$1 * units + u]) * Double(m[$1 * units + u]) }
      }
    }
  }

  init(_ parts: [Part]) {
    let n = Double(parts.reduce(0) { $0 + $1.count })
    count = Int(n)
    let bounds = parts.flatMap(\.bounds)
    (bound, standardError) = meanAndError(bounds)
    logLikelihood = parts.reduce(0) { $0 + $1.logLikelihood } / n
    func total(_ path: KeyPath<Part, [Double]>) -> [Double] {
      (parts.first?[keyPath: path].indices ?? 0..<0).map { i in parts.reduce(0) { $0 + $1[keyPath: path][i] } / n }
    }
    divergenceByGroup = total(\.divergence)
    varianceOfMeans = zip(total(\.sums), total(\.squares)).map { max(0, $1 - $0 * $0) }
  }
}

/// The mean, and its standard error from the spread of the values.
func meanAndError(_ values: [Double]) -> (Double, Double) {
  let n = Double(values.count)
  let mean = values.reduce(0, +) / n
  let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / max(n - 1, 1)
  return (mean, (variance / n).squareRoot())
}
