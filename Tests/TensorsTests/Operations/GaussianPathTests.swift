import Foundation
import Tensors
import TestSupport
import Testing
import _Differentiation

struct GaussianPathTests {
  private let mean = sampleTensor([3, 4], seed: 1)
  private let logVariance = sampleTensor([3, 4], seed: 2)

  private func draw(_ q: Pair, _ noise: Tensor, _ gradient: PathGradient) -> GaussianDraw {
    gaussianDraw(q.a, q.b, noise: noise, gradient: gradient)
  }

  /// Gradients of mean and log-variance for cotangents of z and of the ratio.
  private func gradients(
    _ noise: Tensor, _ gradient: PathGradient, dz: Tensor, dRatio: Tensor
  ) -> [Tensor] {
    let q = Pair(mean, logVariance)
    let (_, pullback) = valueWithPullback(at: q) { gaussianDraw($0.a, $0.b, noise: noise, gradient: gradient) }
    var tangent = GaussianDraw.TangentVector.zero
    (tangent.z, tangent.logRatio) = (dz, dRatio)
    return q.parts(of: pullback(tangent))
  }

  @Test(arguments: [PathGradient.stickingTheLanding, .doublyReparameterized])
  func valuesAreThoseOfTheTwoOperations(_ gradient: PathGradient) {
    let noise = sampleTensor([2, 3, 4], seed: 3)
    let draw = draw(Pair(mean, logVariance), noise, gradient)
    let z = gaussianSample(mean, logVariance, noise: noise)
    #expect(draw.z == z)
    #expect(draw.logRatio == gaussianLogRatio(z, logVariance, noise: noise))
  }

  /// Differences of a function in which log q keeps the parameters it had.
  @Test(arguments: [1, 3]) func pathwiseGradientHoldsTheDensityStill(draws: Int) {
    let noise = sampleTensor([draws, 3, 4], seed: 4)
    let (dz, dRatio) = (sampleTensor([draws, 3, 4], seed: 5), sampleTensor([draws, 3, 4], seed: 6))
    let (m, v) = (mean.scalars.map(Double.init), logVariance.scalars.map(Double.init))
    let (a, b, e) = (dz.scalars.map(Double.init), dRatio.scalars.map(Double.init), noise.scalars.map(Double.init))
    func value(_ i: Int, _ mean: Double, _ logVariance: Double) -> Double {
      (0..<draws).reduce(0) { sum, k in
        let j = k * 12 + i
        let z = mean + Foundation.exp(logVariance / 2) * e[j]
        let logQ = -0.5 * (v[i] + (z - m[i]) * (z - m[i]) / Foundation.exp(v[i]))
        return sum + a[j] * z + b[j] * (logQ + 0.5 * z * z)
      }
    }
    let h = 1e-5
    let parts = gradients(noise, .stickingTheLanding, dz: dz, dRatio: dRatio)
    expectClose(
      parts[0], (0..<12).map { (value($0, m[$0] + h, v[$0]) - value($0, m[$0] - h, v[$0])) / (2 * h) }, shape: [3, 4],
      relative: 1e-4, absolute: 1e-4)
    expectClose(
      parts[1], (0..<12).map { (value($0, m[$0], v[$0] + h) - value($0, m[$0], v[$0] - h)) / (2 * h) }, shape: [3, 4],
      relative: 1e-4, absolute: 1e-4)
  }

  /// Each draw's pathwise gradient, times its share of the ratio's cotangent.
  @Test func doublyReparameterizedGradientWeighsEachDrawOnceMore() {
    let (noise, dz) = (sampleTensor([3, 3, 4], seed: 7), sampleTensor([3, 3, 4], seed: 8))
    let dRatio = RandomStream(seed: 9).uniform([3, 3, 4])
    var expected = [[Double]](repeating: [Double](repeating: 0, count: 12), count: 2)
    let total = (0..<12).map { i in (0..<3).reduce(0.0) { $0 + Double(dRatio.scalars[$1 * 12 + i]) } }
    for k in 0..<3 {
      func part(_ t: Tensor) -> Tensor { Tensor(Array(t.scalars[k * 12..<(k + 1) * 12]), shape: [1, 3, 4]) }
      let parts = gradients(part(noise), .stickingTheLanding, dz: part(dz), dRatio: part(dRatio))
      for (p, tensor) in parts.enumerated() {
        for i in 0..<12 {
          expected[p][i] += Double(tensor.scalars[i]) * Double(dRatio.scalars[k * 12 + i]) / total[i]
        }
      }
    }
    let parts = gradients(noise, .doublyReparameterized, dz: dz, dRatio: dRatio)
    for p in 0..<2 { expectClose(parts[p], expected[p], shape: [3, 4], relative: 1e-4, absolute: 1e-5) }
  }

  @Test func withOneDrawBothAreTheSame() {
    let noise = sampleTensor([1, 3, 4], seed: 10)
    let (dz, dRatio) = (sampleTensor([1, 3, 4], seed: 11), RandomStream(seed: 12).uniform([1, 3, 4]))
    let a = gradients(noise, .stickingTheLanding, dz: dz, dRatio: dRatio)
    let b = gradients(noise, .doublyReparameterized, dz: dz, dRatio: dRatio)
    for (x, y) in zip(a, b) { expectClose(x, y, relative: 1e-5, absolute: 1e-6) }
  }

  /// More elements than the kernel handles at once.
  @Test func blocksMeetWithoutASeam() {
    let size = 700
    let stream = RandomStream(seed: 13)
    let q = Pair(stream["m"].normal([1, size]), stream["v"].normal([1, size]))
    let noise = stream["e"].normal([2, 1, size])
    var tangent = GaussianDraw.TangentVector.zero
    tangent.logRatio = Tensor(repeating: 1, shape: [2, 1, size])
    let (value, pullback) = valueWithPullback(at: q) {
      gaussianDraw($0.a, $0.b, noise: noise, gradient: .stickingTheLanding)
    }
    let dMean = q.parts(of: pullback(tangent))[0].scalars
    for i in 0..<size {
      let expected = (0..<2).reduce(0.0) { sum, k in
        let deviation: Double = Foundation.exp(0.5 * Double(q.b.scalars[i]))
        return sum + Double(value.z.scalars[k * size + i]) - Double(noise.scalars[k * size + i]) / deviation
      }
      #expect(abs(Double(dMean[i]) - expected) < 1e-4 * (1 + abs(expected)))
    }
  }

  @Test func doublyReparameterizedTrapsWithoutADivergence() async {
    await #expect(processExitsWith: .failure) {
      let one = Tensor([1], shape: [1, 1])
      let (_, pullback) = valueWithPullback(at: Pair(one, one)) {
        gaussianDraw($0.a, $0.b, noise: Tensor([1], shape: [1, 1, 1]), gradient: .doublyReparameterized)
      }
      var tangent = GaussianDraw.TangentVector.zero
      tangent.z = Tensor([1], shape: [1, 1, 1])
      _ = pullback(tangent)
    }
  }
}
