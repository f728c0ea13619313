import Foundation
import Networks
import Tensors
import _Differentiation

/// Trains a model: batches in, evidence, a bound, its gradient, a step.
///
/// ```swift
/// var trainer = Trainer(model, settings: settings)
/// try trainer.fit(data.train)
/// let trained = trainer.evaluatedModel
/// ```
public struct Trainer<Model: LatentVariableModel> {
  /// How it is trained.
  public let settings: TrainingSettings
  /// The model as of the last step.
  public internal(set) var model: Model
  var optimizer: Optimizer
  var average: WeightAverage?
  var progress = Progress()
  /// What Monte Carlo EM keeps from one epoch to the next.
  var chains: MonteCarloEM.Chains?
  /// What tells a FactorVAE how its latents depend on each other.
  var critic: Critic?
  let stream: RandomStream
  private let isPretrained: Bool

  /// Where a run stands; with the weights and the optimizer, all that resuming needs.
  struct Progress: Equatable {
    var step = 0
    var epoch = 0
    /// Batches of the present epoch that are done.
    var batchesDone = 0
    var epochSummary = LossSummary()
    var bestBound: Double?
    var epochsSinceBest = 0
  }

  /// What an observer of training wants next.
  public enum Verdict { case go, stop }

  /// A trainer about to take its first step. A model that is `isPretrained` keeps the data's scale it has learned with.
  public init(_ model: Model, settings: TrainingSettings, isPretrained: Bool = false) {
    self.isPretrained = isPretrained
    self.settings = settings
    self.model = model
    self.model.renumberStates()
    optimizer = Optimizer(settings.optimizer, for: model)
    average = settings.averageDecay.map { WeightAverage(decay: $0, of: model) }
    stream = RandomStream(seed: settings.seed)["training"]
    critic = settings.objective.totalCorrelation?.discriminator.map {
      Critic($0, latents: model.latentSize, stream: RandomStream(seed: settings.seed)["discriminator"])
    }
  }

  /// The model to judge and to use: the weights' moving average if there is one.
  public var evaluatedModel: Model { average?.applied(to: model) ?? model }

  /// Steps taken so far.
  public var step: Int { progress.step }

  /// Epochs completed so far.
  public var epoch: Int { progress.epoch }

  /// Whether there is nothing left to do: all epochs done, or patience at its end.
  public var isFinished: Bool {
    progress.epoch >= settings.epochs || settings.patience.map { progress.epochsSinceBest >= $0 } ?? false
  }

  /// Trains for the epochs that are left.
  ///
  /// - Parameters:
  ///   - validation: judged after each epoch; what early stopping goes by.
  ///   - onStep: called after each step; `.stop` ends training there, to be continued later.
  ///   - onEpoch: called after each epoch; what it throws ends training.
  /// - Throws: ``SettingError`` if the settings are no bound's gradient for this model; ``TrainingError`` if a part of the
  ///   model would never learn, or the loss is no longer finite: the model is of no use then.
  public mutating func fit(
    _ data: any BatchSource, validation: (any BatchSource)? = nil,
    onStep: (StepReport) throws -> Verdict = { _ in .go },
    onEpoch: (EpochReport, inout Trainer) throws -> Verdict = { _, _ in .go }
  ) throws {
    guard data.count > 0 else { throw TrainingError.noExamples }
    if let problem = settings.problem(for: model) { throw problem }
    if let name = model.unlearnedTensors.first { throw TrainingError.unlearned(name) }
    if progress.step == 0 && !isPretrained { model.adapt(to: data) }
    let perEpoch = (data.count + settings.batchSize - 1) / settings.batchSize
    let total = perEpoch * settings.epochs
    while !isFinished {
      let start = Date()
      let batches = data.batches(stream["order"][progress.epoch], of: settings.batchSize)
      require(batches.count == perEpoch, "Trainer: \(batches.count) batches where \(perEpoch) make an epoch")
      while progress.batchesDone < perEpoch {
        let batch = try takeStep(data, batches[progress.batchesDone], of: total)
        let report = StepReport(
          step: progress.step, totalSteps: total, epoch: progress.epoch + 1, batch: batch,
          soFar: progress.epochSummary)
        if try onStep(report) == .stop { return }
      }
      let report = finishEpoch(validation, total, Date().timeIntervalSince(start))
      if try onEpoch(report, &self) == .stop { return }
    }
  }

  /// One step on a batch.
  private mutating func takeStep(_ data: any BatchSource, _ batch: Batch, of total: Int) throws -> LossSummary {
    let summary =
      switch settings.algorithm ?? .variational {
      case .variational: try variationalStep(data, batch, of: total)
      case .wakeSleep: try update(along: wakeSleepGradients(data, batch.indices), of: total)
      case .monteCarloEM: try monteCarloEMStep(data, batch.indices, of: total)
      }
    progress.step += 1
    progress.batchesDone += 1
    progress.epochSummary.add(summary)
    return summary
  }

  /// Moves the weights up a bound's gradient; a discriminator, where there is one, then learns from the same draws.
  private mutating func variationalStep(
    _ data: any BatchSource, _ batch: Batch, of total: Int
  ) throws -> LossSummary {
    let (summary, gradients, z) = gradients(data, batch, of: total)
    let moved = try update(along: (summary, gradients), of: total)
    let (shuffling, threads) = (stream["shuffling"][progress.step], settings.threads)
    critic?.learn(from: z, stream: shuffling, threads: threads)
    return moved
  }

