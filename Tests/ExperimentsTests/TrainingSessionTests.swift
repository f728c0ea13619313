import TestSupport
import Autoencoders
import DatasetCatalog
import Datasets
import Files
import Foundation
import Networks
import Tensors
import Testing

@testable import Experiments

/// What an app does: its own arrays, a run, scores, and what it is told meanwhile.
struct TrainingSessionTests {
  /// Tells a list what was told.
  private final class Notes: Reporter, @unchecked Sendable {
    private let lock = NSLock()
    private var said: [String] = []

    var lines: [String] { lock.withLock { said } }
    func note(_ line: String) { lock.withLock { said.append(line) } }
    func warn(_ line: String) { lock.withLock { said.append("warning: " + line) } }
  }

  /// A smaller model, few epochs.
  private struct Small: RunOverrides {
    var model: String?
    var likelihood: LikelihoodSpecification.Name?
    var epochs = 6

    func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {
      if var part = model as? any HiddenLayersSetting {
        part.hidden = [8]
        model = part
      }
      if var part = model as? any LatentUnitsSetting {
        part.latent = 2
        model = part
      }
      if let likelihood, var part = model as? any LikelihoodSetting {
        part.likelihood = LikelihoodSpecification(likelihood)
        model = part
      }
    }

    func apply(to training: inout TrainingSettings) throws {
      training.epochs = epochs
      training.batchSize = 20
      training.threads = 1
      training.seed = 9
      training.optimizer.rate = 0.01
    }
  }

  private func bars(_ folder: String) throws -> String {
    let path = folder + "/bars.npy"
    let bars = Bars.examples(100).dataset
    guard case .floats(let values) = bars.values else { return "" }
    try ArrayFile.write(values, shape: [100, 4, 4], to: path)
    return path
  }

  private func weights(_ run: Run) throws -> [Tensor] {
    func parameters(_ model: some LatentVariableModel) -> [Tensor] { model.parameters }
    return try parameters(run.model(.last))
  }

  @Test func itTrainsAndTellsAndIsOpenedAgain() throws {
    try withTemporaryFolder { folder in
      let notes = Notes()
      let plan = try RunPlan(bars(folder), overrides: Small(), reporter: notes)
      #expect(plan.configuration.model.name == "mlp" && plan.configuration.examples.shape == [4, 4])
      var (epochs, steps) = (0, 0)
      let (run, end) = try TrainingSession.train(plan, in: folder + "/run") { run, data in
        TrainingSession(
          run: run, data: data, reporter: notes,
          observe: { event in
            switch event {
            case .began(let session): #expect(session.trainCount == 95 && session.validationCount == 5)
            case .step: steps += 1
            case .epoch(let summary):
              epochs += 1
              #expect(summary.report.epoch == epochs && summary.epochs == 6)
            }
          })
      }
      #expect(end == .finished && epochs == 6 && steps == 30)
      #expect(run.metrics().map(\.epoch) == Array(1...6))
      let again = try Run(opening: folder + "/run")
      #expect(again.configuration == run.configuration)
      let first = try #require(run.metrics().first?.loss)
      let last = try #require(run.metrics().last?.loss)
      #expect(last < first - 0.3)
    }
  }

  @Test(arguments: ["mlp", "draw", "ladder"])
  func aSessionThatWasStoppedGoesOnToTheSameBits(_ model: String) throws {
    try withTemporaryFolder { folder in
      let plan = try RunPlan(bars(folder), overrides: Small(model: model, epochs: 3))
      let (whole, _) = try TrainingSession.train(plan, in: folder + "/whole") { TrainingSession(run: $0, data: $1) }
      var steps = 0
      let (cut, end) = try TrainingSession.train(plan, in: folder + "/cut") { run, data in
        TrainingSession(
          run: run, data: data, observe: { if case .step = $0 { steps += 1 } }, shouldStop: { steps >= 7 })
      }
      #expect(end == .interrupted && steps == 7)
      #expect(try cut.savedStep() == 7)
      let resumed = try TrainingSession.resume(Run(opening: cut.path), cut.data()) {
        TrainingSession(run: $0, data: $1)
      }
      #expect(resumed == .finished)
      #expect(try weights(whole) == weights(cut))
    }
  }

