import CKernels

/// Missing numbers: in data, NaN stands for a number that was not observed. Likelihoods add nothing for it, encoders see a
/// zero in its place, after the data's mean was subtracted if it is.
extension Tensor {
  /// Whether any number is missing.
  public var hasMissing: Bool { ck_any_missing(pointer, count) }

  /// The same with zeros in place of missing numbers; itself where none is.
  public var missingAsZero: Tensor {
    guard hasMissing else { return self }
    let filled = Tensor(shape: shape) { ck_zero_missing(pointer, $0, count) }
    return isConstant ? filled.asConstant : filled
  }

  /// 1 where a number is observed, 0 where it is missing.
  public var observed: Tensor { Tensor(shape: shape) { ck_observed(pointer, $0, count) } }

  /// The same with the numbers of `other` in place of missing ones. Traps unless shapes agree.
  public func filled(from other: Tensor) -> Tensor {
    require(shape == other.shape, "Tensor.filled: \(shape) from \(other.shape)")
    return Tensor(shape: shape) { ck_fill_missing(pointer, other.pointer, $0, count) }
  }
}
