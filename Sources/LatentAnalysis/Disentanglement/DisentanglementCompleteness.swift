import Foundation
import Tensors

/// Disentanglement, completeness and informativeness (Eastwood and Williams 2018): how far each latent is about one factor,
/// each factor in one latent, and how well factors can be told from latents.
///
/// Each factor is told from all latents by ten bagged classification trees, a random forest whose trees may choose among all
/// latents at every threshold; R[latent][factor] is the part of the fall in impurity that a latent's thresholds are responsible
/// for. Leaves have half a percent of the examples learned from, five at least, so that trees fit little noise. Half of the examples, chosen by the seed, are learned from, the other half is
/// judged. (Eastwood and Williams used a lasso and forests, Locatello et al. 2019 boosted trees: values depend on it.)
public struct DisentanglementCompleteness: Sendable {
  /// R, by latent and factor; each factor's column adds up to one, or is zero where nothing was found.
  public let importances: [[Double]]
  /// The mean over latents of 1 - entropy of the latent's row of R, in units of log(factors), weighed by the row's sum.
  public let disentanglement: Double
  /// The mean over factors of 1 - entropy of the factor's column of R, in units of log(latents).
  public let completeness: Double
  /// The part of the judged examples whose class was told rightly, by factor.
  public let accuracies: [Double]
  /// The mean over factors of ``accuracies``.
  public var informativeness: Double { accuracies.meanValue }

  static let trees = 10

  /// From importances and accuracies that are known.
  init(importances: [[Double]], accuracies: [Double]) {
    self.importances = importances
    self.accuracies = accuracies
    let (latents, factors) = (importances.count, accuracies.count)
    let weights = importances.map { $0.reduce(0, +) }
    let total = weights.reduce(0, +)
    disentanglement =
      total > 0
      ? zip(importances, weights).reduce(0) { $0 + $1.1 / total * (1 - $1.0.entropy / log(Double(max(factors, 2)))) }
      : 0
    completeness =
      (0..<factors).map { factor in
        let column = importances.map { $0[factor] }
        return column.contains { $0 > 0 } ? 1 - column.entropy / log(Double(max(latents, 2))) : 0
      }.meanValue
  }

  /// R and the accuracy for one factor of `classes` classes.
  static func column(
    _ data: SortedColumns, _ labels: [Int], classes: Int, split: HalfSplit, stream: RandomStream
  ) -> (importances: [Double], accuracy: Double) {
    var importances = [Double](repeating: 0, count: data.columns.count)
    var votes = [[Int]](repeating: [Int](repeating: 0, count: classes), count: split.judged.count)
    for tree in 0..<trees {
      var times = [Int](repeating: 0, count: labels.count)
      for draw in split.learned.indices {
        times[split.learned[stream[tree].integer(below: split.learned.count, at: draw)]] += 1
      }
      let grown = ClassificationTree(
        data, times: times, labels: labels, weights: [Double](repeating: 1, count: classes),
        limits: .init(leastRows: max(5, split.learned.count / 200)))
      let sum = grown.importances.reduce(0, +)
      if sum > 0 {
        for (latent, gain) in grown.importances.enumerated() { importances[latent] += gain / sum / Double(trees) }
      }
      for (place, row) in split.judged.enumerated() { votes[place][grown.label(data.columns, row: row)] += 1 }
    }
    // Trees of a sample with one class find nothing; the others' parts then have to add up to one.
    let sum = importances.reduce(0, +)
    let right = zip(votes, split.judged).count { votes, row in
      votes.indices.max { (votes[$0], $1) < (votes[$1], $0) } == labels[row]
    }
    return (sum > 0 ? importances.map { $0 / sum } : importances, Double(right) / Double(split.judged.count))
  }
}

/// Half of the examples to learn from, the others to judge by.
struct HalfSplit {
  let learned: [Int]
  let judged: [Int]

  init(of count: Int, stream: RandomStream) {
    let order = stream.permutation(count)
    (learned, judged) = (order.prefix(count / 2).sorted(), order.dropFirst(count / 2).sorted())
  }
}
