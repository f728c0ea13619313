import Files
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@testable import Autoencoders
@testable import Experiments

struct RunTests {
  private let form = ExampleForm(shape: [4, 4])

  private func model(_ change: (inout MLPSpecification) -> Void = { _ in }) -> MLPSpecification {
    var model = MLPSpecification(for: form)
    (model.hidden, model.latent, model.activation) = ([12], 3, .tanh)
    change(&model)
    return model
  }

  private func configuration(
    _ model: MLPSpecification? = nil, _ change: (inout RunConfiguration) -> Void = { _ in }
  ) -> RunConfiguration {
    var data = DataConfiguration(source: "bars")
    (data.binarization, data.limit, data.validationFraction) = (.dynamic, 90, 0.1)
    var configuration = RunConfiguration(
      data: data, examples: form, model: model ?? self.model(), training: Bars.settings())
    change(&configuration)
    return configuration
  }

  private func problem<R>(_ body: () throws -> R) -> String {
    let error = #expect(throws: FileError.self) { _ = try body() }
    return error?.description ?? ""
  }

  // MARK: config.json

  @Test func configurationComesBackWhole() throws {
    let richModel = model {
      $0.likelihood = .gaussian(.init(variance: .perPixel, leastDeviation: 0.1), isBounded: true)
      $0.initializer = .normal(0.01)
      $0.leapfrogs = LeapfrogSettings(steps: 2)
    }
    let rich = configuration(richModel) {
      $0.training.objective = Objective(bound: .iwae, samples: 5, warmUp: 0.3)
      $0.training.optimizer = OptimizerSettings(.adamw, rate: 0.003)
      $0.training.optimizer.clipNorm = 2
      $0.training.schedule = Schedule(.steps(at: [0.5, 0.9], factor: 0.3), warmUpSteps: 7)
      $0.training.averageDecay = 0.999
      $0.training.patience = 4
      $0.training.seed = .max
      $0.data.variable = "ff"
    }
    try withTemporaryFolder { folder in
      let path = folder + "/deep/er/run"
      _ = try Run(creating: path, rich)
      #expect(try Run(opening: path).configuration == rich)
    }
  }

  @Test func existingRunIsNotOverwritten() throws {
    try withTemporaryFolder { folder in
      _ = try Run(creating: folder + "/run", configuration())
      let before = try Data(contentsOf: URL(fileURLWithPath: folder + "/run/config.json"))
      let text = problem { try Run(creating: folder + "/run", configuration(nil) { $0.training.epochs = 99 }) }
      #expect(text.contains(folder + "/run") && text.contains("--resume"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/run/config.json")) == before)
    }
  }

  @Test func folderThatCannotBeMadeIsNamed() throws {
    try withTemporaryFolder { folder in
      try AtomicFile.write("in the way", to: folder + "/file")
      #expect(problem { try Run(creating: folder + "/file/run", configuration()) }.contains(folder + "/file/run"))
    }
  }

