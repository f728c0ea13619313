import Foundation
import Tensors
import TestSupport
import Testing
import _Differentiation

private func softplus(_ x: Double) -> Double { max(x, 0) + Foundation.log1p(Foundation.exp(-abs(x))) }

struct LikelihoodsTests {
  @Test func bernoulliMatchesReferenceValues() throws {
    let reference = try Reference.operation("bernoulli_log_probability")
    let x = try reference.input("x")
    let (value, pullback) = valueWithPullback(at: try reference.input("logits")) { bernoulliLogProbability($0, of: x) }
    try reference.expect(value: value, gradients: ["logits": pullback(reference.cotangent.tensor)])
  }

  @Test func gaussianMatchesReferenceValues() throws {
    let reference = try Reference.operation("gaussian_log_probability")
    let point = Pair(try reference.input("mean"), try reference.input("log_variance"))
    let x = try reference.input("x")
    let (value, pullback) = valueWithPullback(at: point) { gaussianLogProbability($0.a, $0.b, of: x) }
    let parts = point.parts(of: pullback(reference.cotangent.tensor))
    try reference.expect(value: value, gradients: ["mean": parts[0], "log_variance": parts[1]])
  }

  /// Sizes around the blocks in which the kernel multiplies factors before it takes a logarithm.
  @Test(arguments: [1, 15, 16, 17, 784, 1023, 1024, 1025, 1039, 1040, 2048, 3100])
  func bernoulliOfAnySize(size: Int) {
    let logits = sampleTensor([3, 2, size], seed: 1, bound: 8)
    let x = RandomStream(seed: 2).uniform([2, size])
    let (l, t) = (logits.scalars.map(Double.init), x.scalars.map(Double.init))
    let terms = l.indices.map { i -> Double in t[i % (2 * size)] * l[i] - softplus(l[i]) }
    let expected = (0..<6).map { row in terms[row * size..<(row + 1) * size].reduce(0, +) }
    expectClose(bernoulliLogProbability(logits, of: x), expected, shape: [3, 2], relative: 2e-6)
    let residual = gradientParts(at: logits) { bernoulliLogProbability($0, of: x) }[0]
    let gradient = l.indices.map { i -> Double in t[i % (2 * size)] - 1 / (1 + Foundation.exp(-l[i])) }
    expectClose(residual, gradient, shape: [3, 2, size], relative: 2e-6)
  }

  @Test func bernoulliHasItsGradient() {
    let x = RandomStream(seed: 3).bernoulli(Tensor(repeating: 0.5, shape: [3, 5]))
    expectGradient(at: sampleTensor([2, 3, 5], seed: 4)) { bernoulliLogProbability($0, of: x) }
    let grey = RandomStream(seed: 5).uniform([3, 5])
    expectGradient(at: sampleTensor([2, 3, 5], seed: 6)) { bernoulliLogProbability($0, of: grey) }
  }

  /// Certain and right costs nothing; certain and wrong costs the logit.
  @Test func bernoulliWithExtremeLogits() {
    let logits = Tensor([100, -100, 1e4, -1e4, 1e30, -1e30], shape: [6, 1, 1])
    let ones = bernoulliLogProbability(logits, of: Tensor([1], shape: [1, 1]))
    expectClose(ones, [0, -100, 0, -1e4, 0, -1e30], shape: [6, 1], relative: 1e-7, absolute: 1e-30)
    let zeros = bernoulliLogProbability(logits, of: Tensor([0], shape: [1, 1]))
    expectClose(zeros, [-100, 0, -1e4, 0, -1e30, 0], shape: [6, 1], relative: 1e-7, absolute: 1e-30)
    let residual = gradientParts(at: logits) { bernoulliLogProbability($0, of: Tensor([1], shape: [1, 1])) }[0]
    expectClose(residual, [0, 1, 0, 1, 0, 1], shape: [6, 1, 1], absolute: 1e-6)
  }

  /// A whole image of logits that saturate: no product of factors may overflow or vanish.
  @Test func bernoulliOfSaturatedImages() {
    for logit in [-50, -1e-3, 0, 1e-3, 50] as [Float] {
      let logits = Tensor(repeating: logit, shape: [1, 1, 5000])
      let x = Tensor(repeating: 0, shape: [1, 5000])
      expectClose(
        bernoulliLogProbability(logits, of: x), [-5000 * softplus(Double(logit))], shape: [1, 1], relative: 1e-5,
        absolute: 1e-15)
    }
  }

  @Test func bernoulliKeepsNotANumber() {
    var logits = sampleTensor([1, 1, 40], seed: 7)
    logits.withMutablePointer { $0[33] = .nan }
    #expect(bernoulliLogProbability(logits, of: Tensor(repeating: 1, shape: [1, 40])).scalar.isNaN)
  }