  @Test func whatCannotBeIsRefusedBeforeAnythingIsWritten() throws {
    try withTemporaryFolder { folder in
      let path = try bars(folder)
      let unknown = #expect(throws: SettingError.self) { try RunPlan(path, overrides: Small(model: "gan")) }
      #expect(unknown?.setting == "model" && unknown?.problem.contains("gan") == true)
      let missing = #expect(throws: SettingError.self) { try RunPlan(nil, overrides: Small()) }
      #expect(missing?.setting == "data")
      #expect(throws: DataError.self) { try RunPlan(folder + "/none.npy", overrides: Small()) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["bars.npy"])
    }
  }

  @Test func aRunThatFailsBeforeItsFirstCheckpointIsTakenBack() throws {
    struct Broken: Error {}
    try withTemporaryFolder { folder in
      let plan = try RunPlan(bars(folder), overrides: Small())
      #expect(throws: (any Error).self) {
        try TrainingSession.train(plan, in: folder + "/run") { run, data in
          try? AtomicFile.write("not weights", to: folder + "/bad.safetensors")
          var configuration = run.configuration
          configuration.startedFrom = folder + "/bad.safetensors"
          try? FileManager.default.removeItem(atPath: run.path + "/config.json")
          guard let changed = try? Run(creating: run.path, configuration) else {
            return TrainingSession(run: run, data: data)
          }
          return TrainingSession(run: changed, data: data)
        }
      }
      #expect(!FileManager.default.fileExists(atPath: folder + "/run"))
    }
  }

  @Test func arraysInMemoryTrainToTheSameBitsAsAFile() throws {
    try withTemporaryFolder { folder in
      let splits = DatasetSplits(train: Bars.examples(100).dataset)
      let held = try RunPlan(splits, named: "my bars", overrides: Small())
      let (run, _) = try TrainingSession.train(held, in: folder + "/held") { TrainingSession(run: $0, data: $1) }
      let read = try RunPlan(bars(folder), overrides: Small())
      let (other, _) = try TrainingSession.train(read, in: folder + "/read") { TrainingSession(run: $0, data: $1) }
      #expect(try weights(run) == weights(other))

      let error = #expect(throws: ExperimentError.self) { try run.data() }
      #expect(error?.description.contains("my bars") == true)
      let missing = #expect(throws: SettingError.self) { try RunPlan(nil, base: .weights(run), overrides: Small()) }
      #expect(missing?.problem.contains("my bars") == true)
      let next = try RunPlan(bars(folder), base: .weights(run), overrides: Small()).configuration
      #expect(next.data.isInMemory == nil, "what is on disk now can be read again")
      let again = try RunData(Run(opening: run.path).configuration, splits)
      #expect(again.train.count == held.data.train.count && again.validation.count == held.data.validation.count)
    }
  }

  /// Grey values are drawn as zeros and ones under a Bernoulli likelihood alone, whoever chose the likelihood.
  @Test func greyStaysGreyWhereTheModelHasADensity() throws {
    let pictures = PictureOptions(size: .init(height: 8, width: 8))
    let scenes = try DataLocator().load("scenes:car", limit: 300, pictures: pictures)
    func binarization(_ overrides: Small) throws -> Binarization {
      try RunPlan(scenes, named: "cars", overrides: overrides).configuration.data.binarization
    }
    #expect(try binarization(Small()) == .dynamic)
    #expect(try binarization(Small(likelihood: .gaussian)) == Binarization.none)
    let plan = try RunPlan(scenes, named: "cars", overrides: Factors())
    #expect(plan.configuration.model.likelihood?.name == .gaussian)
    #expect(plan.configuration.data.binarization == Binarization.none)
  }

  /// Latents for known factors.
  private struct Factors: RunOverrides {
    var model: String? { "dcign" }

    func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {
      var graphics = model as! InverseGraphicsSpecification
      graphics.graphics.factors = ["light"]
      model = graphics
    }
  }

  @Test func aBaseGivesItsSettings() throws {
    try withTemporaryFolder { folder in
      let path = try bars(folder)
      let base = try RunPlan(path, overrides: Small(likelihood: .gaussian)).configuration
      struct Longer: RunOverrides {
        func apply(to training: inout TrainingSettings) throws { training.epochs = 40 }
      }
      let next = try RunPlan(nil, base: .settings(base), overrides: Longer()).configuration
      #expect(next.model == base.model && next.data == base.data && next.training.epochs == 40)
    }
  }
}
