import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

@testable import Autoencoders

struct WakeSleepTests {
  private func settings(_ change: (inout TrainingSettings) -> Void = { _ in }) -> TrainingSettings {
    Bars.settings {
      $0.algorithm = .wakeSleep
      change(&$0)
    }
  }

  /// With the latents of the wake phase and the dreams held fast, what each half of the weights should climb.
  @Test(arguments: [1, 2])
  func gradientsAreThoseOfFiniteDifferences(_ threads: Int) {
    let (count, draws) = (10, 2)
    let model = Bars.model(seed: 3, hidden: [5], latent: 2)
    let settings = settings {
      $0.threads = threads
      $0.objective.samples = draws
    }
    var trainer = Trainer(model, settings: settings)
    let data = Bars.examples(count)
    let indices = Array(0..<count)[...]
    let (summary, shards) = trainer.wakeSleepGradients(data, indices)
    #expect(shards.count == threads)

    let x = data.batch(indices, stream: trainer.stream["data"][0])
    let noise = trainer.stream["noise"][0].normal([draws, count, 2])
    let z = model.latents(of: model.encode(x), noise: noise)
    let dreams = trainer.dream(draws * count)
    let causes = dreams.z.reshaped(to: [1, draws * count, 2])
    func wake(_ model: MLPAutoencoder<BernoulliOutput>) -> Double {
      Double((model.logLikelihood(of: x, given: z) + standardNormalLogDensity(z)).mean())
    }
    func sleep(_ model: MLPAutoencoder<BernoulliOutput>) -> Double {
      Double(model.logPosterior(of: causes, given: model.encode(dreams.x)).mean())
    }
    #expect(abs(summary.loss + wake(model) + sleep(model)) < 1e-4)
    #expect(Set(dreams.x.scalars) == [0, 1], "dreams are drawn, not expected")

    let parameters = model.parameters
    let parts = shards.map { model.parts(of: $0) }
    for (index, name) in model.parameterNames.enumerated() {
      let isDecoder = name.hasPrefix("decoder") || name.hasPrefix("output")
      for element in 0..<parameters[index].count {
        func value(_ step: Float) -> Double {
          var moved = parameters
          moved[index].withMutablePointer { $0[element] += step }
          let model = model.replacingParameters(with: moved)
          return isDecoder ? wake(model) : sleep(model)
        }
        let h: Float = 0.02
        let difference = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / Double(12 * h)
        // The loss falls where the two rise.
        let found = -parts.reduce(0.0) { $0 + Double($1[index].scalars[element]) }
        #expect(abs(found - difference) < 1e-3 + 5e-3 * abs(difference), "\(name)[\(element)]")
      }
    }
  }

  /// Where p(x) is known and the decoder right, sleep alone must find the exact posterior.
  @Test func dreamsTeachTheExactPosterior() throws {
    let model = LinearGaussianModel.withPoorPosterior()
    let x = model.draws(2000, seed: 1)
    let (data, truth) = (examples(x), model.marginal.logDensities(x).mean)
    var settings = settings {
      $0.batchSize = 100
      $0.epochs = 60
      $0.optimizer.rate = 0.01
    }
    settings.schedule = Schedule(.cosine(floor: 0))
    var trainer = Trainer(model, settings: settings)
    try trainer.fit(data)
    let evaluator = Evaluator(seed: 2)
    #expect(evaluator.bound(model, on: data, samples: 50).bound < truth - 0.2)
    let trained = trainer.model
    let found = trained.marginal.logDensities(x).mean
    #expect(found > truth - 0.02, "the decoder was right: \(found), \(truth)")
    let bound = evaluator.bound(trained, on: data, samples: 50).bound
    #expect(bound > found - 0.02, "bound \(bound), log p(x) \(found)")
  }

  @Test func boundOfBarsRises() throws {
    let (train, held) = (Bars.examples(2000), Bars.examples(500, seed: 1))
    let model = Bars.model(seed: 1, hidden: [24], latent: 4)
    var trainer = Trainer(
      model,
      settings: settings {
        $0.epochs = 20
        $0.optimizer.rate = 0.005
      })
    try trainer.fit(train)
    let evaluator = Evaluator(seed: 2)
    let (before, after) = (evaluator.bound(model, on: held).bound, evaluator.bound(trainer.model, on: held).bound)
    #expect(after > before + 2, "from \(before) to \(after)")
  }

  @Test func threadsChangeOnlyTheRounding() throws {
    let runs = try [1, 3].map { threads in
      var trainer = Trainer(
        Bars.model(seed: 1),
        settings: settings {
          $0.threads = threads
          $0.objective.samples = 2
          $0.optimizer = OptimizerSettings(.sgd, rate: 0.01)
        })
      try trainer.fit(Bars.examples(90))
      return trainer.model.parameters
    }
    for (a, b) in zip(runs[0], runs[1]) {
      for (a, b) in zip(a.scalars, b.scalars) { #expect(abs(a - b) < 1e-4) }
    }
  }

  @Test func boundsAreNotItsBusiness() {
    #expect(settings().problem == nil)
    for objective in [Objective(bound: .iwae, samples: 3), Objective(beta: 2), Objective(warmUp: 0.5)] {
      #expect(settings { $0.objective = objective }.problem?.contains("wake-sleep") == true)
      #expect(Bars.settings { $0.objective = objective }.problem == nil)
    }
  }

  @Test func brokenDataStopsIt() {
    var values = Bars.examples(40).batch(Array(0..<40)[...], stream: RandomStream(seed: 0)).scalars
    values[7] = .infinity
    var trainer = Trainer(Bars.model(seed: 1), settings: settings())
    #expect(throws: TrainingError.self) { try trainer.fit(examples(Tensor(values, shape: [40, 16]))) }
    #expect(trainer.model.parameters.allSatisfy { $0.isFinite })
  }
}
