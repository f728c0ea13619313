import Foundation
import Tensors

/// The mutual information gap (Chen et al. 2018): by how much more the latent that knows most of a factor knows of it than
/// the next one, as a part of the factor's entropy; the mean over factors. 1 where one latent alone knows each factor.
///
/// Mutual information is that of histograms: each latent's posterior means in bins of equal width, as in Locatello et al. 2019.
/// (Chen et al. integrate over q(z|x) instead.) Bins reach from the least to the largest mean, so it does not depend on scale,
/// and a latent that hardly varies can count. With N examples information is too large by about (bins - 1) (classes - 1) / 2 N.
public struct MutualInformationGap: Sendable {
  /// I(latent; factor) in nats, by latent and factor.
  public let information: [[Double]]
  /// Of each factor, nats.
  public let entropies: [Double]
  /// Of each factor, 0 to 1.
  public let gaps: [Double]
  /// The mean over factors.
  public var score: Double { gaps.meanValue }

  /// From posterior means [N, L]. Traps unless there are as many as examples with known factors, and bins.
  public init(codes: Tensor, factors: KnownFactors, bins: Int = 20) {
    require(
      codes.shape.rank == 2 && codes.shape[0] == factors.count && bins > 0,
      "mutual information gap: codes \(codes.shape) of \(factors.count) examples in \(bins) bins; expected [N, L]")
    let binned = codes.columnScalars.map { Self.bins(of: $0, count: bins) }
    let entropies = factors.entropies
    information = binned.map { latent in
      factors.classes.indices.map { factor in
        Self.information(latent, bins, factors.classes[factor], factors.sizes[factor])
      }
    }
    let table = information
    gaps = entropies.indices.map { factor in table.map { $0[factor] }.gap(above: 0) / entropies[factor] }
    self.entropies = entropies
  }

  /// Which of `count` bins of equal width each value lies in; all in the first where they are equal.
  static func bins(of values: [Float], count: Int) -> [Int] {
    let (low, high) = (values.min() ?? 0, values.max() ?? 0)
    guard high > low else { return [Int](repeating: 0, count: values.count) }
    return values.map { min(count - 1, Int(Float(count) * (($0 - low) / (high - low)))) }
  }

  /// I(a; b) of two columns of classes, nats.
  static func information(_ a: [Int], _ aSize: Int, _ b: [Int], _ bSize: Int) -> Double {
    var (table, rows, columns) = (
      [Double](repeating: 0, count: aSize * bSize), [Double](repeating: 0, count: aSize),
      [Double](repeating: 0, count: bSize)
    )
    for (i, j) in zip(a, b) {
      table[i * bSize + j] += 1
      rows[i] += 1
      columns[j] += 1
    }
    // H(a) + H(b) - H(a, b); never below zero but for rounding.
    return max(0, rows.entropy + columns.entropy - table.entropy)
  }
}
