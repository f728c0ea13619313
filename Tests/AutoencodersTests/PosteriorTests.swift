import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

@testable import Autoencoders

/// Dense algebra in double precision, by elimination.
private struct Matrix {
  var rows: [[Double]]

  /// The inverse, and the logarithm of the determinant's size.
  var inverse: (Matrix, logDeterminant: Double) {
    let n = rows.count
    var work = rows.enumerated().map { i, row in row + (0..<n).map { $0 == i ? 1.0 : 0 } }
    var logDeterminant = 0.0
    for i in 0..<n {
      let pivot = (i..<n).max { abs(work[$0][i]) < abs(work[$1][i]) }!
      work.swapAt(i, pivot)
      logDeterminant += Foundation.log(abs(work[i][i]))
      let scale = work[i][i]
      work[i] = work[i].map { $0 / scale }
      for j in 0..<n where j != i {
        let factor = work[j][i]
        work[j] = zip(work[j], work[i]).map { $0 - factor * $1 }
      }
    }
    return (Matrix(rows: work.map { Array($0.dropFirst(n)) }), logDeterminant)
  }

  func form(_ v: [Double]) -> Double {
    zip(rows, v).reduce(0) { $0 + $1.1 * zip($1.0, v).reduce(0) { $0 + $1.0 * $1.1 } }
  }
}

/// KL(N(mean, C) || N(0, I)).
private func divergence(_ mean: [Double], _ covariance: Matrix) -> Double {
  let trace = covariance.rows.indices.reduce(0) { $0 + covariance.rows[$1][$1] }
  let squares = mean.reduce(0) { $0 + $1 * $1 }
  return 0.5 * (trace + squares - Double(mean.count) - covariance.inverse.logDeterminant)
}

struct PosteriorTests {
  private let draws = 3
  private let batch = 2
  private let size = 5
  private let groups = LatentGroups([3, 2])
  private var noise: Tensor { RandomStream(seed: 4).normal([draws, batch, size]) }

  private func part(_ seed: UInt64, _ columns: Int? = nil) -> Tensor {
    sampleTensor([batch, columns ?? size], seed: seed, bound: 1)
  }

  private var rankOne: RankOneGaussian {
    RankOneGaussian(mean: part(1), logVariance: part(2), direction: part(3), groups: groups)
  }

  private var full: FullGaussian { FullGaussian(mean: part(1), logVariance: part(2), lower: part(3, 10)) }

  private var flow: FlowPosterior {
    let layer = FlowLayer(
      features: 4, latents: size, steps: 3, hidden: 6, activation: .tanh, stream: RandomStream(seed: 7))
    return shaken(layer, by: 0.4)(part(8, 4))
  }

  private func row(_ tensor: Tensor, _ index: Int) -> [Double] {
    tensor.scalars[index * size..<(index + 1) * size].map(Double.init)
  }

  /// The covariance of example `b` from the precision D + u u' of each group.
  private func rankOneCovariance(_ b: Int) -> Matrix {
    let (logVariance, u) = (row(rankOne.logVariance, b), row(rankOne.direction, b))
    let precision = (0..<size).map { i in
      (0..<size).map { j in
        let together = groups.ranges.contains { $0.contains(i) && $0.contains(j) }
        return (i == j ? Foundation.exp(-logVariance[i]) : 0) + (together ? u[i] * u[j] : 0)
      }
    }
    return Matrix(rows: precision).inverse.0
  }

  private func fullCovariance(_ b: Int) -> Matrix {
    let (logVariance, lower) = (row(full.logVariance, b), full.lower.scalars.map(Double.init))
    let root = (0..<size).map { i in
      (0..<size).map { j in
        i == j ? Foundation.exp(0.5 * logVariance[i]) : j < i ? lower[b * 10 + i * (i - 1) / 2 + j] : 0
      }
    }
    return Matrix(
      rows: (0..<size).map { i in
        (0..<size).map { j in (0..<size).reduce(0) { $0 + root[i][$1] * root[j][$1] } }
      })
  }

  @Test func rankOneGaussianIsThatOfDenseAlgebra() { expectGaussian(rankOne, rankOneCovariance) }
  @Test func fullGaussianIsThatOfDenseAlgebra() { expectGaussian(full, fullCovariance) }

