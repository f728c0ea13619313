import CKernels
import _Differentiation

/// The shape two operands meet in: that of the one with more axes or more numbers.
func broadcastShape(_ a: Shape, _ b: Shape) -> Shape {
  (a.rank, a.count) >= (b.rank, b.count) ? a : b
}

/// How a smaller shape sits in a larger one: each number repeated `inner` times, and the whole `outer` times.
///
/// Outer axes may be missing or 1 ([D] or [1, D] with [B, D]), and inner axes may be 1 ([B, 1] with [B, D]); these are the
/// forms that models need. Traps on any other.
private func repetition(of small: Shape, in large: Shape) -> (outer: Int, core: Int, inner: Int) {
  var sizes = small.array[...]
  while sizes.first == 1 { sizes.removeFirst() }
  let aligned = large.array.suffix(sizes.count)
  let core = Array(sizes.reversed().drop { $0 == 1 }.reversed())
  require(
    small.rank <= large.rank && Array(aligned.prefix(core.count)) == core,
    "Tensor: cannot broadcast \(small) to \(large); give the smaller one the larger one's inner axes, or inner axes of 1"
  )
  let inner = aligned.dropFirst(core.count).reduce(1, *)
  let size = core.reduce(1, *)
  return (large.count / max(size * inner, 1), size, inner)
}

extension Tensor {
  /// Repeated to a larger shape: [D] to [B, D], [B, 1] to [B, D], a single number to anything.
  @differentiable(reverse,wrt: self)
  public func broadcast(to target: Shape) -> Tensor {
    if shape == target || isSymbolicZero { return self }
    let (outer, core, inner) = repetition(of: shape, in: target)
    var repeated = self
    if inner > 1 { repeated = Tensor(shape: [core, inner]) { ck_repeat_columns(pointer, $0, core, inner) } }
    return Tensor(shape: target) { ck_repeat_rows(repeated.pointer, $0, outer, core * inner) }
  }

  @derivative(of: broadcast, wrt: self)
  @usableFromInline
  func vjpBroadcast(to target: Shape) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
    let original = shape
    return (broadcast(to: target), { $0.summed(to: original) })
  }

  /// The reverse of ``broadcast(to:)``: what was repeated is added up. Linear, so it needs no derivative of its own.
  func summed(to target: Shape) -> Tensor {
    if shape == target || isSymbolicZero { return self }
    let (outer, core, inner) = repetition(of: target, in: shape)
    let rows = Tensor(shape: [core * inner]) { ck_sum_rows(pointer, $0, outer, core * inner) }
    if inner == 1 { return Tensor(storage: rows.storage, shape: target) }
    return Tensor(shape: target) { ck_sum_columns(rows.pointer, $0, core, inner) }
  }
}
