import Autoencoders
import Files
import Foundation
import Networks
import Tensors

/// Trains one curve: chooses a step size, trains, is judged at given steps, saves. A curve that was begun goes on.
struct CurveTraining {
  let curve: Curve
  /// What it is judged by.
  let measure: Measure
  /// Steps after which it is judged; the last is the end.
  let marks: [Int]
  /// Step sizes to choose from, by the training data after `trialStep` steps (as Kingma and Welling 2014 did).
  let rates: [Float]
  let trialStep: Int
  /// Told of each batch: where the curve stands, and examples evaluated.
  let onBatch: (String, Int) -> Void
  let onPoint: (Curve.Point) -> Void
  let shouldStop: () -> Bool

  /// The points of the whole curve; nil if it was asked to stop, everything saved.
  func run() throws -> [Curve.Point]? {
    let configuration = curve.configuration
    let stream = RandomStream(seed: configuration.training.seed)["model"]
    return try run(configuration.model.base.makeModel(for: configuration.examples, stream))
  }

  private func run<Model: LatentVariableModel>(_ model: Model) throws -> [Curve.Point]? {
    guard let (run, saved) = try open(model) else { return nil }
    var trainer = Trainer(model, settings: run.configuration.training)
    var points: [Curve.Point] = []
    if let saved {
      try trainer.restore(saved.checkpoint, path: saved.path)
      points = try curve.savedPoints().filter { $0.step <= trainer.step }
    }
    for mark in marks where mark > trainer.step {
      try train(&trainer, until: mark, "")
      if trainer.step == mark {
        points.append(judge(trainer, trainer.evaluatedModel))
        try curve.save(points)
      }
      // The points first: those of steps that are not saved are dropped on resuming.
      try run.save(trainer.checkpoint, step: trainer.step, isBest: false)
      if shouldStop() { return nil }
      onPoint(points[points.count - 1])
    }
    return points
  }

  /// The curve's run, new or begun, and its last checkpoint; nil if it was asked to stop.
  private func open<Model: LatentVariableModel>(
    _ model: Model
  ) throws -> (Run, (checkpoint: Safetensors, path: String)?)? {
    var configuration = curve.configuration
    if FileManager.default.fileExists(atPath: curve.path + "/config.json") {
      let run = try Run(opening: curve.path)
      // The step size was chosen then, and the threads change only the rounding.
      configuration.training.optimizer.rate = run.configuration.training.optimizer.rate
      configuration.training.threads = run.configuration.training.threads
      guard run.configuration == configuration else {
        throw FileError(path: curve.path, problem: "was made with other settings; choose another --out, or remove it")
      }
      if let path = try? run.checkpointPath(.last) { return (run, (try Safetensors(contentsOf: path), path)) }
      return (run, nil)
    }
    guard let rate = try bestRate(model) else { return nil }
    configuration.training.optimizer.rate = rate
    return (try Run(creating: curve.path, configuration), nil)
  }

  private func bestRate<Model: LatentVariableModel>(_ model: Model) throws -> Float? {
    if rates.count == 1 { return rates[0] }
    let examples = curve.data.train.prefix(measure.trialExamples)
    var scores: [Double] = []
    for rate in rates {
      var settings = curve.configuration.training
      settings.optimizer.rate = rate
      var trainer = Trainer(model, settings: settings)
      do { try train(&trainer, until: trialStep, "trying step size \(rate), ") } catch is TrainingError {
        scores.append(-.infinity)
        continue
      }
      if shouldStop() { return nil }
      scores.append(measure.value(trainer.evaluatedModel, examples, threads: settings.threads).value)
    }
    let best = scores.indices.max { scores[$0] < scores[$1] }!
    guard scores[best].isFinite else {
      throw TrainingError.diverged(step: trialStep, part: "training bound of every step size")
    }
    return rates[best]
  }

  private func train<Model: LatentVariableModel>(
    _ trainer: inout Trainer<Model>, until end: Int, _ what: String
  ) throws {
    if trainer.step >= end { return }
    var last = curve.evaluations(step: trainer.step)
    try trainer.fit(curve.data.train) { report in
      let now = curve.evaluations(step: report.step)
      onBatch("\(curve.name): \(what)\(Format.count(now)) samples", now - last)
      last = now
      return report.step >= end || shouldStop() ? .stop : .go
    }
  }

  private func judge<Model: LatentVariableModel>(_ trainer: Trainer<Model>, _ model: Model) -> Curve.Point {
    let threads = trainer.settings.threads
    let train = measure.value(model, curve.data.train.prefix(measure.examples), threads: threads)
    let held = measure.value(model, curve.data.heldOut.examples.prefix(measure.examples), threads: threads)
    return Curve.Point(
      step: trainer.step, samples: curve.evaluations(step: trainer.step), train: train.value,
      trainStandardError: train.standardError, heldOut: held.value, heldOutStandardError: held.standardError)
  }
}
