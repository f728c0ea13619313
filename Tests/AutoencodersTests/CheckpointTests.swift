import Files
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Autoencoders

/// A way to train, and where to break it off.
struct Plan: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// Stop after this step; 5 is an epoch's last.
  var step: Int?
  /// Stop once this epoch is done.
  var epoch: Int?
  let change: @Sendable (inout TrainingSettings) -> Void

  init(
    _ name: String, step: Int? = nil, epoch: Int? = nil,
    _ change: @escaping @Sendable (inout TrainingSettings) -> Void = { _ in }
  ) {
    testDescription = name
    self.step = step
    self.epoch = epoch
    self.change = change
  }
}

struct CheckpointTests {
  private let data = Bars.examples(90)
  private let validation = Bars.examples(30, seed: 1)

  @Test(
    arguments: [
      Plan("adam, mid-epoch", step: 7),
      Plan("adam, after an epoch's last step", step: 5),
      Plan("adam, at an epoch's end", epoch: 1),
      Plan("adam, before the first step is old", step: 1),
      Plan("adamw, average, clipped", step: 8) {
        $0.optimizer = OptimizerSettings(.adamw)
        $0.optimizer.clipNorm = 0.5
        $0.optimizer.skipNorm = 100
        $0.averageDecay = 0.95
      },
      Plan("adagrad, weight prior", step: 6) {
        $0.optimizer = OptimizerSettings(.adagrad)
        $0.optimizer.weightPrior = 0.01
      },
      Plan("sgd, steps", step: 9) {
        $0.optimizer = OptimizerSettings(.sgd)
        $0.schedule = Schedule(.steps(at: [0.5], factor: 0.1), warmUpSteps: 4)
      },
      Plan("iwae, cosine, KL warm-up, two threads", step: 7) {
        $0.objective = Objective(bound: .iwae, samples: 3, warmUp: 0.8)
        $0.schedule = Schedule(.cosine(floor: 0.1))
        $0.threads = 2
      },
      Plan("wake-sleep, adagrad, two threads", step: 7) {
        $0.algorithm = .wakeSleep
        $0.optimizer = OptimizerSettings(.adagrad)
        $0.threads = 2
      },
      Plan("monte carlo em, mid-epoch", step: 7) {
        $0.algorithm = .monteCarloEM
        $0.optimizer = OptimizerSettings(.adagrad)
      },
      Plan("total correlation by the batch, two threads", step: 7) {
        $0.objective = Objective(totalCorrelation: TotalCorrelation(.minibatch, weight: 3))
        $0.threads = 2
      },
      Plan("total correlation by a discriminator, two threads", step: 7) {
        let small = DiscriminatorSettings(hidden: [8, 8], rate: 0.01)
        $0.objective = Objective(
          warmUp: 0.5, totalCorrelation: TotalCorrelation(.discriminator, weight: 3, discriminator: small))
        $0.threads = 2
      },
      Plan("average, patience, at an epoch's end", epoch: 2) {
        $0.averageDecay = 0.9
        $0.patience = 1
        $0.optimizer.rate = 0.05
      },
    ])
  func resumedRunIsTheUninterruptedOne(_ plan: Plan) throws {
    let settings = Bars.settings(epochs: 4, plan.change)
    var whole = Trainer(Bars.model(seed: 1), settings: settings)
    var wholeReports: [EpochReport] = []
    try whole.fit(data, validation: validation) { _ in
      .go
    } onEpoch: { report, _ in
      wholeReports.append(report)
      return .go
    }

    var first = Trainer(Bars.model(seed: 1), settings: settings)
    var reports: [EpochReport] = []
    try first.fit(data, validation: validation) { report in
      report.step == plan.step ? .stop : .go
    } onEpoch: { report, _ in
      reports.append(report)
      return report.epoch == plan.epoch ? .stop : .go
    }
    #expect(!first.isFinished && first.step == plan.step ?? plan.epoch! * 5)

    // Through a file, into a model that began elsewhere.
    var second = Trainer(Bars.model(seed: 99), settings: settings)
    try withTemporaryFolder { folder in
      let path = folder + "/checkpoint.safetensors"
      try first.checkpoint.write(to: path)
      try second.restore(Safetensors(contentsOf: path), path: path)
    }
    #expect(second.progress == first.progress)
    try second.fit(data, validation: validation) { _ in
      .go
    } onEpoch: { report, _ in
      reports.append(report)
      return .go
    }

    let (expected, found) = (whole.checkpoint, second.checkpoint)
    #expect(found.metadata == expected.metadata)
    #expect(found.tensors.map(\.name) == expected.tensors.map(\.name))
    for (a, b) in zip(found.tensors, expected.tensors) { #expect(a.tensor == b.tensor, "\(a.name) differs") }
    #expect(reports.map(\.training) == wholeReports.map(\.training))
    #expect(reports.map { $0.validation?.bound } == wholeReports.map { $0.validation?.bound })
    #expect(reports.map(\.isBest) == wholeReports.map(\.isBest))
  }

  @Test func loadedModelEvaluatesTheSame() throws {
    var trainer = Trainer(Bars.model(seed: 1), settings: Bars.settings { $0.averageDecay = 0.9 })
    try trainer.fit(data)
    try withTemporaryFolder { folder in
      let path = folder + "/c.safetensors"
      try trainer.checkpoint.write(to: path)
      let file = try Safetensors(contentsOf: path)
      let other = Bars.model(seed: 77)
      let evaluator = Evaluator(seed: 3)
      func bound(_ model: MLPAutoencoder<BernoulliOutput>) -> Double { evaluator.bound(model, on: validation).bound }
      #expect(bound(try other.loadingWeights(file, path: path)) == bound(trainer.evaluatedModel))
      #expect(bound(try other.loadingWeights(file, averaged: false, path: path)) == bound(trainer.model))
      #expect(bound(trainer.evaluatedModel) != bound(trainer.model))
    }
  }

  @Test func namesTellWhatATensorIs() {
    let names = Set(Trainer(Bars.model(seed: 1), settings: Bars.settings()).checkpoint.tensors.map(\.name))
    let weights = [
      "encoder.0.weight", "encoder.0.bias", "posteriorMean.weight", "posteriorMean.bias",
      "posteriorLogVariance.weight", "posteriorLogVariance.bias", "decoder.0.weight", "decoder.0.bias",
      "output.logits.weight", "output.logits.bias",
    ]
    let moments = weights.flatMap { ["optimizer.moment1.\($0)", "optimizer.moment2.\($0)"] }
    #expect(names == Set(weights + moments))
  }

  // MARK: What does not fit

  private func problem(
    _ change: (inout Safetensors) -> Void, into model: MLPAutoencoder<BernoulliOutput> = Bars.model(seed: 1),
    _ settings: (inout TrainingSettings) -> Void = { _ in }
  ) throws -> String {
    var checkpoint = Trainer(Bars.model(seed: 1), settings: Bars.settings()).checkpoint
    change(&checkpoint)
    var trainer = Trainer(model, settings: Bars.settings(settings))
    let error = #expect(throws: FileError.self) { try trainer.restore(checkpoint, path: "some/file") }
    #expect(error?.path == "some/file")
    return error?.problem ?? ""
  }

  @Test func anotherModelsCheckpointIsRefused() throws {
    let wider = try problem({ _ in }, into: Bars.model(seed: 1, hidden: [13]))
    #expect(wider.contains("encoder.0.weight") && wider.contains("[16, 12]") && wider.contains("[16, 13]"))
    let deeper = try problem({ _ in }, into: Bars.model(seed: 1, hidden: [12, 5]))
    #expect(deeper.contains("encoder.1.weight") && deeper.contains("missing"))
    let latents = try problem({ _ in }, into: Bars.model(seed: 1, latent: 4))
    #expect(latents.contains("posteriorMean.weight") && latents.contains("[12, 3]") && latents.contains("[12, 4]"))
  }

  @Test func anotherOptimizersCheckpointIsRefused() throws {
    let text = try problem({ _ in }) { $0.optimizer = OptimizerSettings(.adagrad) }
    #expect(text.contains("optimizer.sum_of_squares.encoder.0.weight"))
    #expect(try problem({ _ in }) { $0.averageDecay = 0.9 }.contains("average.encoder.0.weight"))
    let critical = try problem({ _ in }) {
      $0.objective.totalCorrelation = TotalCorrelation(.discriminator, weight: 1)
    }
    #expect(critical.contains("discriminator.layers.0.weight"))
  }

  @Test func damagedMetadataIsRefused() throws {
    let keys = [
      "step", "epoch", "batches_done", "epoch_examples", "epoch_sums", "epochs_since_best", "optimizer_step",
    ]
    for key in keys {
      #expect(try problem { $0.metadata[key] = nil }.contains(key))
      #expect(try problem { $0.metadata[key] = "x" }.contains(key))
    }
    #expect(try problem { $0.metadata["epoch_sums"] = "1 2" }.contains("epoch_sums"))
    #expect(try problem { $0.metadata = [:] }.contains("metadata"))
  }

  @Test func refusedCheckpointLeavesTheTrainerAsItWas() throws {
    var other = Trainer(Bars.model(seed: 8), settings: Bars.settings())
    try other.fit(data)
    var damaged = other.checkpoint
    damaged.metadata["epoch_sums"] = nil
    var trainer = Trainer(Bars.model(seed: 1), settings: Bars.settings())
    let before = trainer.checkpoint
    #expect(throws: FileError.self) { try trainer.restore(damaged, path: "file") }
    #expect(zip(trainer.checkpoint.tensors, before.tensors).allSatisfy { $0.tensor == $1.tensor })
    #expect(trainer.checkpoint.metadata == before.metadata)
  }
}
