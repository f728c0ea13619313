import Foundation
import Tensors

/// How the trajectories of a grid of points become numbers, as in Walker, Doersch, Gupta and Hebert 2016, *An uncertain
/// future: forecasting from static images using variational autoencoders*.
///
/// A point's displacement from where it begins, in x and in y, is a curve over `steps` frames; of its discrete cosine
/// transform the first `coefficients` are kept. Direction and magnitude are apart: 2 `coefficients` numbers c / (|c| + m)
/// and one log(1 + |c| / m), where m is that of half a pixel. Where hardly anything moves there is no direction, and the
/// numbers fade instead of pointing anywhere.
public struct TrajectoryForm: Sendable, Equatable {
  /// Points in a column of the grid.
  public let rows: Int
  /// Points in a row.
  public let columns: Int
  /// Frames after the one that a trajectory begins in.
  public let steps: Int
  /// Of the transform, for each of x and y.
  public let coefficients: Int
  /// [steps, coefficients], orthonormal columns.
  private let basis: [Double]

  /// Traps unless all are positive and there are no more coefficients than steps.
  public init(rows: Int, columns: Int, steps: Int, coefficients: Int = 5) {
    require(
      rows > 0 && columns > 0 && coefficients > 0 && coefficients <= steps,
      "TrajectoryForm: \(rows)x\(columns) points, \(coefficients) coefficients of \(steps) steps")
    (self.rows, self.columns, self.steps, self.coefficients) = (rows, columns, steps, coefficients)
    var basis: [Double] = []
    for step in 0..<steps {
      for k in 0..<coefficients {
        let scale: Double = ((k == 0 ? 1.0 : 2.0) / Double(steps)).squareRoot()
        let angle: Double = Double.pi * (Double(step) + 0.5) * Double(k) / Double(steps)
        basis.append(scale * cos(angle))
      }
    }
    self.basis = basis
  }

  /// Points of the grid.
  public var points: Int { rows * columns }
  /// Numbers for one point.
  public var numbersPerPoint: Int { 2 * coefficients + 1 }
  /// [rows, columns, numbers].
  public var exampleShape: [Int] { [rows, columns, numbersPerPoint] }

  /// The length of a point's coefficients when it is half a pixel away all the time.
  private var unit: Double { 0.5 * Double(steps).squareRoot() }

  /// Displacements in pixels, [points, steps, 2], to an example.
  public func encode(_ displacements: some Collection<Float>) -> [Float] {
    let values = Array(displacements)
    require(
      values.count == points * steps * 2,
      "TrajectoryForm: expected \(points) points, \(steps) steps, x and y, got \(values.count) numbers")
    return (0..<points).flatMap { point -> [Float] in
      var c = [Double](repeating: 0, count: 2 * coefficients)
      for step in 0..<steps {
        for axis in 0..<2 {
          let value = Double(values[(point * steps + step) * 2 + axis])
          for k in 0..<coefficients { c[axis * coefficients + k] += value * basis[step * coefficients + k] }
        }
      }
      let length = c.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return c.map { Float($0 / (length + unit)) } + [Float(log1p(length / unit))]
    }
  }

  /// An example's coefficients in pixels, [points, 2 coefficients]: all of x, then all of y.
  public func transform(of example: some Collection<Float>) -> [Float] {
    let values = Array(example)
    require(
      values.count == points * numbersPerPoint,
      "TrajectoryForm: expected \(points) points of \(numbersPerPoint) numbers, got \(values.count) numbers")
    return (0..<points).flatMap { point -> [Float] in
      let numbers = values[point * numbersPerPoint..<(point + 1) * numbersPerPoint]
      // |c| + m is m exp(magnitude): a direction blurred to nothing makes a small step, not one in any direction.
      let length = unit * exp(min(Double(numbers.last!), 20))
      return numbers.dropLast().map { Float(Double($0) * length) }
    }
  }

  /// An example to displacements in pixels, [points, steps, 2].
  public func decode(_ example: some Collection<Float>) -> [Float] {
    let c = transform(of: example)
    return (0..<points * steps * 2).map { index in
      let (point, step, axis) = (index / (2 * steps), index / 2 % steps, index % 2)
      let first = (point * 2 + axis) * coefficients
      var sum = 0.0
      for k in 0..<coefficients { sum += Double(c[first + k]) * basis[step * coefficients + k] }
      return Float(sum)
    }
  }
}
