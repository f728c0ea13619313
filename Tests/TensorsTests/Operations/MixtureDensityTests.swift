import Foundation
import Tensors
import TestSupport
import Testing
import _Differentiation

struct MixtureDensityTests {
  private struct Point: Differentiable {
    var z: Tensor
    var mean: Tensor
    var logVariance: Tensor
    var logWeight: Tensor
  }

  private let point = Point(
    z: sampleTensor([3, 2, 4], seed: 1), mean: sampleTensor([5, 4], seed: 2),
    logVariance: sampleTensor([5, 4], seed: 3, bound: 1), logWeight: sampleTensor([5], seed: 4, bound: 1))

  @Test func densityIsTheSumOfItsParts() {
    let (z, mean) = (point.z.scalars.map(Double.init), point.mean.scalars.map(Double.init))
    let (logVariance, logWeight) = (point.logVariance.scalars.map(Double.init), point.logWeight.scalars)
    let expected = (0..<6).map { row in
      let sum = (0..<5).reduce(0.0) { sum, k in
        let exponent = (0..<4).reduce(Double(logWeight[k])) { total, d in
          let (apart, v) = (z[row * 4 + d] - mean[k * 4 + d], logVariance[k * 4 + d])
          return total - 0.5 * (apart * apart / Foundation.exp(v) + v + Foundation.log(2 * Double.pi))
        }
        return sum + Foundation.exp(exponent)
      }
      return Foundation.log(sum)
    }
    let found = mixtureLogDensity(point.z, point.mean, point.logVariance, point.logWeight)
    expectClose(found, expected, shape: [3, 2], relative: 1e-5, absolute: 1e-5)
  }

  @Test func gradientIsThatOfDifferences() {
    expectGradient(at: point, tolerance: 1e-3, "mixture density") {
      mixtureLogDensity($0.z, $0.mean, $0.logVariance, $0.logWeight)
    }
  }
}
