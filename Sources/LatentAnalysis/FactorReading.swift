import Foundation
import Tensors

/// A known factor as a linear function of some latents: how well codes say what is known of an example.
///
/// A factor that comes round again, an angle of full circle, is read as its cosine and sine.
public struct FactorReading: Sendable {
  /// Which latents it is read from.
  public let units: [Int]
  /// After how much the factor comes round again, if it does.
  public let period: Double?
  /// For each number of the target, the units' weights and a constant.
  private let weights: [[Double]]

  /// Least squares over codes [N, L] and one value for each.
  ///
  /// Traps unless there are as many values as codes, and units among 0..<L.
  /// - Parameter examples: which of the N to learn from; all by default.
  public init(of values: [Float], from codes: Tensor, units: [Int], period: Float? = nil, examples: [Int]? = nil) {
    require(
      codes.shape.rank == 2 && codes.shape[0] == values.count && units.allSatisfy { 0..<codes.shape[1] ~= $0 },
      "FactorReading: \(values.count) values, codes \(codes.shape), units \(units)")
    self.units = units
    self.period = period.map(Double.init)
    let examples = examples ?? Array(values.indices)
    weights = Self.leastSquares(
      Self.rows(codes, units, examples), Self.targets(examples.map { values[$0] }, self.period))
  }

  /// The one latent that it is read from best, on these examples; if it comes round again, with the other that helps most.
  public static func best(
    of values: [Float], from codes: Tensor, period: Float? = nil, examples: [Int]? = nil
  ) -> FactorReading {
    func extended(_ units: [Int]) -> FactorReading {
      let all = (0..<codes.shape[1]).filter { !units.contains($0) }.map { unit in
        let reading = FactorReading(
          of: values, from: codes, units: (units + [unit]).sorted(), period: period, examples: examples)
        return (reading: reading, correlation: reading.score(values, codes, examples: examples).correlation)
      }
      return all.max { $0.correlation < $1.correlation }!.reading
    }
    let one = extended([])
    return period == nil || codes.shape[1] == 1 ? one : extended(one.units)
  }

  /// How well other codes' values are read.
  public struct Score: Sendable, Codable, Equatable {
    /// Pearson's correlation of what is read and what is true; of cosines and sines together where it comes round again.
    public let correlation: Double
    /// The mean distance of what is read from what is true, in the factor's own units.
    public let error: Double

    /// The score of readings of one factor, by one line or by several.
    public init(_ pairs: [Pair], period: Double?) {
      let count = Double(max(1, pairs.count))
      let targets = FactorReading.targets(pairs.map(\.truth), period)
      var (cross, own, other, apart) = (0.0, 0.0, 0.0, 0.0)
      for column in targets.first?.indices ?? 0..<0 {
        let (meanA, meanB) = (
          targets.reduce(0) { $0 + $1[column] } / count, pairs.reduce(0) { $0 + $1.read[column] } / count
        )
        for (target, pair) in zip(targets, pairs) {
          let (a, b) = (target[column] - meanA, pair.read[column] - meanB)
          cross += a * b
          own += a * a
          other += b * b
        }
      }
      for pair in pairs {
        let difference = FactorReading.value(pair.read, period) - Double(pair.truth)
        apart += abs(period.map { difference - $0 * (difference / $0).rounded() } ?? difference)
      }
      let scale = (own * other).squareRoot()
      (correlation, error) = (scale > 0 ? cross / scale : 0, apart / count)
    }
  }

  /// What is read of an example, a number or a cosine and a sine, and what is true.
  public struct Pair: Sendable {
    fileprivate let read: [Double]
    fileprivate let truth: Float
  }

  /// What is read and what is true of codes [N, L], or of some `examples` of them.
  public func pairs(_ truth: [Float], _ codes: Tensor, examples: [Int]? = nil) -> [Pair] {
    zip(read(codes, examples), examples ?? Array(truth.indices)).map { Pair(read: $0, truth: truth[$1]) }
  }

  /// What is read of codes [N, L], in the factor's own units.
  public func values(from codes: Tensor, examples: [Int]? = nil) -> [Double] {
    read(codes, examples).map { Self.value($0, period) }
  }

  /// How well `truth` is read from codes [N, L], or from some `examples` of them.
  public func score(_ truth: [Float], _ codes: Tensor, examples: [Int]? = nil) -> Score {
    Score(pairs(truth, codes, examples: examples), period: period)
  }

  /// The target's numbers as they are read.
  private func read(_ codes: Tensor, _ examples: [Int]?) -> [[Double]] {
    Self.rows(codes, units, examples ?? Array(0..<codes.shape[0])).map { row in
      weights.map { weights in zip(weights, row).reduce(0) { $0 + $1.0 * $1.1 } }
    }
  }

  private static func value(_ read: [Double], _ period: Double?) -> Double {
    period.map { atan2(read[1], read[0]) * $0 / (2 * .pi) } ?? read[0]
  }

  private static func targets(_ values: [Float], _ period: Double?) -> [[Double]] {
    values.map { value in
      guard let period else { return [Double(value)] }
      let angle = 2 * .pi * Double(value) / period
      return [cos(angle), sin(angle)]
    }
  }

  /// Some latents of some codes, and a 1.
  private static func rows(_ codes: Tensor, _ units: [Int], _ examples: [Int]) -> [[Double]] {
    let (all, size) = (codes.scalars, codes.shape[1])
    return examples.map { row in units.map { Double(all[row * size + $0]) } + [1] }
  }

  /// Weights for each target, by the normal equations and Gauss's elimination. A trace of ridge keeps units that never
  /// change from mattering.
  private static func leastSquares(_ rows: [[Double]], _ targets: [[Double]]) -> [[Double]] {
    guard let width = rows.first?.count, let outputs = targets.first?.count else { return [] }
    var system = [[Double]](repeating: [Double](repeating: 0, count: width + outputs), count: width)
    for (row, target) in zip(rows, targets) {
      for i in 0..<width {
        for j in 0..<width { system[i][j] += row[i] * row[j] }
        for k in 0..<outputs { system[i][width + k] += row[i] * target[k] }
      }
    }
    for i in 0..<width - 1 { system[i][i] += 1e-6 * Double(rows.count) }
    for pivot in 0..<width {
      let best = (pivot..<width).max { abs(system[$0][pivot]) < abs(system[$1][pivot]) }!
      system.swapAt(pivot, best)
      for i in 0..<width where i != pivot {
        let factor = system[i][pivot] / system[pivot][pivot]
        for j in pivot..<width + outputs { system[i][j] -= factor * system[pivot][j] }
      }
    }
    return (0..<outputs).map { k in (0..<width).map { system[$0][width + k] / system[$0][$0] } }
  }
}
