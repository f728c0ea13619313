import Autoencoders
import Foundation
import Tensors
import Testing

/// Mutual information and divergence from the prior, where both are known.
struct AggregatePosteriorTests {
  private func standardDivergence(mean: Double, deviation: Double) -> Double {
    0.5 * (mean * mean + deviation * deviation - 1) - log(deviation)
  }

  @Test func posteriorsThatAreAllAlikeTellNothing() {
    let aggregate = AggregatePosterior(
      means: Tensor([0.5, -1]).broadcast(to: [300, 2]), deviations: Tensor([0.8, 2]).broadcast(to: [300, 2]))
    let report = Evaluator().report(on: aggregate, draws: 2000)
    #expect(abs(report.mutualInformation) < 1e-5)
    let divergence = standardDivergence(mean: 0.5, deviation: 0.8) + standardDivergence(mean: -1, deviation: 2)
    #expect(abs(report.rate - divergence) < 1e-6 && abs(report.divergenceFromPrior - divergence) < 2e-5)
    #expect(!report.isNearCeiling)
  }

  @Test func posteriorsThatDoNotMeetTellWhichExampleItWas() {
    let count = 700
    let means = Tensor((0..<count).map { Float($0) }, shape: [count, 1])
    let aggregate = AggregatePosterior(means: means, deviations: Tensor(repeating: 0.01, shape: [count, 1]))
    let report = Evaluator().report(on: aggregate, draws: 2000)
    #expect(abs(report.mutualInformation - log(Double(count))) < 1e-4)
    #expect(report.ceiling == log(Double(count)) && report.isNearCeiling && report.standardError < 1e-4)
  }

  /// Means drawn from N(0, a^2) and posteriors of deviation s make q(z) = N(0, a^2 + s^2), unit by unit.
  @Test func manyLinearGaussianPosteriorsAddUpToAGaussian() {
    let (count, spread, deviation) = (20_000, [0.9, 1.5], [0.5, 0.4])
    let means = RandomStream(seed: 1).normal([count, 2]) * Tensor(spread.map(Float.init))
    let aggregate = AggregatePosterior(
      means: means, deviations: Tensor(deviation.map(Float.init)).broadcast(to: [count, 2]))
    let report = Evaluator(threads: 2, seed: 2).report(on: aggregate, draws: 20_000)
    var (information, divergence) = (0.0, 0.0)
    for (a, s) in zip(spread, deviation) {
      let total = a * a + s * s
      information += 0.5 * log(total / (s * s))
      divergence += standardDivergence(mean: 0, deviation: total.squareRoot())
    }
    #expect(report.standardError > 0.001 && report.standardError < 0.02)
    #expect(abs(report.mutualInformation - information) < 4 * report.standardError + 0.005)
    // The means are a sample too, so the rate has an error of its own.
    let error = 4 * (report.standardError + report.rateStandardError) + 0.005
    #expect(abs(report.divergenceFromPrior - divergence) < error)
    #expect(abs(report.rate - information - divergence) < error)
    #expect(report.count == count && report.draws == 20_000 && !report.isNearCeiling)
  }

  @Test func theEncoderOfAModelIsWhatIsSummedUp() {
    let model = LinearGaussianModel.withExactPosterior()
    let x = model.draws(3000, seed: 3)
    let evaluator = Evaluator(threads: 2, seed: 4)
    let aggregate = evaluator.aggregatePosterior(model, of: examples(x))
    #expect(aggregate.count == 3000 && aggregate.size == 2)
    let report = evaluator.report(on: aggregate)
    #expect(abs(report.rate - evaluator.bound(model, on: examples(x)).divergence) < 1e-5)
    // The exact posteriors of a model's own data add up to its prior, as far as 3000 examples can show.
    #expect(report.divergenceFromPrior < 0.02 + 4 * (report.standardError + report.rateStandardError))
    #expect(report.mutualInformation > 1)
  }

