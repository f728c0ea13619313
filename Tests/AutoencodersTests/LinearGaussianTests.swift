import Autoencoders
import Foundation
import Networks
import Tensors
import Testing

/// Bounds and estimates where log p(x) is known.
struct LinearGaussianTests {
  /// log p(x|z) - divergence, [draws][examples].
  private func logWeights(
    _ model: LinearGaussianModel, _ x: Tensor, draws: Int, _ form: DivergenceForm, seed: UInt64
  ) -> [[Double]] {
    let noise = RandomStream(seed: seed).normal([draws, x.shape[0], model.noiseSize])
    let weights = model.evidence(of: x, noise: noise, divergence: form).logWeight.scalars
    return (0..<draws).map { draw in (0..<x.shape[0]).map { Double(weights[draw * x.shape[0] + $0]) } }
  }

  @Test(arguments: DivergenceForm.allCases)
  func boundIsBelowByTheDivergenceFromTheExactPosterior(_ form: DivergenceForm) {
    let (model, exact) = (LinearGaussianModel.withPoorPosterior(), LinearGaussianModel.withExactPosterior())
    let x = model.draws(40, seed: 1)
    let truth = model.marginal.logDensities(x)
    let weights = logWeights(model, x, draws: 4000, form, seed: 2)
    let (q, p) = (model.encode(x), exact.encode(x))
    for example in 0..<40 {
      let values = weights.map { $0[example] }
      #expect(values.mean <= truth[example] + 4 * values.standardError)
      // log p(x) = bound + KL(q(z|x) || p(z|x)), and both are diagonal here.
      var gap = 0.0
      for unit in 0..<2 {
        let at = example * 2 + unit
        let difference = Double(q.mean.scalars[at] - p.mean.scalars[at])
        let (v, w) = (Double(q.logVariance.scalars[at]), Double(p.logVariance.scalars[at]))
        gap += 0.5 * (Foundation.exp(v - w) + difference * difference / Foundation.exp(w) - 1 + w - v)
      }
      #expect(gap > 0.05)
      #expect(abs(truth[example] - values.mean - gap) < 5 * values.standardError + 1e-4)
    }
  }

