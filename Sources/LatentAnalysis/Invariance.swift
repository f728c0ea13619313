import Tensors

/// Whether codes stay where they are when they should.
public enum Invariance {
  /// The part of some latents' variance that lies within groups of examples that show the same: 0 where a code depends on
  /// what is shown alone, 1 where groups don't differ.
  ///
  /// The latents' variances are added up, each group counts by its examples. 0 where nothing varies.
  /// - Parameters:
  ///   - codes: [N, L].
  ///   - groups: rows of `codes`.
  public static func shareWithin(_ groups: [[Int]], of codes: Tensor, units: [Int]) -> Double {
    let (all, size) = (codes.scalars, codes.shape[1])
    var (within, total) = (0.0, 0.0)
    for unit in units {
      func sumOfSquares(_ rows: [Int]) -> Double {
        let values = rows.map { Double(all[$0 * size + unit]) }
        let mean = values.reduce(0, +) / Double(max(1, values.count))
        return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      }
      total += sumOfSquares(groups.flatMap { $0 })
      for group in groups { within += sumOfSquares(group) }
    }
    return total > 0 ? within / total : 0
  }
}
