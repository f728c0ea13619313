import Tensors
import Testing
import _Differentiation

/// Two tensors as one point to differentiate at.
public struct Pair: Differentiable {
  /// The first.
  public var a: Tensor
  /// The second.
  public var b: Tensor

  /// Both.
  public init(_ a: Tensor, _ b: Tensor) { (self.a, self.b) = (a, b) }
}

/// Three tensors as one point to differentiate at.
public struct Triple: Differentiable {
  /// The first.
  public var a: Tensor
  /// The second.
  public var b: Tensor
  /// The third.
  public var c: Tensor

  /// All three.
  public init(_ a: Tensor, _ b: Tensor, _ c: Tensor) { (self.a, self.b, self.c) = (a, b, c) }
}

/// The derivative of `function` with respect to every number of every parameter of `point`, against differences.
///
/// A random cotangent weighs the outputs, so that each counts. Differences are the central ones of fourth order,
/// (8 [f(h) - f(-h)] - [f(2h) - f(-2h)]) / 12 h with h = 1/32: their own error and the rounding of float32 values both
/// stay near 1e-6 of the values' size for functions that bend on a scale of 1. A symbolic zero counts as zeros.
public func expectGradient<Point: Differentiable>(
  at point: Point, tolerance: Double = 1e-4, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation,
  of function: @differentiable(reverse) (Point) -> Tensor
) {
  let (value, pullback) = valueWithPullback(at: point, of: function)
  let cotangent = sampleTensor(value.shape, seed: 0x5eed)
  expectClose(
    value, function(point), relative: 0, "\(what) value with and without a derivative", sourceLocation: sourceLocation)
  let parts = point.parts(of: pullback(cotangent))
  let weights = cotangent.scalars.map(Double.init)
  let step: Float = 1 / 32

  for (index, parameter) in point.parameters.enumerated() {
    func weighted(_ element: Int, _ change: Float) -> Double {
      var moved = point
      var visited = 0
      ParameterWalk.over(&moved) { tensor in
        if visited == index { tensor.withMutablePointer { $0[element] += change } }
        visited += 1
      }
      return zip(function(moved).scalars, weights).reduce(0) { $0 + Double($1.0) * $1.1 }
    }
    let expected = (0..<parameter.count).map { i in
      (8 * (weighted(i, step) - weighted(i, -step)) - (weighted(i, 2 * step) - weighted(i, -2 * step)))
        / Double(12 * step)
    }
    let part = parts[index]
    let gradient = part.isSymbolicZero ? Tensor(repeating: 0, shape: parameter.shape) : part
    let scale = max(1, expected.map { abs($0) }.max() ?? 0)
    expectClose(
      gradient, expected, shape: parameter.shape.array, relative: tolerance, absolute: tolerance * scale,
      "\(what) gradient of parameter \(index):", sourceLocation: sourceLocation)
  }
}

/// The part of the gradient of sum(function) that belongs to each parameter of `point`.
public func gradientParts<Point: Differentiable>(
  at point: Point, of function: @differentiable(reverse) (Point) -> Tensor
) -> [Tensor] {
  let (value, pullback) = valueWithPullback(at: point, of: function)
  return point.parts(of: pullback(Tensor(repeating: 1, shape: value.shape)))
}
