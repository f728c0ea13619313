import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Networks
import Tensors

/// One sitting at a run: trains, shows progress, saves checkpoints and metrics.
struct TrainingSession {
  let run: Run
  let data: RunData
  let saveEvery: Double

  func start() throws {
    let model = try run.untrainedModel()
    guard let path = run.configuration.startedFrom else { return try train(model, from: nil) }
    func load<Model: LatentVariableModel>(_ model: Model) throws -> any LatentVariableModel {
      try model.loadingWeights(Safetensors(contentsOf: path), path: path)
    }
    try train(load(model), from: nil)
  }

  func resume() throws {
    let path = try run.checkpointPath(.last)
    try train(run.untrainedModel(), from: (try Safetensors(contentsOf: path), path))
  }

  private func train<Model: LatentVariableModel>(_ model: Model, from saved: (Safetensors, path: String)?) throws {
    let settings = run.configuration.training
    var trainer = Trainer(model, settings: settings, isPretrained: run.configuration.startedFrom != nil)
    if let saved {
      try trainer.restore(saved.0, path: saved.path)
      try run.rewindMetrics(toStep: trainer.step)
      if trainer.isFinished { Terminal.note("\(run.path) is finished: \(trainer.epoch) of \(settings.epochs) epochs") }
    }
    describe(model)
    var saver = Saver(run: run, every: saveEvery)
    let lessons = hasClasses ? data.lessons ?? data.train : data.train
    let perEpoch = (lessons.count + settings.batchSize - 1) / settings.batchSize
    let clock = ProgressClock(total: (settings.epochs * perEpoch - trainer.step), unit: "steps")
    let begin = (step: trainer.step, time: Date())
    // Binary data are spoken of in nats.
    let bits = run.configuration.model.likelihood == .bernoulli ? nil : run.bitsPerDimension(data.validation)

    // Only what is learned from is mirrored or disturbed, not what is looked at or encoded afterwards.
    let configuration = run.configuration
    let shown = lessons.mirrored(configuration.data.mirror ?? false).disturbed(by: configuration.data.noise)
    let batches: any BatchSource =
      try configuration.model.graphics.map {
        try OneFactorBatches(shown, factors: $0.factors, identityWeight: $0.identityWeight)
      } ?? shown
    // A classifier alone has no bound on what is unlabelled.
    let isSupervised = configuration.model.semi?.isSupervised == true
    try trainer.fit(batches, validation: isSupervised ? nil : data.validation) { report in
      clock.show(
        report.step - begin.step,
        prefix: "epoch \(report.epoch)/\(settings.epochs)  loss \(Format.fixed(report.soFar.loss))  log p(x|z) "
          + "\(Format.fixed(report.soFar.logLikelihood))  KL \(Format.fixed(report.soFar.divergence))")
      return Interruption.isRequested ? .stop : .go
    } onEpoch: { report, trainer in
      // Of few examples there are many epochs, which should not be spent on judging.
      let isDue =
        report.epoch == settings.epochs
        || report.epoch * lessons.count / 5000 > (report.epoch - 1) * lessons.count / 5000
      let error = hasClasses && isDue ? validationError(trainer.evaluatedModel) : nil
      let remark = error.map { "  validation error \(Format.fixed(100 * $0))%" } ?? ""
      Terminal.result(line(report, settings.epochs, begin, perEpoch, bits, remark))
      try run.append(EpochMetrics(report, validationError: error))
      try saver.note(report, trainer)
      return Interruption.isRequested ? .stop : .go
    }
    try saver.finish(trainer)
    try conclude(trainer)
  }

  private var hasClasses: Bool { run.configuration.model.family.hasClasses }

  /// The part of up to 5,000 validation examples whose class is guessed wrong.
  private func validationError(_ model: any LatentVariableModel) -> Double? {
    guard let model = model as? any ClassConditioned, let judged = data.judged?.prefix(5000).asTheyAre,
      let labels = judged.labels, !labels.isEmpty
    else { return nil }
    let guessed = model.classLogProbabilities(of: judged).mostProbable
    return Double(zip(labels, guessed).count { $0 != $1 }) / Double(labels.count)
  }

