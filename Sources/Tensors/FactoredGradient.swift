/// A weight's gradient kept as its factors: the sum of `left' right` over a layer's uses, left [N, m] and right [N, n].
///
/// Nobody needs the numbers before the optimizer does, which multiplies out just the rows that it is about to apply. So a
/// shard writes no gradient the size of the weights, nor does each of a recurrent layer's steps; adding two is joining
/// their lists. Any other use of such a tensor multiplies it out first, once.
public struct FactoredGradient: Sendable {
  /// What each use of the weight left behind.
  private(set) var terms: [(left: Tensor, right: Tensor)]

  /// The gradient from one use: the layer's inputs and the gradient of its products, [..., m] and [..., n] in the
  /// order in which the weight [m, n] has them.
  init(left: Tensor, right: Tensor) {
    require(
      left.count / left.shape[-1] == right.count / right.shape[-1],
      "weight gradient: inputs \(left.shape) and output gradient \(right.shape) differ in rows")
    terms = [(left, right)]
  }

  /// m
  public var rows: Int { terms[0].left.shape[-1] }
  /// n
  public var columns: Int { terms[0].right.shape[-1] }

  /// The sum of both; nil if one has other sizes.
  func joined(with other: FactoredGradient) -> FactoredGradient? {
    guard rows == other.rows, columns == other.columns else { return nil }
    var sum = self
    sum.terms += other.terms
    return sum
  }

  /// Writes rows `range` of the matrix, [range.count, n], or adds them to what is there.
  public func multiplyOut(rows range: Range<Int>, into out: UnsafeMutablePointer<Float>, adding: Bool = false) {
    for (index, (left, right)) in terms.enumerated() {
      multiply(
        MatrixOperand(left.pointer + range.lowerBound, stride: rows, isTransposed: true),
        MatrixOperand(right.pointer, stride: columns), rows: range.count, inner: left.count / rows, columns: columns,
        into: out, adding: adding || index > 0)
    }
  }
}

extension Tensor {
  /// The same numbers without what they are the product of, which is then no longer kept.
  public var multipliedOut: Tensor {
    guard let factors else { return self }
    return Tensor(shape: shape) { factors.multiplyOut(rows: 0..<factors.rows, into: $0) }
  }
}