  @Test func exactPosteriorMakesEveryWeightTheEvidence() {
    let model = LinearGaussianModel.withExactPosterior()
    let x = model.draws(50, seed: 3)
    let truth = model.marginal.logDensities(x)
    for draw in logWeights(model, x, draws: 20, .sampled, seed: 4) {
      for (weight, truth) in zip(draw, truth) { #expect(abs(weight - truth) < 1e-4 * (1 + abs(truth))) }
    }
  }

  @Test func exactPosteriorMakesTheAnalyticBoundMeetTheEvidence() {
    let model = LinearGaussianModel.withExactPosterior()
    let x = model.draws(500, seed: 5)
    let report = Evaluator(seed: 6).bound(model, on: examples(x), samples: 400)
    // What is left is the noise of 400 draws of log p(x|z), whose deviation is sqrt(1.8) at most.
    #expect(abs(report.bound - model.marginal.logDensities(x).mean) < 4 * 1.35 / (500 * 400.0).squareRoot())
  }

  @Test func importanceEstimateRisesToTheEvidence() {
    let model = LinearGaussianModel.withPoorPosterior()
    let x = model.draws(400, seed: 7)
    let truth = model.marginal.logDensities(x)
    let reports = [1, 10, 100, 2000].map {
      Evaluator(threads: 2, seed: 8).importanceEstimate(model, on: examples(x), samples: $0)
    }
    let gaps = reports.map { truth.mean - $0.estimate }
    #expect(gaps[0] > 0.2)
    #expect(gaps[1] < 0.5 * gaps[0] && gaps[1] > 0)
    #expect(gaps[2] < 0.25 * gaps[1])
    #expect(abs(gaps[3]) < 0.003)
    for report in reports { #expect(report.count == 400 && report.values.count == 400) }
    // The error is that of a mean over examples, and the examples' own spread is nearly all of it.
    #expect(abs(reports[3].standardError / truth.standardError - 1) < 0.02)
    #expect(reports[3].effectiveSamples > 500 && reports[3].effectiveSamples < 2000)
  }

  @Test func effectiveDrawsAreAllOfThemAtTheExactPosterior() {
    let model = LinearGaussianModel.withExactPosterior()
    let report = Evaluator().importanceEstimate(model, on: examples(model.draws(30, seed: 9)), samples: 300)
    #expect(abs(report.effectiveSamples - 300) < 0.01)
  }

  @Test func importanceWeightedBoundsRiseWithTheirDraws() {
    let model = LinearGaussianModel.withPoorPosterior()
    let rows = model.draws(60, seed: 10)
    // Each example many times, so that the bounds are known to a hundredth of a nat.
    let x = Tensor.stacked([Tensor](repeating: rows, count: 60))
    let bounds = [1, 5, 50].map { k in
      let noise = RandomStream(seed: 11)[k].normal([k, x.shape[0], 2])
      let evidence = model.evidence(of: x, noise: noise, divergence: .sampled)
      return -Double(Objective(bound: .iwae, samples: k).loss(evidence, beta: 1))
    }
    let truth = model.marginal.logDensities(rows).mean
    #expect(bounds[0] + 0.1 < bounds[1])
    #expect(bounds[1] + 0.02 < bounds[2])
    #expect(bounds[2] < truth + 0.01)
  }

  @Test func trainingFindsTheMaximumLikelihoodModel() throws {
    let stream = RandomStream(seed: 12)
    let size = 8
    let truth = LinearGaussianModel(
      decoderWeight: stream["w"].normal([2, size]), decoderBias: stream["b"].normal([size]),
      logVariance: log(Tensor([0.3])), encoderWeight: stream["unused"].normal([size, 2]),
      encoderBias: Tensor([0, 0]), posteriorLogVariance: Tensor([0, 0]), inputSize: size, latentSize: 2)
    let x = truth.draws(2000, seed: 13)
    let data = examples(x)
    let best = greatestLinearLogLikelihood(x, latents: 2)

    let configuration = MLPSpecification.make(ExampleForm(shape: [size])) {
      ($0.hidden, $0.latent) = ([], 2)
      $0.likelihood = .gaussian(.init(variance: .shared, leastDeviation: 0.3), isBounded: false)
    }
    let model = try #require(configuration.makeModel(stream["model"]) as? MLPAutoencoder<GaussianOutput>)
    var settings = TrainingSettings()
    settings.optimizer.rate = 0.01
    settings.schedule = Schedule(.cosine(floor: 0))
    settings.epochs = 200
    settings.batchSize = 100
    var trainer = Trainer(model, settings: settings)
    let untrained = Evaluator().bound(model, on: data).bound
    try trainer.fit(data)

    let trained = trainer.evaluatedModel
    let report = Evaluator(seed: 14).bound(trained, on: data, samples: 200)
    #expect(untrained < best - 1)
    #expect(report.bound > best - 0.05)
    #expect(report.bound < best + 4 * 2 / (2000 * 200.0).squareRoot())
    #expect(report.activeUnits == 2)
    // No model of this kind, the trained one included, is better than the best.
    let decoder = trained.output
    let (shift, scale) = (decoder.dataMean.value, decoder.dataDeviation.value)
    let likelihood = ExactGaussian(
      linear: (decoder.mean.weight * scale).scalars.map(Double.init),
      bias: (decoder.mean.bias * scale + shift).scalars.map(Double.init),
      noise: Double(exp(trained.decode(Tensor([0, 0], shape: [1, 1, 2])).logVariance).scalar)
    ).logDensities(x).mean
    #expect(likelihood < best + 1e-6)
    #expect(likelihood > best - 0.02)
  }
}
