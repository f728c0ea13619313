import Tensors
import Testing

/// Two numbers agree within `relative` of the expected one plus `absolute`.
public func expectClose(
  _ actual: some BinaryFloatingPoint, _ expected: some BinaryFloatingPoint, relative: Double = 2e-5,
  absolute: Double = 1e-6, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  let (a, e) = (Double(actual), Double(expected))
  // Written so that a NaN on either side fails.
  let close = a == e || abs(a - e) <= relative * abs(e) + absolute
  #expect(close, "\(what) \(a), expected \(e), off by \(abs(a - e))", sourceLocation: sourceLocation)
}

/// Same shape, and every number within `relative` of its own expected value plus `absolute`.
///
/// Without an `absolute` tolerance it is `relative / 10` of the largest expected number, for what cancels to near zero.
public func expectClose(
  _ actual: Tensor, _ expected: [Double], shape: [Int], relative: Double = 2e-5, absolute: Double? = nil,
  _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.shape.array == shape, actual.count == expected.count else {
    Issue.record("\(what) shape \(actual.shape), expected \(shape)", sourceLocation: sourceLocation)
    return
  }
  let floor = absolute ?? relative / 10 * (expected.map { abs($0) }.max() ?? 0)
  var (worst, excess) = (0, 0.0)
  for (i, (a, e)) in zip(actual.scalars, expected).enumerated() {
    let allowed = relative * abs(e) + floor
    let off = Double(a) == e ? 0 : abs(Double(a) - e)
    let ratio = off == 0 ? 0 : off.isNaN ? .infinity : off / allowed
    if ratio > excess { (worst, excess) = (i, ratio) }
  }
  guard !expected.isEmpty else { return }
  #expect(
    excess <= 1,
    """
    \(what) number \(worst) of \(actual.shape) is \(actual.scalars[worst]), expected \(expected[worst]): \
    \(excess) times the tolerance
    """,
    sourceLocation: sourceLocation)
}

/// Same shape, and the same numbers within a tolerance.
public func expectClose(
  _ actual: Tensor, _ expected: Tensor, relative: Double = 2e-5, absolute: Double? = nil, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(
    actual, expected.scalars.map(Double.init), shape: expected.shape.array, relative: relative, absolute: absolute,
    what, sourceLocation: sourceLocation)
}

/// A tensor of numbers in [-bound, bound] that are whole multiples of 1/256, so that small steps from them are exact.
public func sampleTensor(_ shape: Shape, seed: UInt64, bound: Float = 2) -> Tensor {
  let uniform = RandomStream(seed: seed).uniform(shape)
  return Tensor(uniform.scalars.map { (($0 * 2 - 1) * bound * 256).rounded() / 256 }, shape: shape)
}