  @Test func resultsDoNotDependOnThreads() {
    let model = LinearGaussianModel.withPoorPosterior()
    let data = examples(model.draws(1000, seed: 5))
    let reports = [1, 2, 3].map { threads in
      let evaluator = Evaluator(threads: threads, seed: 6)
      return evaluator.report(on: evaluator.aggregatePosterior(model, of: data), draws: 1000)
    }
    for other in reports.dropFirst() {
      #expect(other.mutualInformation == reports[0].mutualInformation && other.rate == reports[0].rate)
      #expect(other.standardError == reports[0].standardError)
    }
    let another = Evaluator(seed: 7)
    let report = another.report(on: another.aggregatePosterior(model, of: data), draws: 1000)
    #expect(report.mutualInformation != reports[0].mutualInformation)
  }

  // MARK: the estimate with another prior

  @Test func aStandardComponentIsTheStandardPrior() {
    let model = LinearGaussianModel.withPoorPosterior()
    let data = examples(model.draws(100, seed: 8))
    let standard = GaussianMixture(
      means: Tensor([0, 0], shape: [1, 2]), deviations: Tensor([1, 1], shape: [1, 2]))
    let evaluator = Evaluator(seed: 9)
    let (plain, mixed) = (
      evaluator.importanceEstimate(model, on: data, samples: 200),
      evaluator.importanceEstimate(model, prior: standard, on: data, samples: 200)
    )
    for (a, b) in zip(plain.values, mixed.values) { #expect(abs(a - b) < 1e-5 * (1 + abs(a))) }
  }

  /// With z ~ N(m, diag v) the linear-Gaussian model is one still: x ~ N(W' m + b, W' diag(v) W + s^2 I).
  @Test func anotherGaussianPriorGivesItsOwnLikelihood() {
    let model = LinearGaussianModel.withPoorPosterior()
    let x = model.draws(200, seed: 10)
    let (m, s): ([Float], [Float]) = ([0.3, -0.2], [0.8, 1.1])
    let prior = GaussianMixture(
      means: Tensor(m + m, shape: [2, 2]), deviations: Tensor(s + s, shape: [2, 2]))
    let report = Evaluator(threads: 2, seed: 11).importanceEstimate(
      model, prior: prior, on: examples(x), samples: 3000)
    let w = model.decoderWeight.scalars.map(Double.init)
    var bias = model.decoderBias.scalars.map(Double.init)
    var linear = w
    for d in 0..<6 {
      for unit in 0..<2 {
        bias[d] += Double(m[unit]) * w[unit * 6 + d]
        linear[unit * 6 + d] *= Double(s[unit])
      }
    }
    let truth = ExactGaussian(linear: linear, bias: bias, noise: exp(Double(model.logVariance.scalar)))
      .logDensities(x)
    #expect(abs(report.estimate - truth.mean) < 0.005)
    #expect(abs(truth.mean - model.marginal.logDensities(x).mean) > 0.02)
  }

  @Test func aFittedPriorExplainsOtherDataBetterThanOneTheEncoderMisses() {
    // An encoder whose posteriors are far from the prior all together, with a decoder that undoes it.
    var model = LinearGaussianModel.withExactPosterior()
    model.encoderBias = model.encoderBias + 2
    let undone = dense(
      Tensor([2, 2], shape: [1, 2]), model.decoderWeight, Tensor(repeating: 0, shape: [6]), .identity)
    let x = model.draws(2000, seed: 12)
    let other = model.draws(300, seed: 13)
    model.decoderBias = model.decoderBias - undone.reshaped(to: [6])
    let evaluator = Evaluator(threads: 2, seed: 14)
    let fit = evaluator.mixture(of: evaluator.aggregatePosterior(model, of: examples(x)), components: 3)
    let plain = evaluator.importanceEstimate(model, on: examples(other), samples: 500)
    let fitted = evaluator.importanceEstimate(model, prior: fit.mixture, on: examples(other), samples: 500)
    // Moved by two as the latents are, the fitted prior gives back the model that the data came from.
    #expect(fitted.estimate > plain.estimate + 1)
    let truth = LinearGaussianModel.withExactPosterior().marginal.logDensities(other).mean
    #expect(abs(fitted.estimate - truth) < 0.03)
  }
}
