import Tensors

/// Separated attribute predictability, SAP (Kumar, Sattigeri and Balakrishnan 2018): by how much better the latent that
/// predicts a factor best does it alone than the next one; the mean over factors.
///
/// A latent predicts a factor of C classes by up to C - 1 thresholds, chosen one after the other on half of the examples; its
/// score is the balanced accuracy, the mean over classes of the part that is told rightly, on the other half. Factors are classes
/// whether or not they have an order. (Locatello et al. 2019 use a linear support vector machine on one number, whose
/// accuracy and so whose gaps are lower.)
public struct AttributePredictability: Sendable {
  /// Balanced accuracy, 0 to 1, by latent and factor.
  public let scores: [[Double]]
  /// Of each factor, the best latent's score above the next one's; above chance where there is one latent.
  public let gaps: [Double]
  /// The mean over factors.
  public var score: Double { gaps.meanValue }

  init(scores: [[Double]], sizes: [Int]) {
    self.scores = scores
    gaps = sizes.enumerated().map { factor, size in scores.map { $0[factor] }.gap(above: 1 / Double(size)) }
  }

  /// The balanced accuracy of thresholds on one column.
  static func score(_ column: [Float], _ labels: [Int], classes: Int, split: HalfSplit) -> Double {
    var (times, counts) = ([Int](repeating: 0, count: labels.count), [Double](repeating: 0, count: classes))
    for row in split.learned {
      times[row] = 1
      counts[labels[row]] += 1
    }
    let tree = ClassificationTree(
      SortedColumns([column]), times: times, labels: labels, weights: counts.map { $0 > 0 ? 1 / $0 : 0 },
      limits: .init(leaves: classes))
    var (right, all) = ([Double](repeating: 0, count: classes), [Double](repeating: 0, count: classes))
    for row in split.judged {
      all[labels[row]] += 1
      if tree.label([column], row: row) == labels[row] { right[labels[row]] += 1 }
    }
    return zip(right, all).filter { $1 > 0 }.map { $0 / $1 }.meanValue
  }
}