  @Test func gaussianHasItsGradient() {
    let x = sampleTensor([3, 4], seed: 8)
    expectGradient(at: Pair(sampleTensor([2, 3, 4], seed: 9), sampleTensor([2, 3, 4], seed: 10, bound: 1))) {
      gaussianLogProbability($0.a, $0.b, of: x)
    }
  }

  @Test func gaussianIsTheDensity() {
    let mean = sampleTensor([2, 3, 20], seed: 11)
    let logVariance = sampleTensor([2, 3, 20], seed: 12)
    let x = sampleTensor([3, 20], seed: 13)
    let terms = (0..<120).map { i -> Double in
      let distance = Double(x.scalars[i % 60]) - Double(mean.scalars[i])
      let variance: Double = Foundation.exp(Double(logVariance.scalars[i]))
      return -0.5 * (Foundation.log(2 * Double.pi * variance) + distance * distance / variance)
    }
    let expected = (0..<6).map { row in terms[row * 20..<(row + 1) * 20].reduce(0, +) }
    expectClose(gaussianLogProbability(mean, logVariance, of: x), expected, shape: [2, 3])
  }

  @Test func discretizedLogisticHasItsGradient() {
    // Both open bins, and grey values between.
    let x = Tensor([0, 1, 128 / 255, 3 / 255, 254 / 255, 0, 1, 77 / 255, 0, 0, 1, 1], shape: [3, 4])
    expectGradient(at: Pair(sampleTensor([2, 3, 4], seed: 14, bound: 1), sampleTensor([2, 3, 4], seed: 15, bound: 1))) {
      discretizedLogisticLogProbability($0.a, $0.b, of: x)
    }
  }

  /// The defining difference of sigmoids, in double precision; in the tails of its mirror image, so that it doesn't cancel.
  private func logisticMass(_ value: Int, _ location: Double, _ scale: Double) -> Double {
    func sigmoid(_ t: Double) -> Double { 1 / (1 + Foundation.exp(-t)) }
    let upper = value == 255 ? Double.infinity : ((Double(value) + 0.5) / 255 - location) / scale
    let lower = value == 0 ? -Double.infinity : ((Double(value) - 0.5) / 255 - location) / scale
    return lower > 0 ? sigmoid(-lower) - sigmoid(-upper) : sigmoid(upper) - sigmoid(lower)
  }

  @Test func discretizedLogisticIsTheMassOfItsBin() {
    for (location, logScale) in [(0.5, -2.0), (0.1, -4), (-0.3, -2.5), (1.1, -3), (0.25, -6), (0.7, 1)]
      as [(Double, Double)]
    {
      for value in [0, 1, 2, 30, 64, 127, 200, 254, 255] {
        let found = discretizedLogisticLogProbability(
          Tensor([Float(location)], shape: [1, 1, 1]), Tensor([Float(logScale)], shape: [1, 1, 1]),
          of: Tensor([Float(value) / 255], shape: [1, 1]))
        let mass = logisticMass(value, location, Foundation.exp(logScale))
        guard mass > 1e-280 else { continue }
        expectClose(
          Double(found.scalar), Foundation.log(mass), relative: 2e-4, absolute: 2e-5,
          "value \(value), location \(location), log-scale \(logScale)")
      }
    }
  }

  @Test func discretizedLogisticSumsToOneAndStaysFinite() {
    let values = Tensor((0..<256).map { Float($0) / 255 }, shape: [256, 1])
    for location in [-1e4, -1, 0, 0.004, 0.6, 1, 3, 1e4] as [Float] {
      for logScale in [-9, -5, -1, 2] as [Float] {
        let (value, pullback) = valueWithPullback(
          at: Tensor(repeating: location, shape: [1, 256, 1]), Tensor(repeating: logScale, shape: [1, 256, 1])
        ) { discretizedLogisticLogProbability($0, $1, of: values) }
        #expect(value.isFinite && value.scalars.allSatisfy { $0 <= 0 })
        let sum = value.scalars.reduce(0) { $0 + Foundation.exp(Double($1)) }
        expectClose(sum, 1, relative: 1e-4, "location \(location), log-scale \(logScale)")
        let (dLocation, dLogScale) = pullback(Tensor(repeating: 1, shape: [1, 256]))
        #expect(dLocation.isFinite && dLogScale.isFinite)
      }
    }
  }

  @Test func trapsOnShapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      _ = bernoulliLogProbability(Tensor([1, 2], shape: [1, 2]), of: Tensor([1, 0], shape: [1, 2]))
    }
    await #expect(processExitsWith: .failure) {
      _ = gaussianLogProbability(
        Tensor([1, 2], shape: [1, 1, 2]), Tensor([1], shape: [1, 1, 1]), of: Tensor([1, 0], shape: [1, 2]))
    }
  }
}
