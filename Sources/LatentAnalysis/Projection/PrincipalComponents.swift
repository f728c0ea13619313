import Foundation
import Tensors

/// The directions in which points vary most, found by orthogonal iteration: each costs a pass over the points per round.
public struct PrincipalComponents: Sendable {
  /// The mean of the points, [D].
  public let mean: [Double]
  /// Orthogonal directions of length 1, the most varied first, [count][D].
  public let axes: [[Double]]
  /// The variance of the points along each.
  public let variances: [Double]
  /// The variance in all directions together.
  public let totalVariance: Double

  /// The first `count` components of points [N, D]. Traps unless there are two points and `count` is from 1 to D.
  public init(of points: Tensor, count: Int, rounds: Int = 200) {
    let (rows, size) = (points.shape[0], points.shape[1])
    require(
      rows > 1 && 1...size ~= count, "PrincipalComponents: \(count) of points \(points.shape); expected 1 to \(size)")
    let values = points.scalars
    var mean = [Double](repeating: 0, count: size)
    for (index, value) in values.enumerated() { mean[index % size] += Double(value) / Double(rows) }
    let centred = values.enumerated().map { Double($1) - mean[$0 % size] }
    totalVariance = centred.reduce(0) { $0 + $1 * $1 } / Double(rows - 1)

    func along(_ axis: [Double]) -> [Double] {
      (0..<rows).map { row in axis.indices.reduce(0) { $0 + axis[$1] * centred[row * size + $1] } }
    }
    var axes = (0..<count).map { index in
      RandomStream(seed: 0)["components"][index].normal([size]).scalars.map(Double.init)
    }
    for _ in 0..<rounds {
      let before = axes
      axes = Self.orthonormal(
        axes.map { axis in
          var next = [Double](repeating: 0, count: size)
          for (row, share) in along(axis).enumerated() {
            for d in 0..<size { next[d] += share * centred[row * size + d] }
          }
          return next
        })
      let change = zip(axes, before).map { a, b in 1 - abs(zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }) }.max() ?? 0
      if change < 1e-12 { break }
    }
    variances = axes.map { axis in along(axis).reduce(0) { $0 + $1 * $1 } / Double(rows - 1) }
    (self.mean, self.axes) = (mean, axes)
  }

  /// Points [N, D] along the axes, [N, count].
  public func coordinates(of points: Tensor) -> Tensor {
    let (rows, size) = (points.shape[0], mean.count)
    let values = points.scalars
    return Tensor(
      (0..<rows).flatMap { row in
        axes.map { axis in
          Float((0..<size).reduce(0) { $0 + axis[$1] * (Double(values[row * size + $1]) - mean[$1]) })
        }
      }, shape: [rows, axes.count])
  }

  /// Gram and Schmidt's; a direction that is left with nothing becomes a unit vector.
  private static func orthonormal(_ vectors: [[Double]]) -> [[Double]] {
    var done: [[Double]] = []
    for (index, vector) in vectors.enumerated() {
      func freed(_ start: [Double]) -> ([Double], Double) {
        var v = start
        // Twice, as rounding leaves a little of the others behind.
        for _ in 0..<2 {
          for axis in done {
            let share = zip(axis, v).reduce(0) { $0 + $1.0 * $1.1 }
            v = zip(v, axis).map { $0 - share * $1 }
          }
        }
        return (v, v.reduce(0) { $0 + $1 * $1 }.squareRoot())
      }
      var (v, length) = freed(vector)
      var unit = index
      while !(length > 1e-30) {
        (v, length) = freed(v.indices.map { $0 == unit % v.count ? 1 : 0 })
        unit += 1
        if length < 1e-6 { length = 0 }
      }
      done.append(v.map { $0 / length })
    }
    return done
  }
}
