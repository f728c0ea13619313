import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

@testable import Autoencoders

struct MonteCarloEMTests {
  private func settings(_ change: (inout TrainingSettings) -> Void = { _ in }) -> TrainingSettings {
    Bars.settings {
      $0.algorithm = .monteCarloEM
      change(&$0)
    }
  }

  @Test(arguments: [1, 2])
  func gradientIsThatOfFiniteDifferences(_ threads: Int) {
    let model = Bars.model(seed: 3, hidden: [5], latent: 2)
    var trainer = Trainer(model, settings: settings { $0.threads = threads })
    let x = Bars.examples(10).batch(Array(0..<10)[...], stream: RandomStream(seed: 1))
    let z = RandomStream(seed: 2).normal([10, 2])
    func joint(_ model: MLPAutoencoder<BernoulliOutput>) -> Double {
      let z = z.reshaped(to: [1, 10, 2])
      return Double((model.logLikelihood(of: x, given: z) + standardNormalLogDensity(z)).mean())
    }
    let (summary, shards) = trainer.completeDataGradients(x, z)
    #expect(shards.count == threads && abs(summary.loss + joint(model)) < 1e-4)
    let (parameters, parts) = (model.parameters, shards.map { model.parts(of: $0) })
    for (index, name) in model.parameterNames.enumerated() {
      guard name.hasPrefix("decoder") || name.hasPrefix("output") else {
        #expect(parts.allSatisfy { $0[index].isSymbolicZero || $0[index].sumOfSquares == 0 }, "\(name)")
        continue
      }
      for element in 0..<parameters[index].count {
        func value(_ step: Float) -> Double {
          var moved = parameters
          moved[index].withMutablePointer { $0[element] += step }
          return joint(model.replacingParameters(with: moved))
        }
        let h: Float = 0.02
        let difference = (8 * (value(h) - value(-h)) - (value(2 * h) - value(-2 * h))) / Double(12 * h)
        let found = -parts.reduce(0.0) { $0 + Double($1[index].scalars[element]) }
        #expect(abs(found - difference) < 1e-3 + 5e-3 * abs(difference), "\(name)[\(element)]")
      }
    }
  }

  /// With weights that all but stay, the chains are draws from each example's posterior, which is known here.
  @Test func chainsAreDrawsFromThePosterior() throws {
    let model = LinearGaussianModel.withExactPosterior()
    let x = model.draws(1000, seed: 1)
    var trainer = Trainer(
      model,
      settings: settings {
        $0.epochs = 40
        $0.batchSize = 100
        $0.optimizer = OptimizerSettings(.sgd, rate: 1e-30)
      })
    try trainer.fit(examples(x))
    let chains = try #require(trainer.chains)
    let exact = model.posterior(model.encode(x))
    let standard = zip(chains.z.scalars, zip(exact.mean.scalars, exact.deviation.scalars)).map {
      Double(($0 - $1.0) / $1.1)
    }
    for unit in 0..<2 {
      let values = stride(from: unit, to: 2000, by: 2).map { standard[$0] }
      #expect(abs(values.mean) < 5 * values.standardError, "unit \(unit): mean \(values.mean)")
      let variance = values.map { ($0 - values.mean) * ($0 - values.mean) }.mean
      #expect(abs(variance - 1) < 5 * (2 / 1000.0).squareRoot(), "unit \(unit): variance \(variance)")
    }
    // The step size accepts nine of ten trajectories.
    var state = PosteriorChains(model, x: x, from: chains.z.reshaped(to: [1, 1000, 2]))
    let chances = state.move(
      steps: [Float](repeating: chains.step, count: 1000), leapfrogs: MonteCarloEM.leapfrogs,
      stream: RandomStream(seed: 9))
    #expect(abs(chances.map(Double.init).mean - 0.9) < 0.05)
  }

  /// It needs no encoder to find the best model there is.
  @Test func reachesTheGreatestLikelihood() throws {
    let stream = RandomStream(seed: 12)
    let size = 8
    let truth = LinearGaussianModel(
      decoderWeight: stream["w"].normal([2, size]), decoderBias: stream["b"].normal([size]),
      logVariance: log(Tensor([0.3])), encoderWeight: stream["unused"].normal([size, 2]),
      encoderBias: Tensor([0, 0]), posteriorLogVariance: Tensor([0, 0]), inputSize: size, latentSize: 2)
    let x = truth.draws(1000, seed: 13)
    let best = greatestLinearLogLikelihood(x, latents: 2)
    let model = LinearGaussianModel(
      decoderWeight: 0.1 * stream["start"].normal([2, size]), decoderBias: Tensor(repeating: 0, shape: [size]),
      logVariance: Tensor([0]), encoderWeight: truth.encoderWeight, encoderBias: Tensor([0, 0]),
      posteriorLogVariance: Tensor([0, 0]), inputSize: size, latentSize: 2)
    var settings = settings {
      $0.epochs = 60
      $0.batchSize = 100
      $0.optimizer.rate = 0.01
    }
    settings.schedule = Schedule(.cosine(floor: 0))
    var trainer = Trainer(model, settings: settings)
    try trainer.fit(examples(x))
    let reached = trainer.model.marginal.logDensities(x).mean
    #expect(model.marginal.logDensities(x).mean < best - 1)
    #expect(reached < best + 1e-6 && reached > best - 0.05, "\(reached), at best \(best)")
    #expect(trainer.model.encoderWeight == truth.encoderWeight, "the encoder has no part in it")
  }

  @Test func threadsChangeOnlyTheRounding() throws {
    let runs = try [1, 3].map { threads in
      var trainer = Trainer(
        Bars.model(seed: 1),
        settings: settings {
          $0.threads = threads
          $0.batchSize = 45
          $0.optimizer = OptimizerSettings(.sgd, rate: 0.01)
        })
      try trainer.fit(Bars.examples(90))
      return trainer.model.parameters
    }
    for (a, b) in zip(runs[0], runs[1]) {
      for (a, b) in zip(a.scalars, b.scalars) { #expect(abs(a - b) < 1e-3) }
    }
  }

  @Test func checkpointOfAnotherAlgorithmIsRefused() throws {
    var trainer = Trainer(Bars.model(seed: 1), settings: Bars.settings())
    try trainer.fit(Bars.examples(40))
    let checkpoint = trainer.checkpoint
    var other = Trainer(Bars.model(seed: 2), settings: settings())
    let weights = other.model.parameters
    #expect(throws: (any Error).self) { try other.restore(checkpoint, path: "c") }
    #expect(other.model.parameters == weights && other.step == 0)
  }
}