  /// Moves the weights down a batch's gradient, unless its loss is broken.
  mutating func update(
    along batch: (summary: LossSummary, gradients: [Model.TangentVector]), of total: Int
  ) throws -> LossSummary {
    if let part = batch.summary.brokenPart { throw TrainingError.diverged(step: progress.step + 1, part: part) }
    let rate = settings.optimizer.rate * settings.schedule.factor(step: progress.step, of: total)
    optimizer.update(&model, along: batch.gradients, rate: rate, threads: settings.threads)
    average?.update(with: &model)
    return batch.summary
  }

  /// The loss on a batch and its gradient, in one part per shard, and the draws. Each shard computes its evidence; the bound
  /// sees the batch as a whole; each shard gets its part of the bound's gradient back.
  private mutating func gradients(
    _ data: any BatchSource, _ batch: Batch, of total: Int
  ) -> (LossSummary, [Model.TangentVector], z: Tensor) {
    let (objective, indices) = (settings.objective, batch.indices)
    let (noise, dataStream) = (stream["noise"][progress.step], stream["data"][progress.epoch])
    let ranges = batch.shards(settings.threads)
    let passes = trainingPasses(ranges, draws: objective.samples, structure: batch.structure)
    let shards = Parallel.map(ranges.count) { shard in
      let range = ranges[shard]
      let x = data.batch(indices.dropFirst(range.lowerBound).prefix(range.count), stream: dataStream).asConstant
      let e = noise.normal(
        draws: objective.samples, rows: range, of: indices.count, size: model.noiseSize)  // [K, b, N]
      return passes[shard].run {
        valueWithPullback(at: model) { $0.evidence(of: x, noise: e, divergence: objective.divergence) }
      }
    }
    let evidence = Evidence.joining(shards.map { $0.value })
    let (loss, gradient) = lossWithGradient(at: evidence, examples: data.count, of: total)
    let gradients = Parallel.map(ranges.count) { shard in
      shards[shard].pullback(evidence.gradient(gradient, ofExamples: ranges[shard]))
    }
    TrainingPass.merge(passes, into: &model)
    return (LossSummary(evidence, loss: loss), gradients, evidence.z)
  }

  /// What is minimised, at the evidence of a batch: the bound's loss and, where it is charged, the total correlation.
  private func lossWithGradient(
    at evidence: Evidence, examples: Int, of total: Int
  ) -> (Float, Evidence.TangentVector) {
    let objective = settings.objective
    let beta = objective.beta(step: progress.step, of: total)
    var (loss, gradient) = valueWithGradient(at: evidence) { objective.loss($0, beta: beta) }
    guard let correlation = objective.totalCorrelation else { return (loss, gradient) }
    let weight = correlation.weight * objective.warmth(step: progress.step, of: total)
    if let critic {
      let charge = critic.totalCorrelation(evidence.z)
      loss += weight * charge.value
      gradient.z = gradient.z + weight * charge.gradient
    } else {
      let charge = valueWithGradient(at: evidence) { weight * $0.totalCorrelation(of: examples) }
      loss += charge.value
      gradient = gradient + charge.gradient
    }
    return (loss, gradient)
  }

  /// A pass for each shard of a step, which tells layers that it is training. Their random numbers are indexed by the
  /// steps that the weights have taken.
  func trainingPasses(_ ranges: [Range<Int>], draws: Int, structure: (any BatchStructure)? = nil) -> [TrainingPass] {
    ranges.map {
      TrainingPass(
        stream: stream["layers"][optimizer.step], rows: $0, of: ranges.last?.upperBound ?? 0, draws: draws,
        structure: structure)
    }
  }

  private mutating func finishEpoch(_ validation: (any BatchSource)?, _ total: Int, _ seconds: Double) -> EpochReport {
    progress.epoch += 1
    let judged = validation.flatMap { data in
      data.count == 0 || settings.algorithm?.learnsEncoder == false
        ? nil : Evaluator(threads: settings.threads, seed: settings.seed).bound(evaluatedModel, on: data)
    }
    var isBest = false
    if let bound = judged?.bound {
      isBest = bound > progress.bestBound ?? -.infinity
      progress.bestBound = isBest ? bound : progress.bestBound
      progress.epochsSinceBest = isBest ? 0 : progress.epochsSinceBest + 1
    }
    let report = EpochReport(
      epoch: progress.epoch, step: progress.step, training: progress.epochSummary, validation: judged, isBest: isBest,
      rate: settings.optimizer.rate * settings.schedule.factor(step: progress.step - 1, of: total), seconds: seconds,
      skippedSteps: optimizer.skipped)
    progress.batchesDone = 0
    progress.epochSummary = LossSummary()
    return report
  }
}

extension RandomStream {
  /// Normal numbers [draws, rows.count, size] for some rows of a batch of `count`: the same whoever asks for which rows.
  func normal(draws: Int, rows: Range<Int>, of count: Int, size: Int) -> Tensor {
    let parts = (0..<draws).map { draw in
      normal([1, rows.count, size], first: (draw * count + rows.lowerBound) * size)
    }
    return parts.count == 1 ? parts[0] : Tensor.stacked(parts)
  }
}
