import Autoencoders
import Foundation
import Tensors
import Testing
import _Differentiation

/// Bias and variance of each objective's gradient where the truth is known, or can be had from very many draws.
struct GradientEstimatorTests {
  private let model = LinearGaussianModel.withPoorPosterior()

  /// Gradients of the encoder's bias and log-variances (four numbers), from `count` independent batches of draws for the
  /// same examples.
  private func gradients(
    _ model: LinearGaussianModel, _ objective: Objective, _ x: Tensor, count: Int, seed: UInt64
  ) -> [[Double]] {
    (0..<count).map { index in
      let noise = RandomStream(seed: seed)[index].normal([objective.samples, x.shape[0], model.noiseSize])
      let gradient = gradient(at: model) { model -> Float in
        objective.loss(model.evidence(of: x, noise: noise, divergence: objective.divergence), beta: 1)
      }
      return (gradient.encoderBias.scalars + gradient.posteriorLogVariance.scalars).map(Double.init)
    }
  }

  /// The mean of each number over the batches, and its standard error.
  private func summary(_ gradients: [[Double]]) -> [(mean: Double, error: Double)] {
    (0..<4).map { i in
      let values = gradients.map { $0[i] }
      return (values.mean, values.standardError)
    }
  }

  private func variance(_ gradients: [[Double]]) -> Double {
    summary(gradients).reduce(0) { $0 + $1.error * $1.error } * Double(gradients.count)
  }

  /// -d ELBO = d KL(q(z|x) || p(z|x)), which is closed form for diagonal Gaussians.
  private func exactGradient(_ x: Tensor) -> [Double] {
    let (q, p) = (model.encode(x), LinearGaussianModel.withExactPosterior().encode(x))
    var (means, variances) = ([0.0, 0.0], [0.0, 0.0])
    let limit = Double(DiagonalGaussian.logVarianceLimit)
    for example in 0..<x.shape[0] {
      for unit in 0..<2 {
        let at = example * 2 + unit
        let (v, w) = (Double(q.logVariance.scalars[at]), Double(p.logVariance.scalars[at]))
        means[unit] += (Double(q.mean.scalars[at]) - Double(p.mean.scalars[at])) / Foundation.exp(w)
        // The log-variance is bent by limit tanh(. / limit) before it is used.
        variances[unit] += 0.5 * (Foundation.exp(v - w) - 1) * (1 - v * v / (limit * limit))
      }
    }
    return (means + variances).map { $0 / Double(x.shape[0]) }
  }

  @Test(
    arguments: [
      Objective(), Objective(divergence: .sampled), Objective(divergence: .pathwise),
      Objective(samples: 5), Objective(samples: 5, divergence: .sampled), Objective(samples: 5, divergence: .pathwise),
    ])
  func everyELBOGradientIsUnbiased(_ objective: Objective) {
    let x = model.draws(20, seed: 1)
    let exact = exactGradient(x)
    let estimates = summary(gradients(model, objective, x, count: 3000, seed: 2))
    for (estimate, exact) in zip(estimates, exact) {
      #expect(abs(exact) > 0.1, "a gradient of zero would prove nothing")
      #expect(abs(estimate.mean - exact) < 4.5 * estimate.error)
      #expect(estimate.error < 0.05 * abs(exact) + 0.01)
    }
  }

  /// At the exact posterior the ELBO is log p(x) for every draw, so nothing is left of the path's gradient but rounding.
  @Test func stickingTheLandingIsStillAtTheExactPosterior() {
    let exact = LinearGaussianModel.withExactPosterior()
    let x = exact.draws(20, seed: 3)
    let pathwise = variance(gradients(exact, Objective(divergence: .pathwise), x, count: 200, seed: 4))
    let sampled = variance(gradients(exact, Objective(divergence: .sampled), x, count: 200, seed: 4))
    #expect(sampled > 1e-3)
    #expect(pathwise < 1e-6 * sampled)
  }

  @Test func moreDrawsMakeLessNoise() {
    let x = model.draws(20, seed: 5)
    let one = variance(gradients(model, Objective(divergence: .sampled), x, count: 1500, seed: 6))
    let ten = variance(gradients(model, Objective(samples: 10, divergence: .sampled), x, count: 1500, seed: 7))
    #expect(abs(one / ten / 10 - 1) < 0.25)
  }

  /// The reference: the plain importance-weighted gradient, unbiased, of a great many draws.
  @Test(arguments: [2, 5, 20]) func doublyReparameterizedIsTheGradientOfTheSameBound(samples: Int) {
    let x = model.draws(10, seed: 8)
    let reference = summary(
      gradients(model, Objective(bound: .iwae, samples: samples), x, count: 30_000, seed: 9))
    let estimate = summary(
      gradients(
        model, Objective(bound: .iwae, samples: samples, divergence: .doublyReparameterized), x, count: 10_000,
        seed: 10))
    for (a, b) in zip(reference, estimate) {
      #expect(abs(a.mean - b.mean) < 4.5 * (a.error * a.error + b.error * b.error).squareRoot())
      #expect(b.error < 0.02)
    }
    #expect(reference.contains { abs($0.mean) > 10 * $0.error }, "a gradient of zero would prove nothing")
  }

  /// What it is for: the plain gradient's ratio of signal to noise falls with K, this one's rises (Rainforth et al. 2018,
  /// Tucker et al. 2019).
  @Test func doublyReparameterizedKeepsItsSignalAsDrawsGrow() {
    let x = model.draws(10, seed: 11)
    func signalToNoise(_ samples: Int, _ form: DivergenceForm) -> Double {
      let g = gradients(model, Objective(bound: .iwae, samples: samples, divergence: form), x, count: 4000, seed: 12)
      let (signal, noise) = (summary(g).reduce(0) { $0 + $1.mean * $1.mean }, variance(g))
      return (signal / noise).squareRoot()
    }
    #expect(signalToNoise(50, .doublyReparameterized) > 1.5 * signalToNoise(5, .doublyReparameterized))
    #expect(signalToNoise(50, .sampled) < signalToNoise(5, .sampled))
    #expect(signalToNoise(50, .doublyReparameterized) > 3 * signalToNoise(50, .sampled))
  }

  /// The biased combination that the settings refuse: the importance-weighted bound along the plain path.
  @Test func stickingTheLandingIsBiasedForImportanceWeights() {
    let x = model.draws(10, seed: 13)
    let right = summary(gradients(model, Objective(bound: .iwae, samples: 5), x, count: 20_000, seed: 14))
    let wrong = summary(
      gradients(model, Objective(bound: .iwae, samples: 5, divergence: .pathwise), x, count: 5000, seed: 15))
    #expect(zip(right, wrong).contains { abs($0.mean - $1.mean) > 10 * ($0.error + $1.error) })
    #expect(Objective(bound: .iwae, samples: 5, divergence: .pathwise).problem != nil)
  }
}
