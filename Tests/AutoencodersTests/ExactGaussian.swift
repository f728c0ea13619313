import Foundation
import Tensors

/// A multivariate normal distribution in double precision, for the truth that bounds are held against.
struct ExactGaussian {
  let mean: [Double]
  private let factor: [[Double]]  // lower triangle, Cholesky

  init(mean: [Double], covariance: [[Double]]) {
    self.mean = mean
    var factor = covariance.map { $0.map { _ in 0.0 } }
    for i in mean.indices {
      for j in 0...i {
        let rest = (0..<j).reduce(covariance[i][j]) { $0 - factor[i][$1] * factor[j][$1] }
        factor[i][j] = i == j ? rest.squareRoot() : rest / factor[j][j]
      }
    }
    self.factor = factor
  }

  /// The distribution of x = W z + b + e with `linear` = W transposed, [latents, D], and e of variance `noise`.
  init(linear: [Double], bias: [Double], noise: Double) {
    let size = bias.count
    let latents = linear.count / size
    var covariance = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    for i in 0..<size {
      for j in 0..<size {
        covariance[i][j] = i == j ? noise : 0
        for k in 0..<latents { covariance[i][j] += linear[k * size + i] * linear[k * size + j] }
      }
    }
    self.init(mean: bias, covariance: covariance)
  }

  /// log N(x), nats.
  func logDensity(_ x: ArraySlice<Float>) -> Double {
    var whitened: [Double] = []
    for (i, value) in x.enumerated() {
      let rest = (0..<i).reduce(Double(value) - mean[i]) { $0 - factor[i][$1] * whitened[$1] }
      whitened.append(rest / factor[i][i])
    }
    let logDeterminant = 2 * factor.indices.reduce(0) { $0 + log(factor[$1][$1]) }
    let squares = whitened.reduce(0) { $0 + $1 * $1 }
    return -0.5 * (Double(mean.count) * log(2 * Double.pi) + logDeterminant + squares)
  }

  /// log N of each row.
  func logDensities(_ rows: Tensor) -> [Double] {
    let (size, numbers) = (rows.shape[1], rows.scalars)
    return (0..<rows.shape[0]).map { logDensity(numbers[$0 * size..<($0 + 1) * size]) }
  }
}

/// The greatest mean log-likelihood that any linear-Gaussian model of `latents` latents reaches on these rows (Tipping
/// and Bishop 1999, equation 8), nats per row.
func greatestLinearLogLikelihood(_ rows: Tensor, latents: Int) -> Double {
  let (count, size, numbers) = (rows.shape[0], rows.shape[1], rows.scalars.map(Double.init))
  let columns = (0..<size).map { column in stride(from: column, to: count * size, by: size).map { numbers[$0] } }
  let centred = columns.map { column in column.map { $0 - column.mean } }
  let covariance = centred.map { a in centred.map { b in zip(a, b).map { $0 * $1 }.mean } }
  let values = eigenvalues(covariance)
  let noise = values.dropFirst(latents).mean
  let kept = values.prefix(latents).map { log($0) }.reduce(0, +)
  let logDeterminant = kept + Double(size - latents) * log(noise)
  return -0.5 * (Double(size) * (log(2 * Double.pi) + 1) + logDeterminant)
}

/// Eigenvalues of a symmetric matrix, the largest first (Jacobi's rotations).
private func eigenvalues(_ matrix: [[Double]]) -> [Double] {
  var a = matrix
  let size = a.count
  for _ in 0..<50 {
    for p in 0..<size {
      for q in p + 1..<size where abs(a[p][q]) > 1e-15 {
        let angle = 0.5 * atan2(2 * a[p][q], a[q][q] - a[p][p])
        let (c, s) = (cos(angle), sin(angle))
        for k in 0..<size { (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]) }
        for k in 0..<size { (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]) }
      }
    }
  }
  return a.indices.map { a[$0][$0] }.sorted(by: >)
}

extension Collection<Double> {
  var mean: Double { reduce(0, +) / Double(count) }

  /// Standard error of the mean.
  var standardError: Double {
    let mean = mean
    return (reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1) / Double(count)).squareRoot()
  }
}
