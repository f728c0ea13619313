import Foundation
import Tensors
import TestSupport
import Testing

struct PackedGaussiansTests {
  /// log weight + log N(z; mean, deviation), in double precision, [point][component].
  private func logTerms(_ z: Tensor, _ means: Tensor, _ deviations: Tensor, _ weights: [Double]) -> [[Double]] {
    let (size, x, m, s) = (z.shape[1], z.scalars, means.scalars, deviations.scalars)
    let constant = 0.5 * Foundation.log(2 * Double.pi)
    return (0..<z.shape[0]).map { row in
      weights.indices.map { k in
        var sum = Foundation.log(weights[k])
        for d in 0..<size {
          let deviation = Double(s[k * size + d])
          let e = (Double(x[row * size + d]) - Double(m[k * size + d])) / deviation
          sum -= 0.5 * e * e + Foundation.log(deviation) + constant
        }
        return sum
      }
    }
  }

  private func parts(
    points: Int, components: Int, size: Int
  ) -> (z: Tensor, means: Tensor, deviations: Tensor, weights: [Double]) {
    let stream = RandomStream(seed: UInt64(points * 1000 + components * 10 + size))
    let weights = stream["w"].uniform([components]).scalars.map(Double.init)
    return (
      stream["z"].normal([points, size]).scaled(by: 2), stream["m"].normal([components, size]),
      stream["s"].uniform([components, size]).scaled(by: 1, plus: 0.05), weights.map { $0 / weights.reduce(0, +) }
    )
  }

  /// Panels of 32, points by four and by 128: all at their edges.
  @Test(arguments: [(1, 1, 1), (3, 5, 2), (4, 32, 7), (5, 33, 1), (130, 70, 3), (257, 64, 20), (2, 500, 50)])
  func densitiesAndSharesAreThoseOfTheFormula(_ points: Int, _ components: Int, _ size: Int) {
    let (z, means, deviations, weights) = parts(points: points, components: components, size: size)
    let packed = PackedGaussians(means: means, deviations: deviations, weights: weights)
    #expect(packed.count == components && packed.size == size)
    let density = packed.logDensity(z)
    let (shares, other) = packed.responsibilities(z)
    #expect(density.shape == [points] && shares.shape == [points, components])
    let (d, o, r) = (density.scalars, other.scalars, shares.scalars)
    for (row, terms) in logTerms(z, means, deviations, weights).enumerated() {
      let largest = terms.max()!
      let truth = largest + Foundation.log(terms.reduce(0) { $0 + Foundation.exp($1 - largest) })
      expectClose(d[row], truth, relative: 3e-6, absolute: 3e-6)
      expectClose(o[row], truth, relative: 3e-6, absolute: 3e-6)
      for k in 0..<components {
        expectClose(
          r[row * components + k], Foundation.exp(terms[k] - truth), absolute: 1e-6 * max(1, abs(truth)), "share")
      }
    }
  }

  @Test func narrowGaussiansFarFromZeroAreNotLostToRounding() {
    // Squares of 3000 would leave nothing of a thousandth in 24 bits.
    let packed = PackedGaussians(
      means: Tensor([3, -3], shape: [2, 1]), deviations: Tensor([0.001, 0.001], shape: [2, 1]), weights: [0.5, 0.5])
    let density = packed.logDensity(Tensor([3, 3.001], shape: [2, 1])).scalars
    let top = Foundation.log(0.5 / 0.001 / (2 * Double.pi).squareRoot())
    expectClose(density[0], top, relative: 1e-6)
    expectClose(density[1], top - 0.5, absolute: 5e-4)
  }

  @Test func farPointsAndWeightsOfZeroStayFinite() {
    let packed = PackedGaussians(
      means: Tensor([0, 1, 5], shape: [3, 1]), deviations: Tensor([1, 1, 1], shape: [3, 1]), weights: [1, 0, 0])
    let density = packed.logDensity(Tensor([0, 5, 1e4], shape: [3, 1])).scalars
    let constant = -0.5 * Foundation.log(2 * Double.pi)
    expectClose(density[0], constant)
    expectClose(density[1], constant - 12.5)
    #expect(density[2].isFinite && density[2] < -4e7)
    #expect(packed.responsibilities(Tensor([5], shape: [1, 1])).shares.scalars[2] < 1e-30)
  }

  @Test func momentsAreSumsByShare() {
    let (z, means, deviations, weights) = parts(points: 70, components: 6, size: 3)
    let shares = PackedGaussians(means: means, deviations: deviations, weights: weights).responsibilities(z).shares
    var (whole, split) = (MixtureMoments(components: 6, size: 3), MixtureMoments(components: 6, size: 3))
    whole.add(z, shares: shares)
    for range in [0..<20, 20..<70] {
      var part = MixtureMoments(components: 6, size: 3)
      part.add(z.rows(range), shares: shares.rows(range))
      split.add(part)
    }
    let (x, r) = (z.scalars.map(Double.init), shares.scalars.map(Double.init))
    for k in 0..<6 {
      let column = (0..<70).map { r[$0 * 6 + k] }
      expectClose(whole.weights[k], column.reduce(0, +), relative: 1e-9)
      expectClose(split.weights[k], whole.weights[k], relative: 1e-12)
      for d in 0..<3 {
        var (sum, square) = (0.0, 0.0)
        for row in 0..<70 {
          let value = x[row * 3 + d]
          sum += column[row] * value
          square += column[row] * value * value
        }
        expectClose(whole.sums[k * 3 + d], sum, absolute: 1e-8)
        expectClose(whole.squares[k * 3 + d], square, absolute: 1e-8)
        expectClose(split.sums[k * 3 + d], whole.sums[k * 3 + d], absolute: 1e-12)
      }
    }
  }
}
