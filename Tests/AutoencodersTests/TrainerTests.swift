import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Autoencoders

struct TrainerTests {
  /// Losses of every step, and the weights they lead to.
  private func run(_ settings: TrainingSettings, seed: UInt64 = 1) throws -> (losses: [Double], weights: [Tensor]) {
    var trainer = Trainer(Bars.model(seed: seed), settings: settings)
    var losses: [Double] = []
    try trainer.fit(Bars.examples(90)) { report in
      losses.append(report.batch.loss)
      return .go
    }
    return (losses, trainer.model.parameters)
  }

  @Test(arguments: [Objective(), Objective(bound: .iwae, samples: 4), Objective(samples: 2, freeBits: 0.2)])
  func threadsChangeOnlyTheRounding(_ objective: Objective) throws {
    let runs = try [1, 2, 3].map { threads in
      try run(
        Bars.settings {
          $0.objective = objective
          $0.threads = threads
          $0.optimizer = OptimizerSettings(.sgd, rate: 0.01)
        })
    }
    for other in runs.dropFirst() {
      #expect(other.losses.count == 15)
      for (a, b) in zip(runs[0].losses, other.losses) { #expect(abs(a - b) < 1e-4 * abs(a)) }
      for (a, b) in zip(runs[0].weights, other.weights) {
        for (a, b) in zip(a.scalars, b.scalars) { #expect(abs(a - b) < 1e-4) }
      }
    }
  }

  @Test(arguments: [1, 2, 3])
  func sameSeedAndThreadsGiveTheSameBits(_ threads: Int) throws {
    let settings = Bars.settings {
      $0.threads = threads
      $0.averageDecay = 0.99
      $0.optimizer.clipNorm = 1
    }
    let (first, second) = (try run(settings), try run(settings))
    #expect(first.losses == second.losses)
    #expect(first.weights == second.weights)
  }

  @Test func seedsDiffer() throws {
    let first = try run(Bars.settings())
    let second = try run(Bars.settings { $0.seed = 6 })
    #expect(first.losses[0] != second.losses[0])
    #expect(first.weights != second.weights)
    #expect(try run(Bars.settings(), seed: 2).losses[0] != first.losses[0])
  }

  @Test func reportsAddUp() throws {
    var trainer = Trainer(Bars.model(seed: 1), settings: Bars.settings { $0.objective.beta = 0.5 })
    var steps: [StepReport] = []
    var epochs: [EpochReport] = []
    try trainer.fit(Bars.examples(50), validation: Bars.examples(30, seed: 1)) { report in
      steps.append(report)
      return .go
    } onEpoch: { report, _ in
      epochs.append(report)
      return .go
    }
    // 50 examples in batches of 20: two whole ones and a half.
    #expect(steps.map(\.step) == Array(1...9) && steps.allSatisfy { $0.totalSteps == 9 })
    #expect(steps.map(\.batch.count) == [20, 20, 10, 20, 20, 10, 20, 20, 10])
    #expect(epochs.map(\.epoch) == [1, 2, 3] && epochs.map(\.step) == [3, 6, 9])
    for epoch in epochs {
      #expect(epoch.training.count == 50)
      let batches = steps.filter { $0.epoch == epoch.epoch }.map(\.batch)
      let mean = batches.reduce(0) { $0 + $1.loss * Double($1.count) } / 50
      #expect(abs(epoch.training.loss - mean) < 1e-9)
      #expect(abs(epoch.training.loss - (0.5 * epoch.training.divergence - epoch.training.logLikelihood)) < 1e-4)
      #expect(epoch.validation?.count == 30)
    }
    #expect(trainer.isFinished && trainer.epoch == 3 && trainer.step == 9)
  }

  @Test func everyExampleIsSeenOnceAnEpochInAnotherOrder() throws {
    let source = Recording(Bars.examples(50))
    var trainer = Trainer(Bars.model(seed: 1), settings: Bars.settings(epochs: 2))
    try trainer.fit(source)
    let (first, second) = (Array(source.seen.prefix(50)), Array(source.seen.suffix(50)))
    #expect(source.seen.count == 100)
    #expect(first.sorted() == Array(0..<50) && second.sorted() == Array(0..<50))
    #expect(first != second && first != Array(0..<50))
  }

  @Test func patienceEndsTrainingThatGetsNoBetter() throws {
    // A step size of next to nothing: the second epoch is the first without a better bound, or soon after.
    let settings = Bars.settings(epochs: 40) {
      $0.patience = 2
      $0.optimizer = OptimizerSettings(.sgd, rate: 1e-30)
    }
    var trainer = Trainer(Bars.model(seed: 1), settings: settings)
    var best: [Bool] = []
    try trainer.fit(Bars.examples(40), validation: Bars.examples(20, seed: 1)) { _ in
      .go
    } onEpoch: { report, _ in
      best.append(report.isBest)
      return .go
    }
    #expect(best == [true, false, false])
    #expect(trainer.isFinished && trainer.epoch == 3)
  }

  @Test func weightAverageIsWhatIsJudged() throws {
    var trainer = Trainer(Bars.model(seed: 1), settings: Bars.settings { $0.averageDecay = 0.9 })
    try trainer.fit(Bars.examples(40))
    #expect(trainer.evaluatedModel.parameters != trainer.model.parameters)
    #expect(trainer.evaluatedModel.parameters == trainer.average?.averages)
  }

  // MARK: What cannot go on

  /// NaN is no broken number but a missing one: see MissingDataTests.
  @Test(arguments: [Float.infinity, -.infinity])
  func brokenDataStopsAtItsStep(_ value: Float) throws {
    // The one bad example decides the step: the third batch of the order that this seed gives holds it.
    let source = Recording(Bars.examples(60))
    var probe = Trainer(Bars.model(seed: 1), settings: Bars.settings(epochs: 1))
    try probe.fit(source)
    let bad = source.seen[45]

    guard case .floats(var values) = Bars.examples(60).dataset.values else { return #expect(Bool(false), "floats") }
    values[bad * 16 + 3] = value
    let data = examples(Tensor(values, shape: [60, 16]))
    var trainer = Trainer(Bars.model(seed: 1), settings: Bars.settings(epochs: 1))
    let error = #expect(throws: TrainingError.self) { try trainer.fit(data) }
    guard case .diverged(let step, let part)? = error else {
      Issue.record("expected .diverged, got \(String(describing: error))")
      return
    }
    #expect(step == 3)
    #expect(part == "log-likelihood")
    #expect(error?.description.contains("step 3") == true && error?.description.contains("log-likelihood") == true)
    #expect(trainer.step == 2, "the step that broke is not taken")
    #expect(trainer.model.parameters.allSatisfy { $0.isFinite })
  }

  @Test func brokenDivergenceIsNamed() throws {
    var model = LinearGaussianModel.withExactPosterior()
    model.encoderBias = Tensor([1e25, 0])
    model.decoderWeight = Tensor(repeating: 0, shape: [2, 6])
    var trainer = Trainer(model, settings: Bars.settings())
    let error = #expect(throws: TrainingError.self) { try trainer.fit(examples(model.draws(20, seed: 1))) }
    guard case .diverged(step: 1, part: "divergence (KL)")? = error else {
      Issue.record("got \(String(describing: error))")
      return
    }
  }

  @Test func exampleSetsMayNotBeEmpty() throws {
    var trainer = Trainer(Bars.model(seed: 1), settings: Bars.settings())
    let error = #expect(throws: TrainingError.self) { try trainer.fit(Bars.examples(0)) }
    guard case .noExamples? = error else {
      Issue.record("got \(String(describing: error))")
      return
    }
  }

  // MARK: Memory

  /// In a process of its own, where no other test has tensors.
  @Test func nothingIsAliveAfterTraining() async {
    await #expect(processExitsWith: .success) {
      func train(_ objective: Objective) throws {
        let settings = Bars.settings {
          $0.objective = objective
          $0.threads = 2
          $0.averageDecay = 0.9
          $0.optimizer.clipNorm = 1
        }
        var trainer = Trainer(Bars.model(seed: 1, hidden: [12, 8]), settings: settings)
        try trainer.fit(Bars.examples(90), validation: Bars.examples(40))
        _ = trainer.checkpoint
        _ = Evaluator(threads: 2).importanceEstimate(trainer.evaluatedModel, on: Bars.examples(40), samples: 50)
        #expect(Tensor.liveCount > 0)
      }
      #expect(Tensor.liveCount == 0)
      for objective in [Objective(), Objective(bound: .iwae, samples: 3), Objective(freeBits: 0.1)] {
        try train(objective)
        #expect(Tensor.liveCount == 0)
      }
    }
  }
}

/// Notes which examples are asked for.
private final class Recording: BatchSource {
  private let source: any BatchSource
  private(set) var seen: [Int] = []

  init(_ source: any BatchSource) { self.source = source }

  var count: Int { source.count }
  var exampleSize: Int { source.exampleSize }

  func batch(_ indices: ArraySlice<Int>, stream: RandomStream) -> Tensor {
    seen += indices
    return source.batch(indices, stream: stream)
  }
}
