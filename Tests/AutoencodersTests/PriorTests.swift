import Autoencoders
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

private func configuration(_ prior: PriorSettings.Kind, scaling: InputScaling = .center) -> ModelCase {
  MLPSpecification.make(ExampleForm(shape: [16])) {
    ($0.activation, $0.hidden, $0.latent, $0.inputScaling) = (.tanh, [12], 3, scaling)
    $0.prior = PriorSettings(prior, components: 4)
  }
}

private let kinds = [configuration(.mixture), configuration(.vamp), configuration(.vamp, scaling: .none)]

struct PriorTests {
  @Test(arguments: kinds)
  func everyParameterLearns(_ configuration: ModelCase) {
    func check<Model: LatentVariableModel>(_ model: Model) { expectEveryParameterLearns(model) }
    check(configuration.makeModel(RandomStream(seed: 3)))
  }

  @Test(arguments: kinds, [Objective(samples: 2), Objective(bound: .iwae, samples: 2)])
  func gradientsAreThoseOfDifferences(_ configuration: ModelCase, _ objective: Objective) {
    func check<Model: LatentVariableModel>(_ model: Model) {
      expectGradientsOfDifferences(shaken(model, by: 0.15), objective)
    }
    check(configuration.makeModel(RandomStream(seed: 4)))
  }

  /// The cost of a draw is log q - log p with the density that the prior's own draws follow: E_p[N / p] = 1.
  @Test(arguments: kinds)
  func drawsOfThePriorFollowItsDensity(_ configuration: ModelCase) {
    func check<Model: LatentVariableModel>(_ model: Model) {
      let model = shaken(model, by: 0.2)
      let count = 40_000
      let z = model.priorSample(count, RandomStream(seed: 5), temperature: 1).reshaped(to: [1, count, 3])
      let ratios = model.logPriorRatio(of: z)!.value.scalars.map { Foundation.exp(-Double($0)) }
      // Of z under N(0, I), whose second moments are 1.
      let first = z.scalars.enumerated().filter { $0.offset % 3 == 0 }.map { Double($0.element) }
      let mean = ratios.reduce(0, +) / Double(count)
      let square = zip(ratios, first).reduce(0) { $0 + $1.0 * $1.1 * $1.1 } / Double(count)
      #expect(abs(mean - 1) < 0.1, "\(mean)")
      #expect(abs(square - 1) < 0.25, "\(square)")

      let (x, noise) = (sampleData(model), sampleNoise(model))
      let encoding = model.encode(x)
      let draws = model.latents(of: encoding, noise: noise)
      let evidence = model.evidence(of: x, given: encoding, noise: noise, divergence: .sampled)
      let perUnit: Float = 0.918_938_5
      let standard = -0.5 * square2(draws) - perUnit * 3
      let expected = model.logPosterior(of: draws, given: encoding) - standard - model.logPriorRatio(of: draws)!.value
      for (a, b) in zip(evidence.divergence.scalars, expected.scalars) { #expect(abs(a - b) < 1e-3) }
    }
    check(configuration.makeModel(RandomStream(seed: 6)))
  }

  private func square2(_ z: Tensor) -> Tensor { square(z).sumOverLast() }

  @Test(arguments: kinds)
  func trainsResumesAndComesBackFromAFile(_ configuration: ModelCase) throws {
    func check<Model: LatentVariableModel>(_ model: Model, _ make: ModelCase) throws {
      try expectRoundTrip { make.makeModel(RandomStream(seed: $0)) as! Model }
    }
    let model = configuration.makeModel(RandomStream(seed: 1))
    try check(model, configuration)
  }

  /// Annealing from N(0, I) and importance sampling agree on what a model with a prior of its own gives to data.
  @Test func estimatorsAgreeUnderALearnedPrior() throws {
    func check<Model: LatentVariableModel>(_ model: Model) throws {
      let settings = Bars.settings(epochs: 8) { $0.optimizer.rate = 0.01 }
      var trainer = Trainer(model, settings: settings)
      try trainer.fit(Bars.examples(1200))
      let held = Bars.examples(48, seed: 1)
      let evaluator = Evaluator(threads: 2)
      let importance = evaluator.importanceEstimate(trainer.model, on: held, samples: 2000)
      let plan = AnnealedImportance(chains: 16, temperatures: 100, leapfrogs: 5)
      let annealed = evaluator.annealedEstimate(trainer.model, on: held, plan: plan).forward
      let prior = evaluator.priorEstimate(trainer.model, on: held, samples: 20_000)
      #expect(abs(annealed.estimate - importance.estimate) < 0.06, "\(annealed.estimate), \(importance.estimate)")
      #expect(abs(prior.estimate - importance.estimate) < 0.1, "\(prior.estimate), \(importance.estimate)")
      let bracket = evaluator.bracket(trainer.model, count: 48, plan: plan)
      #expect(bracket.gap > -0.05 && bracket.gap < 0.5, "\(bracket.gap)")
    }
    let model = configuration(.mixture).makeModel(RandomStream(seed: 2))
    try check(model)
  }
}
