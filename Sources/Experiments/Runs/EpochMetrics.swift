import Autoencoders

/// One line of `metrics.jsonl`. Nats per example; absent where there is none.
public struct EpochMetrics: Codable, Sendable {
  /// From 1.
  public var epoch: Int
  /// Steps taken.
  public var step: Int
  /// Mean of what was minimised.
  public var loss: Double
  /// Mean log-likelihood on the training batches.
  public var logLikelihood: Double
  /// Mean divergence on the training batches.
  public var divergence: Double
  /// The bound on the validation examples.
  public var validationBound: Double?
  /// Its standard error.
  public var validationStandardError: Double?
  /// The part of the validation examples whose class is guessed wrong.
  public var validationError: Double?
  /// Latent units in use.
  public var activeUnits: Int?
  /// The step size.
  public var learningRate: Double
  /// Examples trained on per second.
  public var examplesPerSecond: Double
  /// Steps of the run that were not taken because their gradient was too long; absent if there were none.
  public var skippedSteps: Int?

  /// The metrics of an epoch.
  public init(_ report: EpochReport, validationError: Double? = nil) {
    self.validationError = validationError
    epoch = report.epoch
    step = report.step
    loss = report.training.loss
    logLikelihood = report.training.logLikelihood
    divergence = report.training.divergence
    validationBound = report.validation?.bound
    validationStandardError = report.validation?.standardError
    activeUnits = report.validation?.activeUnits
    learningRate = Double(report.rate)
    examplesPerSecond = Double(report.training.count) / max(report.seconds, 1e-9)
    skippedSteps = report.skippedSteps > 0 ? report.skippedSteps : nil
  }

  enum CodingKeys: String, CodingKey {
    case epoch, step
    case loss = "loss_nats"
    case logLikelihood = "log_likelihood_nats"
    case divergence = "kl_nats"
    case validationBound = "validation_bound_nats"
    case validationStandardError = "validation_standard_error"
    case validationError = "validation_error"
    case activeUnits = "active_units"
    case learningRate = "learning_rate"
    case examplesPerSecond = "examples_per_second"
    case skippedSteps = "skipped_steps"
  }
}
