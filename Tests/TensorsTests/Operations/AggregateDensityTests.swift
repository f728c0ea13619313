import Foundation
import TestSupport
import Testing
import _Differentiation

@testable import Tensors

struct AggregateDensityTests {
  private let mean = sampleTensor([5, 3], seed: 1)
  private let logVariance = sampleTensor([5, 3], seed: 2, bound: 1)
  private let z = sampleTensor([2, 5, 3], seed: 3)

  /// log N(z_d; m_jd, v_jd), by Gaussian and number.
  private func logDensities(_ z: [Float], _ mean: Tensor, _ logVariance: Tensor) -> [[Double]] {
    let (m, v) = (mean.scalars, logVariance.scalars)
    return (0..<mean.shape[0]).map { j in
      z.indices.map { d in
        let (apart, v) = (Double(z[d] - m[j * z.count + d]), Double(v[j * z.count + d]))
        return -0.5 * (apart * apart / Foundation.exp(v) + v + Foundation.log(2 * Double.pi))
      }
    }
  }

  @Test func densityOfAllExamplesIsExact() {
    let found = aggregateLogDensity(z, mean, logVariance, of: 5)
    var (joint, marginals): ([Double], [Double]) = ([], [])
    for row in 0..<10 {
      let parts = logDensities(Array(z.scalars[row * 3..<row * 3 + 3]), mean, logVariance)
      joint.append(Foundation.log(parts.map { Foundation.exp($0.reduce(0, +)) }.reduce(0, +) / 5))
      for d in 0..<3 { marginals.append(Foundation.log(parts.map { Foundation.exp($0[d]) }.reduce(0, +) / 5)) }
    }
    expectClose(found.joint, joint, shape: [2, 5], relative: 1e-5, absolute: 1e-5)
    expectClose(found.marginals, marginals, shape: [2, 5, 3], relative: 1e-5, absolute: 1e-5)
  }

  /// Over all batches of two that the first example may be in, the density of its draw is that of all five on average.
  @Test func densityIsRightOnAverageOverBatches() {
    let point = z.rows(0..<1).reshaped(to: [5, 3]).rows(0..<1)
    func batch(_ x: Tensor, _ other: Int) -> Tensor { Tensor.stacked([x.rows(0..<1), x.rows(other..<other + 1)]) }
    let estimates = (1..<5).map { other in
      let draws = Tensor.stacked([point, point]).reshaped(to: [1, 2, 3])
      let found = aggregateLogDensity(draws, batch(mean, other), batch(logVariance, other), of: 5)
      return ([found.joint.scalar] + found.marginals.scalars.prefix(3)).map { Foundation.exp(Double($0)) }
    }
    let parts = logDensities(point.scalars, mean, logVariance)
    let joint = parts.map { Foundation.exp($0.reduce(0, +)) }.reduce(0, +) / 5
    let truth = [joint] + (0..<3).map { d in parts.map { Foundation.exp($0[d]) }.reduce(0, +) / 5 }
    for (index, expected) in truth.enumerated() {
      expectClose(estimates.map { $0[index] }.reduce(0, +) / 4, expected, relative: 1e-5)
    }
  }

  @Test func aBatchOfOneIsItsOwnGaussian() {
    let one = aggregateLogDensity(
      z.rows(0..<1).reshaped(to: [5, 1, 3]), mean.rows(0..<1), logVariance.rows(0..<1), of: 1)
    expectClose(one.joint, one.marginals.sumOverLast(), absolute: 1e-5)
  }

  @Test(arguments: [5, 70]) func gradientIsThatOfDifferences(_ examples: Int) {
    expectGradient(at: Triple(z, mean, logVariance), tolerance: 1e-3, "aggregate density") {
      let q = aggregateLogDensity($0.a, $0.b, $0.c, of: withoutDerivative(at: examples))
      return q.joint.reshaped(to: [2, 5, 1]).joined(with: q.marginals)
    }
  }

  @Test func gradientOfOneOfBothIsThatOfDifferences() {
    expectGradient(at: Triple(z, mean, logVariance), tolerance: 1e-3, "joint") {
      aggregateLogDensity($0.a, $0.b, $0.c, of: 9).joint
    }
    expectGradient(at: Triple(z, mean, logVariance), tolerance: 1e-3, "marginals") {
      aggregateLogDensity($0.a, $0.b, $0.c, of: 9).marginals
    }
  }

  @Test func narrowGaussiansFarApartAreTheirOwn() {
    let far = Tensor([-1000, 0, 1000, 0], shape: [2, 2])
    let narrow = Tensor(repeating: -16, shape: [2, 2])
    let q = aggregateLogDensity(far.reshaped(to: [1, 2, 2]), far, narrow, of: 2)
    let own = 8 - 0.5 * Foundation.log(2 * Double.pi)
    expectClose(q.joint, [2 * own - log(2), 2 * own - log(2)], shape: [1, 2], relative: 1e-5)
    expectClose(q.marginals, [own - log(2), own, own - log(2), own], shape: [1, 2, 2], relative: 1e-5)
  }
}
