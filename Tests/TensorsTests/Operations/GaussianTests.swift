import Foundation
import Tensors
import TestSupport
import Testing
import _Differentiation

struct GaussianTests {
  private let mean = sampleTensor([3, 4], seed: 1)
  private let logVariance = sampleTensor([3, 4], seed: 2)

  @Test(arguments: [1, 2, 5]) func samplesAreScaledAndShiftedNoise(draws: Int) {
    let noise = sampleTensor([draws, 3, 4], seed: 3)
    let z = gaussianSample(mean, logVariance, noise: noise)
    let expected = (0..<draws * 12).map { i -> Double in
      let deviation: Double = Foundation.exp(Double(logVariance.scalars[i % 12]) / 2)
      return Double(mean.scalars[i % 12]) + deviation * Double(noise.scalars[i])
    }
    expectClose(z, expected, shape: [draws, 3, 4], relative: 1e-6)
    expectGradient(at: Pair(mean, logVariance)) { gaussianSample($0.a, $0.b, noise: noise) }
  }

  @Test func divergenceMatchesReferenceValues() throws {
    let reference = try Reference.operation("gaussian_divergence")
    let point = Pair(try reference.input("mean"), try reference.input("log_variance"))
    let (value, pullback) = valueWithPullback(at: point) { gaussianDivergence($0.a, $0.b) }
    let parts = point.parts(of: pullback(reference.cotangent.tensor))
    try reference.expect(value: value, gradients: ["mean": parts[0], "log_variance": parts[1]])
  }

  @Test func divergenceIsZeroAtThePriorOnly() {
    let prior = Tensor(repeating: 0, shape: [5])
    #expect(gaussianDivergence(prior, prior) == prior)
    for value in gaussianDivergence(mean, logVariance).scalars { #expect(value > 0) }
    expectGradient(at: Pair(mean, logVariance)) { gaussianDivergence($0.a, $0.b) }
  }

  @Test func logRatioMatchesReferenceValues() throws {
    let reference = try Reference.operation("gaussian_log_ratio")
    let point = Pair(try reference.input("mean"), try reference.input("log_variance"))
    let noise = try reference.input("noise")
    let (value, pullback) = valueWithPullback(at: point) {
      gaussianLogRatio(gaussianSample($0.a, $0.b, noise: noise), $0.b, noise: noise)
    }
    let parts = point.parts(of: pullback(reference.cotangent.tensor))
    try reference.expect(value: value, gradients: ["mean": parts[0], "log_variance": parts[1]])
  }

  @Test(arguments: [1, 3]) func logRatioHasItsGradient(draws: Int) {
    let noise = sampleTensor([draws, 3, 4], seed: 4)
    let z = sampleTensor([draws, 3, 4], seed: 5)
    expectGradient(at: Pair(z, logVariance)) { gaussianLogRatio($0.a, $0.b, noise: noise) }
  }

  /// log q(z|x) - log p(z) from the two densities.
  @Test func logRatioIsTheDifferenceOfTwoDensities() {
    let noise = sampleTensor([2, 3, 4], seed: 6)
    let z = gaussianSample(mean, logVariance, noise: noise)
    func logDensity(_ x: Double, mean: Double, variance: Double) -> Double {
      let distance: Double = (x - mean) * (x - mean) / variance
      return -0.5 * (Foundation.log(2 * Double.pi * variance) + distance)
    }
    let expected = (0..<24).map { i -> Double in
      let value = Double(z.scalars[i])
      let variance: Double = Foundation.exp(Double(logVariance.scalars[i % 12]))
      let q = logDensity(value, mean: Double(mean.scalars[i % 12]), variance: variance)
      return q - logDensity(value, mean: 0, variance: 1)
    }
    expectClose(gaussianLogRatio(z, logVariance, noise: noise), expected, shape: [2, 3, 4], absolute: 1e-5)
  }

  /// The mean of the sampled ratio is the divergence in closed form.
  @Test func logRatioAveragesToTheDivergence() {
    let noise = RandomStream(seed: 7).normal([40_000, 3, 4])
    let ratio = gaussianLogRatio(gaussianSample(mean, logVariance, noise: noise), logVariance, noise: noise)
    // Its standard deviation is below 10 everywhere here, so this is five standard errors.
    expectClose(ratio.meanOverFirst(), gaussianDivergence(mean, logVariance), absolute: 0.25)
  }

  @Test func trapsOnShapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      _ = gaussianSample(Tensor([1, 2]), Tensor([1, 2]), noise: Tensor([1, 2]))
    }
    await #expect(processExitsWith: .failure) {
      _ = gaussianSample(Tensor([1, 2]), Tensor([1, 2]), noise: Tensor([], shape: [0, 2]))
    }
    await #expect(processExitsWith: .failure) { _ = gaussianDivergence(Tensor([1, 2]), Tensor([1])) }
    await #expect(processExitsWith: .failure) {
      _ = gaussianLogRatio(Tensor([1], shape: [1, 1]), Tensor([1, 2]), noise: Tensor([1, 2], shape: [1, 2]))
    }
  }
}