  /// What is about to be trained on what.
  private func describe<Model: LatentVariableModel>(_ model: Model) {
    let configuration = run.configuration
    let parameters = model.parameters.reduce(0) { $0 + $1.count }
    Terminal.note(
      "\(configuration.data.source): \(Format.count(data.train.count)) to train on, \(data.labelledNote(configuration))"
        + "\(Format.count(data.validation.count)) to validate, \(Format.shape(configuration.data.exampleShape)), "
        + "binarization \(configuration.data.binarization)\(data.train.missingNote)\n"
        + "\(configuration.model.summary), \(Format.count(parameters)) parameters, "
        + "\(configuration.training.threads) thread\(configuration.training.threads == 1 ? "" : "s")")
  }

  private func line(
    _ report: EpochReport, _ epochs: Int, _ begin: (step: Int, time: Date), _ perEpoch: Int, _ bits: BitsPerDimension?,
    _ remark: String
  ) -> String {
    let width = "\(epochs)".count
    let epoch = String(repeating: " ", count: width - "\(report.epoch)".count) + "\(report.epoch)"
    let perStep = Date().timeIntervalSince(begin.time) / Double(max(report.step - begin.step, 1))
    let left = perStep * Double(epochs * perEpoch - report.step)
    let training = report.training
    var text =
      "epoch \(epoch)/\(epochs)  loss \(Format.fixed(training.loss))  log p(x|z) "
      + "\(Format.fixed(training.logLikelihood))  KL \(Format.fixed(training.divergence))"
    if let validation = report.validation {
      text += "  validation bound \(Format.fixed(validation.bound))\(report.isBest ? "*" : " ")"
      if let bits { text += " \(Format.fixed(bits(validation.bound), 4)) bits/dim" }
    }
    text += remark
    if report.skippedSteps > 0 { text += "  \(Format.count(report.skippedSteps)) steps skipped" }
    let rate = Int(Double(training.count) / max(report.seconds, 1e-9))
    return text + "  \(Format.count(rate)) images/s  \(Format.duration(left)) left"
  }

  private func conclude<Model: LatentVariableModel>(_ trainer: Trainer<Model>) throws {
    if !trainer.isFinished && Interruption.isRequested {
      Terminal.note("interrupted and saved at step \(trainer.step); go on with: vae train --resume \(run.path)")
      throw ExitCode(130)
    }
    if trainer.epoch < run.configuration.training.epochs {
      Terminal.note("stopped early: no better validation bound for \(run.configuration.training.patience ?? 0) epochs")
    }
    let judged = (data.validation.count > 0 ? data.validation : data.train).prefix(2000)
    let report = Evaluator(threads: run.configuration.training.threads).bound(trainer.evaluatedModel, on: judged)
    let isSupervised = run.configuration.model.semi?.isSupervised == true
    if report.activeUnits == 0 && !isSupervised { Terminal.warn(PosteriorCollapse.warning) }
    let next = hasClasses ? "classify" : "evaluate"
    Terminal.result("\(run.path): \(trainer.step) steps; next: vae \(next) \(run.path)")
  }
}

extension Examples {
  /// Says how many numbers are missing; nothing where none is.
  var missingNote: String {
    let part = missingPart
    return part > 0 ? ", \(Format.fixed(100 * part, 1))% of the numbers missing" : ""
  }
}

/// When checkpoints are written: now and then, at the end, and always one for the best epoch.
private struct Saver {
  let run: Run
  let every: Double
  private var best: (checkpoint: Safetensors, step: Int)?
  private var lastSave = Date()
  private var savedStep = -1

  init(run: Run, every: Double) {
    self.run = run
    self.every = every
  }

  mutating func note<Model: LatentVariableModel>(_ report: EpochReport, _ trainer: Trainer<Model>) throws {
    if report.isBest { best = (trainer.checkpoint, trainer.step) }
    if Date().timeIntervalSince(lastSave) >= every { try save(trainer) }
  }

  mutating func finish<Model: LatentVariableModel>(_ trainer: Trainer<Model>) throws {
    if trainer.step != savedStep { try save(trainer) }
  }

  private mutating func save<Model: LatentVariableModel>(_ trainer: Trainer<Model>) throws {
    guard trainer.model.parameters.allSatisfy(\.isFinite) else {
      throw TrainingError.diverged(step: trainer.step, part: "weights after the step")
    }
    if let best, best.step != trainer.step { try run.save(best.checkpoint, step: best.step, isBest: true) }
    try run.save(trainer.checkpoint, step: trainer.step, isBest: best?.step == trainer.step)
    best = nil
    lastSave = Date()
    savedStep = trainer.step
  }
}
