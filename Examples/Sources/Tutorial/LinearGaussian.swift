import Foundation

/// z ~ N(0, I) in the plane, x ~ N(W z + b, sigma^2 I) in four dimensions: everything that is an integral elsewhere has a
/// formula here (probabilistic PCA, Tipping and Bishop 1999).
struct LinearGaussian {
  /// [4][2]
  let weight: [[Double]]
  /// [4]
  let bias: [Double]
  let sigma: Double

  /// A normal distribution of z: mean [2] and covariance [2][2].
  struct Latents {
    var mean: [Double]
    var covariance: Matrix
  }

  /// log P(x), from x ~ N(b, W W' + sigma^2 I): elimination on a 4 x 4 matrix, so no posterior is used on the way.
  func logProbability(of x: [Double]) -> Double {
    let d = x.count
    var rows: [[Double]] = []  // the covariance, and x - b as a last column
    for i in 0..<d {
      var row = (0..<d).map { j in weight[i][0] * weight[j][0] + weight[i][1] * weight[j][1] }
      row[i] += sigma * sigma
      rows.append(row + [x[i] - bias[i]])
    }
    var logDeterminant = 0.0
    var square = 0.0  // (x - b)' covariance^-1 (x - b)
    for i in 0..<d {
      logDeterminant += log(rows[i][i])
      square += rows[i][d] * rows[i][d] / rows[i][i]
      for j in i + 1..<d {
        let factor = rows[j][i] / rows[i][i]
        for k in i...d { rows[j][k] -= factor * rows[i][k] }
      }
    }
    return -0.5 * (Double(d) * log(2 * .pi) + logDeterminant + square)
  }

  /// P(z|x): precision I + W'W / sigma^2, mean covariance W'(x - b) / sigma^2.
  func posterior(of x: [Double]) -> Latents {
    func product(_ a: Int, _ b: Int) -> Double { weight.reduce(0) { $0 + $1[a] * $1[b] } / (sigma * sigma) }
    let covariance = Matrix(1 + product(0, 0), product(0, 1), product(0, 1), 1 + product(1, 1)).inverse
    let pull = (0..<2).map { k in x.indices.reduce(0) { $0 + weight[$1][k] * (x[$1] - bias[$1]) } / (sigma * sigma) }
    return Latents(mean: covariance * pull, covariance: covariance)
  }

  /// The mean of log P(x|z) over z ~ q: that at q's mean, less what q's spread adds to the squared error.
  func expectedLogLikelihood(of x: [Double], under q: Latents) -> Double {
    let spread = weight.reduce(0) { sum, w in
      let image = q.covariance * w
      return sum + w[0] * image[0] + w[1] * image[1]
    }
    return logLikelihood(of: x, given: q.mean) - spread / (2 * sigma * sigma)
  }

  /// log P(x|z).
  func logLikelihood(of x: [Double], given z: [Double]) -> Double {
    x.indices.reduce(0) {
      $0 + Normal.logDensity(x[$1], mean: bias[$1] + weight[$1][0] * z[0] + weight[$1][1] * z[1], deviation: sigma)
    }
  }
}

extension LinearGaussian.Latents {
  static let prior = Self(mean: [0, 0], covariance: Matrix(1, 0, 0, 1))

  /// D[self || other] = 1/2 (tr(S2^-1 S1) + (m2 - m1)' S2^-1 (m2 - m1) - 2 + log det S2 / det S1).
  func divergence(from other: Self) -> Double {
    let precision = other.covariance.inverse
    let gap = zip(other.mean, mean).map { $0 - $1 }
    let pulled = precision * gap
    let square = gap[0] * pulled[0] + gap[1] * pulled[1]
    let logRatio = log(other.covariance.determinant / covariance.determinant)
    return 0.5 * ((precision * covariance).trace + square - 2 + logRatio)
  }

  /// mean + L noise with L L' = covariance.
  func draw(_ noise: [Double]) -> [Double] {
    let s = covariance
    let a = s.a.squareRoot()
    return [mean[0] + a * noise[0], mean[1] + s.c / a * noise[0] + (s.d - s.c * s.c / s.a).squareRoot() * noise[1]]
  }

  /// log of the density at z.
  func logDensity(_ z: [Double]) -> Double {
    let gap = zip(z, mean).map { $0 - $1 }
    let pulled = covariance.inverse * gap
    return -0.5 * (gap[0] * pulled[0] + gap[1] * pulled[1] + log(covariance.determinant)) - log(2 * .pi)
  }
}

/// A 2 x 2 matrix, row by row.
struct Matrix {
  let a, b, c, d: Double

  init(_ a: Double, _ b: Double, _ c: Double, _ d: Double) { (self.a, self.b, self.c, self.d) = (a, b, c, d) }

  var determinant: Double { a * d - b * c }
  var trace: Double { a + d }
  var inverse: Matrix { Matrix(d / determinant, -b / determinant, -c / determinant, a / determinant) }

  static func * (m: Matrix, v: [Double]) -> [Double] { [m.a * v[0] + m.b * v[1], m.c * v[0] + m.d * v[1]] }
  static func * (m: Matrix, n: Matrix) -> Matrix {
    Matrix(m.a * n.a + m.b * n.c, m.a * n.b + m.b * n.d, m.c * n.a + m.d * n.c, m.c * n.b + m.d * n.d)
  }
}
