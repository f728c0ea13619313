import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

@testable import Autoencoders

/// Layers that differ between training and evaluation, in whole runs.
struct TrainingPassUseTests {
  private let data = Bars.examples(90)

  private func trained(_ model: PictureModel, _ settings: TrainingSettings) throws -> Trainer<PictureModel> {
    var trainer = Trainer(model, settings: settings)
    try trainer.fit(data)
    return trainer
  }

  private func states(_ trainer: Trainer<PictureModel>) -> [Tensor] { trainer.model.states.map(\.value) }

  @Test func gradientReachesEveryParameter() {
    let model = PictureModel(seed: 1)
    let x = data.batch([0, 1, 2, 3, 4, 5], stream: RandomStream(seed: 1)).asConstant
    let noise = RandomStream(seed: 2).normal([2, 6, 3])
    let pass = TrainingPass(stream: RandomStream(seed: 3), rows: 0..<6, of: 6, draws: 2)
    let parts = pass.run {
      gradientParts(at: model) { model in
        let evidence = model.evidence(of: x, noise: noise, divergence: .sampled)
        return evidence.logLikelihood - evidence.divergence.sumOverLast()
      }
    }
    #expect(parts.count == model.parameterNames.count)
    for (name, part) in zip(model.parameterNames, parts) {
      #expect(part.sumOfSquares > 0, "\(name)")
    }
  }

  @Test func learnsAndEvaluatesWithRunningMoments() throws {
    let settings = Bars.settings(epochs: 60) { $0.optimizer.rate = 0.01 }
    let before = Evaluator(seed: 1).bound(PictureModel(seed: 1), on: data).bound
    let trainer = try trained(PictureModel(seed: 1), settings)
    let after = Evaluator(seed: 1).bound(trainer.model, on: data).bound
    #expect(after > before + 1.5, "\(before) to \(after)")
    #expect(
      trainer.model.states.map(\.name) == [
        "normalization.0.mean", "normalization.0.variance", "middle.0.mean", "middle.0.variance",
      ])
    for state in states(trainer) { #expect(state.isFinite && state != PictureModel(seed: 1).states[0].value) }
    // In evaluation an example's result does not depend on its neighbours.
    let x = data.batch([0, 1, 2], stream: RandomStream(seed: 1))
    let (together, alone) = (trainer.model.encode(x).mean, trainer.model.encode(x.rows(1..<2)).mean)
    expectClose(together.rows(1..<2), alone, relative: 1e-4)
  }

  /// Without batch moments the number of threads changes the rounding only, dropout or not.
  @Test(arguments: [Float(0), 0.25]) func threadsChangeOnlyTheRounding(rate: Float) throws {
    let runs = try [1, 2, 3].map { threads in
      try trained(
        PictureModel(seed: 1, normalized: false, rate: rate),
        Bars.settings {
          $0.threads = threads
          $0.objective = Objective(samples: 2)
          $0.optimizer = OptimizerSettings(.sgd, rate: 0.01)
        })
    }
    for other in runs.dropFirst() {
      for (a, b) in zip(runs[0].model.parameters, other.model.parameters) {
        for (a, b) in zip(a.scalars, b.scalars) { #expect(abs(a - b) < 1e-4) }
      }
    }
  }

  /// With them each shard sees its own, but the running moments are those of the whole batch, to the first step exactly.
  @Test func runningMomentsAreTheBatchesWhateverTheThreads() throws {
    let runs = try [1, 2].map { threads in
      var trainer = Trainer(PictureModel(seed: 1), settings: Bars.settings { $0.threads = threads })
      try trainer.fit(data) { _ in .stop }
      return states(trainer)
    }
    for index in [0, 1] { expectClose(runs[1][index], runs[0][index], relative: 1e-4) }
  }

  @Test(arguments: [TrainingAlgorithm.variational, .wakeSleep, .monteCarloEM])
  func resumedRunIsTheUninterruptedOne(_ algorithm: TrainingAlgorithm) throws {
    let settings = Bars.settings(epochs: 3) {
      $0.algorithm = algorithm
      $0.threads = 2
    }
    let whole = try trained(PictureModel(seed: 1), settings)
    var first = Trainer(PictureModel(seed: 1), settings: settings)
    try first.fit(data) { $0.step == 7 ? .stop : .go }
    var second = Trainer(PictureModel(seed: 9), settings: settings)
    try withTemporaryFolder { folder in
      let path = folder + "/checkpoint.safetensors"
      try first.checkpoint.write(to: path)
      try second.restore(Safetensors(contentsOf: path), path: path)
    }
    #expect(states(second) == states(first))
    try second.fit(data)
    #expect(states(second) == states(whole))
    #expect(second.model.parameters == whole.model.parameters)
    #expect(states(whole)[2] != states(first)[2])
  }
}