  @Test func configurationThatIsMissingOrDamagedIsNamed() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/config.json"
      #expect(problem { try Run(opening: folder) }.contains("config.json: not found"))
      let whole = try {
        _ = try Run(creating: folder + "/run", configuration())
        return try String(contentsOfFile: folder + "/run/config.json", encoding: .utf8)
      }()
      func damaged(_ text: String) throws -> String {
        try AtomicFile.write(text, to: path)
        return problem { try Run(opening: folder) }
      }
      func replacing(_ old: String, _ new: String) throws -> String {
        #expect(whole.contains(old))
        return try damaged(whole.replacingOccurrences(of: old, with: new))
      }
      #expect(try damaged("").contains("not valid JSON"))
      #expect(try damaged("\0\u{1}garbage").contains("not valid JSON"))
      #expect(try damaged(String(whole.prefix(whole.count / 2))).contains("not valid JSON"))
      #expect(try replacing("\"version\" : 2", "\"version\" : 3").contains("version 3"))
      #expect(try replacing("\"batch_size\"", "\"batch\"").contains("training.batch_size is missing"))
      #expect(try replacing("\"epochs\" : 3", "\"epochs\" : \"three\"").contains("training.epochs"))
      #expect(try replacing("\"bernoulli\"", "\"poisson\"").contains("model.likelihood"))
    }
  }

  // MARK: Checkpoints

  private func files(_ run: Run) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: run.path))
  }

  private func name(_ run: Run, _ choice: Run.Choice) throws -> String {
    URL(fileURLWithPath: try run.checkpointPath(choice)).lastPathComponent
  }

  @Test func onlyTheBestAndTheLastCheckpointAreKept() throws {
    try withTemporaryFolder { folder in
      let run = try Run(creating: folder + "/run", configuration())
      #expect(problem { try run.checkpointPath(.last) }.contains("no checkpoint yet"))
      #expect(problem { try run.model() }.contains("no checkpoint yet"))
      let checkpoint = Trainer(Bars.model(seed: 1), settings: Bars.settings()).checkpoint
      try run.save(checkpoint, step: 1, isBest: false)
      #expect(try name(run, .best) == "checkpoint-00000001.safetensors", "without a best, the last serves")
      try run.save(checkpoint, step: 20, isBest: true)
      try run.save(checkpoint, step: 300, isBest: false)
      try run.save(checkpoint, step: 4000, isBest: false)
      #expect(try name(run, .best) == "checkpoint-00000020.safetensors")
      #expect(try name(run, .last) == "checkpoint-00004000.safetensors")
      #expect(
        try files(run) == [
          "config.json", "best", "last", "checkpoint-00000020.safetensors", "checkpoint-00004000.safetensors",
        ])
      try run.save(checkpoint, step: 123_456_789, isBest: true)
      #expect(try files(run) == ["config.json", "best", "last", "checkpoint-123456789.safetensors"])
    }
  }

  @Test func modelIsThatOfTheCheckpointAskedFor() throws {
    try withTemporaryFolder { folder in
      let run = try Run(creating: folder + "/run", configuration(nil) { $0.training.averageDecay = 0.5 })
      let settings = run.configuration.training
      var trainer = Trainer(Bars.model(seed: 1), settings: settings)
      try trainer.fit(Bars.examples(90)) { _ in
        .go
      } onEpoch: { report, trainer in
        try run.save(trainer.checkpoint, step: report.step, isBest: report.epoch == 2)
        return .go
      }
      let last = try run.model(.last)
      #expect(last.inputSize == 16 && last.latentSize == 3)
      #expect(last.parameters == trainer.evaluatedModel.parameters)
      #expect(try run.model(.best).parameters != last.parameters)
    }
  }

  @Test func damagedCheckpointIsNamed() throws {
    try withTemporaryFolder { folder in
      let run = try Run(creating: folder + "/run", configuration())
      try run.save(Trainer(Bars.model(seed: 1), settings: Bars.settings()).checkpoint, step: 5, isBest: true)
      let path = try run.checkpointPath(.best)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      for size in [0, 7, 100, whole.count - 1] {
        try AtomicFile.write(whole.prefix(size), to: path)
        #expect(problem { try run.model() }.contains("checkpoint-00000005.safetensors"))
      }
      try FileManager.default.removeItem(atPath: path)
      #expect(problem { try run.model() }.contains("not found"))
    }
  }

  // MARK: metrics.jsonl

  private func report(_ epoch: Int, validation: Bool = false) -> EpochReport {
    var summary = LossSummary()
    summary.count = 10
    summary.sums = [100, -90, 20]
    let bound = validation ? Evaluator().bound(Bars.model(seed: 1), on: Bars.examples(20)) : nil
    return EpochReport(
      epoch: epoch, step: epoch * 5, training: summary, validation: bound, isBest: false, rate: 0.001, seconds: 2,
      skippedSteps: 0)
  }

  @Test func metricsAreLinesWithUnitsInTheirNames() throws {
    try withTemporaryFolder { folder in
      let run = try Run(creating: folder + "/run", configuration())
      #expect(run.metrics().isEmpty)
      try run.append(EpochMetrics(report(1)))
      try run.append(EpochMetrics(report(2, validation: true)))
      let lines = try String(contentsOfFile: run.path + "/metrics.jsonl", encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 2)
      let first = try #require(JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
      #expect(first["loss_nats"] as? Double == 10 && first["kl_nats"] as? Double == 2)
      #expect(first["log_likelihood_nats"] as? Double == -9 && first["examples_per_second"] as? Double == 5)
      #expect(first["validation_bound_nats"] == nil)
      #expect(lines[1].contains("validation_bound_nats") && lines[1].contains("active_units"))
      #expect(run.metrics().map(\.step) == [5, 10])
    }
  }

  @Test func metricsRewindToTheStepThatIsResumed() throws {
    try withTemporaryFolder { folder in
      let run = try Run(creating: folder + "/run", configuration())
      try run.rewindMetrics(toStep: 3)
      for epoch in 1...4 { try run.append(EpochMetrics(report(epoch))) }
      try run.rewindMetrics(toStep: 20)
      #expect(run.metrics().map(\.step) == [5, 10, 15, 20])
      try run.rewindMetrics(toStep: 12)
      #expect(run.metrics().map(\.step) == [5, 10])
      try run.append(EpochMetrics(report(3)))
      #expect(run.metrics().map(\.epoch) == [1, 2, 3])
    }
  }

  @Test func lineThatWasCutShortDoesNotSpoilTheNext() throws {
    try withTemporaryFolder { folder in
      let run = try Run(creating: folder + "/run", configuration())
      for epoch in 1...2 { try run.append(EpochMetrics(report(epoch))) }
      let path = run.path + "/metrics.jsonl"
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      try AtomicFile.write(whole.dropLast(30), to: path)
      #expect(run.metrics().map(\.epoch) == [1])
      try run.rewindMetrics(toStep: 5)
      try run.append(EpochMetrics(report(2)))
      try run.append(EpochMetrics(report(3)))
      #expect(run.metrics().map(\.epoch) == [1, 2, 3])
    }
  }
}
