import _Differentiation

extension Tensor {
  /// This tensor as it is, [K, B]; but whatever raises it raises `other`, [1, B] or [K, B], too.
  ///
  /// For what shall be learned beside a bound and is no part of its value: a classifier's log-probability, a first guess.
  @differentiable(reverse)
  public func alongside(_ other: Tensor) -> Tensor { self }

  @derivative(of: alongside)
  @usableFromInline
  func vjpAlongside(_ other: Tensor) -> (value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)) {
    let shape = other.shape
    return (self, { ($0, $0.summed(to: shape)) })
  }
}
