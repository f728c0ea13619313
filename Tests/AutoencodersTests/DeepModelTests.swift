import Autoencoders
import Networks
import Tensors
import TestSupport
import Testing

/// Every deep model that a configuration can make, small.
private let kinds: [ModelConfiguration] = {
  var base = ModelConfiguration(inputSize: 16)
  base.activation = .tanh
  base.hidden = [6, 5]
  base.latents = [3, 2]
  base.family = .dlgm
  let deep = ModelConfiguration.PosteriorFamily.allCases.map { posterior in
    var model = base
    model.posterior = posterior
    model.flowSteps = posterior == .flow ? 3 : nil
    return model
  }
  let others = [ModelConfiguration.Family.ladder, .bottomUp].flatMap { family in
    [[3, 2], [2, 2, 3]].map { latents in
      var model = base
      model.family = family
      model.latents = latents
      model.hidden = latents.map { $0 + 3 }
      return model
    }
  }
  return deep + others
}()

struct DeepModelTests {
  @Test(arguments: kinds)
  func everyParameterLearns(_ configuration: ModelConfiguration) {
    func check<Model: LatentVariableModel>(_ model: Model) { expectEveryParameterLearns(model) }
    check(configuration.makeModel(RandomStream(seed: 3)))
  }

  @Test(
    arguments: kinds,
    [Objective(samples: 2), Objective(samples: 2, divergence: .sampled), Objective(bound: .iwae, samples: 2)])
  func gradientsAreThoseOfDifferences(_ configuration: ModelConfiguration, _ objective: Objective) {
    func check<Model: LatentVariableModel>(_ model: Model) {
      expectGradientsOfDifferences(shaken(model, by: 0.15), objective)
    }
    check(configuration.makeModel(RandomStream(seed: 4)))
  }

  @Test(arguments: kinds)
  func latentsAreStandardNormalUnderThePrior(_ configuration: ModelConfiguration) {
    func check<Model: LatentVariableModel>(_ model: Model) {
      #expect(model.latentLayers == configuration.layers)
      let report = Evaluator().bound(model, on: Bars.examples(30))
      let byLayer = report.activeUnits(inLayers: model.latentLayers)
      #expect(byLayer.count == configuration.layers.count && byLayer.reduce(0, +) == report.activeUnits)
      expectOneSetOfLatents(shaken(model))
    }
    check(configuration.makeModel(RandomStream(seed: 5)))
  }

  /// Without noise a draw is where the posterior says it lies.
  @Test(arguments: kinds)
  func meansAreDrawsWithoutNoise(_ configuration: ModelConfiguration) {
    func check<Model: LatentVariableModel>(_ model: Model) {
      let model = shaken(model)
      let encoding = model.encode(sampleData(model))
      let (mean, deviation) = model.posterior(encoding)
      let still = model.latents(of: encoding, noise: Tensor(repeating: 0, shape: [1, 3, model.noiseSize]))
      for (a, b) in zip(still.scalars, mean.scalars) { #expect(abs(a - b) < 1e-4 * max(1, abs(b))) }
      #expect(deviation.shape == mean.shape && deviation.scalars.allSatisfy { $0 > 0 && $0.isFinite })
    }
    check(configuration.makeModel(RandomStream(seed: 6)))
  }

  /// What a ladder merges is narrower than what its prior expects, and never costs less than nothing.
  @Test func ladderMergesByPrecision() {
    func check<Model: LatentVariableModel>(_ model: Model) {
      let model = shaken(model, by: 1)
      let x = sampleData(model)
      let (_, deviation) = model.posterior(model.encode(x))
      let below = deviation.columns(0..<3).scalars
      #expect(below.allSatisfy { $0 < 1 })
      let evidence = model.evidence(of: x, noise: sampleNoise(model), divergence: .analytic)
      #expect(evidence.divergence.shape == [2, 3, 2] && evidence.divergence.scalars.allSatisfy { $0 >= 0 })
    }
    let ladder = kinds.first { $0.family == .ladder }!
    check(ladder.makeModel(RandomStream(seed: 7)))
  }

  @Test(arguments: kinds)
  func trainsResumesAndComesBackFromAFile(_ configuration: ModelConfiguration) throws {
    var configuration = configuration
    configuration.hidden = configuration.hidden.map { _ in 12 }
    func check<Model: LatentVariableModel>(_ model: Model, _ make: ModelConfiguration) throws {
      // Without a warm-up, levels of latents are given up before they have been of use.
      let warmed = { (settings: inout TrainingSettings) in
        settings.objective.warmUp = 0.7
        settings.epochs = 20
      }
      try expectRoundTrip(gain: 0.6, warmed) { make.makeModel(RandomStream(seed: $0)) as! Model }
    }
    let model = configuration.makeModel(RandomStream(seed: 1))
    try check(model, configuration)
  }

  @Test func impossibleSizesAreExplained() {
    var model = kinds[0]
    model.latents = [0, 2]
    #expect(model.deepProblem?.key == "model.latents")
    model.latents = [1]
    model.posterior = .full
    #expect(model.deepProblem?.key == "model.posterior")
    model.family = .ladder
    model.latents = [3, 2, 1]
    #expect(model.deepProblem?.key == "model.hidden")
  }
}
