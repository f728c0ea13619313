import Autoencoders
import Networks
import Tensors
import TestSupport
import Testing

private let form = ExampleForm(shape: [16])

/// Every deep model that can be specified, small.
private let kinds: [ModelCase] = {
  let deep = DeepLatentGaussianSpecification.PosteriorFamily.allCases.map { posterior in
    DeepLatentGaussianSpecification.make(form) {
      ($0.hidden, $0.latents, $0.activation, $0.posterior, $0.flowSteps) = ([6, 5], [3, 2], .tanh, posterior, 3)
    }
  }
  let others = [[3, 2], [2, 2, 3]].flatMap { latents in
    [
      LadderSpecification.make(form) {
        ($0.hidden, $0.latents, $0.activation) = (latents.map { $0 + 3 }, latents, .tanh)
      },
      BottomUpSpecification.make(form) {
        ($0.hidden, $0.latents, $0.activation) = (latents.map { $0 + 3 }, latents, .tanh)
      },
    ]
  }
  return deep + others
}()

extension ModelCase {
  /// Latents of each layer.
  fileprivate var layers: [Int] { (specification as! any LatentLayersSetting).latents }
}

struct DeepModelTests {
  @Test(arguments: kinds)
  func everyParameterLearns(_ configuration: ModelCase) {
    func check<Model: LatentVariableModel>(_ model: Model) { expectEveryParameterLearns(model) }
    check(configuration.makeModel(RandomStream(seed: 3)))
  }

  @Test(
    arguments: kinds,
    [Objective(samples: 2), Objective(samples: 2, divergence: .sampled), Objective(bound: .iwae, samples: 2)])
  func gradientsAreThoseOfDifferences(_ configuration: ModelCase, _ objective: Objective) {
    func check<Model: LatentVariableModel>(_ model: Model) {
      expectGradientsOfDifferences(shaken(model, by: 0.15), objective)
    }
    check(configuration.makeModel(RandomStream(seed: 4)))
  }

  @Test(arguments: kinds)
  func latentsAreStandardNormalUnderThePrior(_ configuration: ModelCase) {
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
  func meansAreDrawsWithoutNoise(_ configuration: ModelCase) {
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
    let ladder = kinds.first { $0.specification is LadderSpecification }!
    check(ladder.makeModel(RandomStream(seed: 7)))
  }

  @Test(arguments: kinds)
  func trainsResumesAndComesBackFromAFile(_ configuration: ModelCase) throws {
    var configuration = configuration
    var wide = configuration.specification as! any HiddenLayersSetting
    wide.hidden = wide.hidden.map { _ in 12 }
    configuration.specification = wide
    func check<Model: LatentVariableModel>(_ model: Model, _ make: ModelCase) throws {
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
    var deep = DeepLatentGaussianSpecification(for: form)
    deep.latents = [0, 2]
    #expect(deep.problem(for: form)?.setting == "latents")
    (deep.latents, deep.posterior) = ([1], .full)
    #expect(deep.problem(for: form)?.setting == "posterior")
    var ladder = LadderSpecification(for: form)
    (ladder.hidden, ladder.latents) = ([6, 5], [3, 2, 1])
    #expect(ladder.problem(for: form)?.setting == "hidden")
  }
}
