import Autoencoders
import Datasets
import Foundation
import Networks
import Tensors

/// One sitting at a run: trains, saves checkpoints and metrics, tells how it goes.
public struct TrainingSession {
  /// The run.
  public let run: Run
  /// Its data.
  public let data: RunData
  /// Seconds between checkpoints.
  public var saveEvery: Double
  /// Is told what happens.
  public var observe: (TrainingEvent) -> Void
  /// Asked after each step whether to save and end.
  public var shouldStop: () -> Bool
  /// Is told what a person should know.
  public var reporter: any Reporter

  /// A session at a run.
  public init(
    run: Run, data: RunData, saveEvery: Double = 30, reporter: any Reporter = SilentReporter(),
    observe: @escaping (TrainingEvent) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
  ) {
    (self.run, self.data, self.saveEvery, self.reporter) = (run, data, saveEvery, reporter)
    (self.observe, self.shouldStop) = (observe, shouldStop)
  }

  /// Trains a run from its beginning. What its model is of, if it is of the latents of another, must be trained: see
  /// ``train(_:in:features:session:)``, which does that first.
  @discardableResult
  public func start() throws -> SessionEnd {
    let model = try run.untrainedModel()
    guard let path = run.configuration.startedFrom else { return try train(model, from: nil) }
    func load<Model: LatentVariableModel>(_ model: Model) throws -> any LatentVariableModel {
      try model.loadingWeights(Safetensors(contentsOf: path), path: path)
    }
    return try train(load(model), from: nil)
  }

  /// Goes on where the last checkpoint stands, to the very same weights as if there had been no interruption.
  @discardableResult
  public func resume() throws -> SessionEnd {
    let path = try run.checkpointPath(.last)
    return try train(run.untrainedModel(), from: (try Safetensors(contentsOf: path), path))
  }

  private func train<Model: LatentVariableModel>(
    _ model: Model, from saved: (Safetensors, path: String)?
  ) throws -> SessionEnd {
    let configuration = run.configuration
    let settings = configuration.training
    var trainer = Trainer(model, settings: settings, isPretrained: configuration.startedFrom != nil)
    if let saved {
      try trainer.restore(saved.0, path: saved.path)
      try run.rewindMetrics(toStep: trainer.step)
      if trainer.isFinished { reporter.note("\(run.path) is finished: \(trainer.epoch) of \(settings.epochs) epochs") }
    }
    observe(.began(description(model)))
    var saver = CheckpointSaver(run: run, every: saveEvery)
    let lessons = hasClasses ? data.lessons ?? data.train : data.train
    let perEpoch = (lessons.count + settings.batchSize - 1) / settings.batchSize
    let length = SessionLength(
      epochs: settings.epochs, firstStep: trainer.step, steps: settings.epochs * perEpoch)
    let begin = Date()
    // Binary data are spoken of in nats.
    let bits = configuration.model.likelihood?.support == .binary ? nil : run.bitsPerDimension(data.validation)

    // Only what is learned from is mirrored or disturbed, not what is looked at or encoded afterwards.
    let shown = lessons.mirrored(configuration.data.mirror ?? false).disturbed(by: configuration.data.noise)
    let batches: any BatchSource =
      try configuration.model.graphics.map {
        try OneFactorBatches(shown, factors: $0.factors, identityWeight: $0.identityWeight)
      } ?? shown
    try trainer.fit(batches, validation: isSupervised ? nil : data.validation) { report in
      observe(.step(report, of: length))
      return shouldStop() ? .stop : .go
    } onEpoch: { report, trainer in
      // Of few examples there are many epochs, which should not be spent on judging.
      let isDue =
        report.epoch == settings.epochs
        || report.epoch * lessons.count / 5000 > (report.epoch - 1) * lessons.count / 5000
      let error = hasClasses && isDue ? validationError(trainer.evaluatedModel) : nil
      let perStep = Date().timeIntervalSince(begin) / Double(max(report.step - length.firstStep, 1))
      observe(
        .epoch(
          EpochSummary(
            report: report, epochs: settings.epochs,
            validationBits: bits.flatMap { bits in report.validation.map { bits($0.bound) } }, validationError: error,
            secondsLeft: perStep * Double(length.steps - report.step))))
      try run.append(EpochMetrics(report, validationError: error))
      try saver.note(report, trainer)
      return shouldStop() ? .stop : .go
    }
    try saver.finish(trainer)
    return conclude(trainer)
  }

  private var hasClasses: Bool { run.configuration.model.classes != nil }

  /// A classifier alone has no bound on what is unlabelled.
  private var isSupervised: Bool { run.configuration.model.classes?.isSupervised == true }

  /// The part of up to 5,000 validation examples whose class is guessed wrong.
  private func validationError(_ model: any LatentVariableModel) -> Double? {
    guard let model = model as? any ClassConditioned, let judged = data.judged?.prefix(5000).asTheyAre,
      let labels = judged.labels, !labels.isEmpty
    else { return nil }
    let guessed = model.classLogProbabilities(of: judged).mostProbable
    return Double(zip(labels, guessed).count { $0 != $1 }) / Double(labels.count)
  }

  private func description<Model: LatentVariableModel>(_ model: Model) -> SessionDescription {
    SessionDescription(
      configuration: run.configuration, trainCount: data.train.count,
      labelledCount: hasClasses ? data.labelledCount : nil, validationCount: data.validation.count,
      missingPart: data.train.missingPart, parameters: model.parameters.reduce(0) { $0 + $1.count })
  }

  private func conclude<Model: LatentVariableModel>(_ trainer: Trainer<Model>) -> SessionEnd {
    if !trainer.isFinished && shouldStop() { return .interrupted }
    let judged = (data.validation.count > 0 ? data.validation : data.train).prefix(2000)
    let report = Evaluator(threads: run.configuration.training.threads).bound(trainer.evaluatedModel, on: judged)
    if report.activeUnits == 0 && !isSupervised { reporter.warn(PosteriorCollapse.warning) }
    return trainer.epoch < run.configuration.training.epochs ? .stoppedEarly : .finished
  }
}

/// What to say when the latents go unused.
public enum PosteriorCollapse {
  /// The sentence.
  public static let warning =
    "posterior collapse: no latent unit varies with the data, so the decoder ignores them. "
    + "Try --kl-warm-up 0.2, --free-bits 0.1, or a smaller decoder (--hidden)."
}