  private func expectGaussian<Q: Posterior>(_ q: Q, _ covariance: (Int) -> Matrix) {
    // The images of unit vectors are the columns of a root of the covariance.
    let units = Tensor(
      (0..<size * batch * size).map { $0 / (batch * size) == $0 % size ? 1 : 0 }, shape: [size, batch, size])
    let images = q.sample(noise: units).scalars.map(Double.init)
    let z = RandomStream(seed: 9).normal([draws, batch, size])
    let densities = q.logDensity(of: z).scalars
    let rates = q.draw(noise: noise, divergence: .analytic).divergence.sumOverLast().scalars
    for b in 0..<batch {
      let (c, mean) = (covariance(b), row(q.mean, b))
      let (precision, logDeterminant) = c.inverse
      for i in 0..<size {
        for j in 0..<size {
          let product = (0..<size).reduce(0.0) { sum, unit in
            let at = (unit * batch + b) * size
            return sum + (images[at + i] - mean[i]) * (images[at + j] - mean[j])
          }
          expectClose(product, c.rows[i][j], relative: 1e-4, absolute: 1e-5, "covariance")
        }
        expectClose(Double(row(q.deviation, b)[i]), c.rows[i][i].squareRoot(), relative: 1e-4, "deviation")
      }
      for k in 0..<draws {
        let apart = zip(row(z, k * batch + b), mean).map { $0 - $1 }
        let expected = -0.5 * (5 * Foundation.log(2 * Double.pi) + logDeterminant + precision.form(apart))
        expectClose(Double(densities[k * batch + b]), expected, relative: 1e-4, absolute: 1e-4, "density")
      }
      expectClose(Double(rates[b]), divergence(mean, c), relative: 1e-4, absolute: 1e-4, "divergence")
    }
  }

  @Test func drawsCostWhatTheirDensitySays() {
    check(rankOne)
    check(full)
    check(flow)
    func check<Q: Posterior>(_ q: Q) {
      for form in [DivergenceForm.sampled, .pathwise] {
        let draw = q.draw(noise: noise, divergence: form)
        expectClose(draw.z, q.sample(noise: noise), "\(Q.self) draws")
        let expected = q.logDensity(of: draw.z) - standardNormalLogDensity(draw.z)
        expectClose(draw.divergence.sumOverLast(), expected, relative: 1e-4, absolute: 1e-4, "\(Q.self) \(form)")
      }
    }
  }

  /// The density is that of the Gaussian over how much volume grows, by differences of the draws.
  @Test func flowKnowsHowMuchItStretches() {
    let (q, noise) = (flow, noise)
    let h: Float = 1 / 64
    let z = q.sample(noise: noise)
    for k in 0..<draws {
      for b in 0..<batch {
        let at = (k * batch + b) * size
        let jacobian = (0..<size).map { j in
          func moved(_ step: Float) -> [Double] {
            var e = noise
            e.withMutablePointer { $0[at + j] += step }
            return q.sample(noise: e).scalars[at..<at + size].map(Double.init)
          }
          let (far, near) = (zip(moved(2 * h), moved(-2 * h)), zip(moved(h), moved(-h)))
          return zip(far, near).map { far, near in
            (8 * (near.0 - near.1) - (far.0 - far.1)) / Double(12 * h)
          }
        }
        let stretch = Matrix(rows: jacobian).inverse.logDeterminant
        let squares = noise.scalars[at..<at + size].reduce(0.0) { $0 + Double($1 * $1) }
        let expected = -0.5 * squares - 2.5 * Foundation.log(2 * Double.pi) - stretch
        expectClose(Double(q.logDensity(of: z).scalars[k * batch + b]), expected, relative: 1e-3, absolute: 1e-3)
      }
    }
  }

  @Test func gradientsAreThoseOfDifferences() {
    check(rankOne)
    check(full)
    check(flow)
    func check<Q: Posterior>(_ q: Q) {
      let noise = noise
      expectGradient(at: q, tolerance: 1e-3, "\(Q.self) draws") { $0.draw(noise: noise, divergence: .sampled).z }
      for form in [DivergenceForm.analytic, .sampled] {
        expectGradient(at: q, tolerance: 1e-3, "\(Q.self) \(form)") {
          $0.draw(noise: noise, divergence: form).divergence
        }
      }
      expectGradient(at: q, tolerance: 1e-3, "\(Q.self) density") { $0.logDensity(of: noise) }
    }
  }

  /// Sticking the landing: the gradient of the density as a function of the draw, with the parameters held.
  @Test func pathwiseGradientHoldsTheDensity() {
    check(rankOne)
    check(full)
    check(flow)
    func check<Q: Posterior>(_ q: Q) {
      let noise = noise
      let ones = Tensor(repeating: 1, shape: [draws, batch, 1])
      let found = q.parts(of: pullback(at: q) { $0.draw(noise: noise, divergence: .pathwise).divergence }(ones))
      let expected = gradientParts(at: q) {
        let z = $0.draw(noise: noise, divergence: .sampled).z
        return withoutDerivative(at: q).logDensity(of: z) - standardNormalLogDensity(z)
      }
      for (a, e) in zip(found, expected) {
        let zeros = Tensor(repeating: 0, shape: [1])
        if e.isSymbolicZero || a.isSymbolicZero {
          #expect((a.isSymbolicZero ? zeros : a).sumOfSquares == (e.isSymbolicZero ? zeros : e).sumOfSquares)
        } else {
          expectClose(a, e, relative: 1e-4, absolute: 1e-5)
        }
      }
    }
  }
}
