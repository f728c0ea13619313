import Foundation

/// Means over some examples, in nats per example.
public struct LossSummary: Sendable, Equatable {
  /// Examples that went in.
  public var count = 0
  private var lossSum = 0.0
  private var logLikelihoodSum = 0.0
  private var divergenceSum = 0.0

  /// A summary of nothing.
  public init() {}

  /// The sums behind the means, for checkpoints: loss, log-likelihood, divergence.
  public var sums: [Double] {
    get { [lossSum, logLikelihoodSum, divergenceSum] }
    set { (lossSum, logLikelihoodSum, divergenceSum) = (newValue[0], newValue[1], newValue[2]) }
  }

  /// Means over `count` examples.
  init(count: Int, loss: Double, logLikelihood: Double, divergence: Double) {
    self.count = count
    (lossSum, logLikelihoodSum) = (loss * Double(count), logLikelihood * Double(count))
    divergenceSum = divergence * Double(count)
  }

  /// One batch.
  init(_ evidence: Evidence, loss: Float) {
    count = evidence.logLikelihood.shape[1]
    lossSum = Double(loss) * Double(count)
    logLikelihoodSum = Double(evidence.logLikelihood.sum()) / Double(evidence.logLikelihood.shape[0])
    divergenceSum = Double(evidence.divergence.sum()) / Double(evidence.divergence.shape[0])
  }

  /// Takes in another summary.
  public mutating func add(_ other: LossSummary) {
    count += other.count
    lossSum += other.lossSum
    logLikelihoodSum += other.logLikelihoodSum
    divergenceSum += other.divergenceSum
  }

  /// What is infinite or not a number, if anything is.
  var brokenPart: String? {
    if !logLikelihoodSum.isFinite { return "log-likelihood" }
    if !divergenceSum.isFinite { return "divergence (KL)" }
    return lossSum.isFinite ? nil : "loss"
  }

  /// The mean of what was minimised.
  public var loss: Double { lossSum / Double(max(count, 1)) }
  /// The mean of log p(x|z).
  public var logLikelihood: Double { logLikelihoodSum / Double(max(count, 1)) }
  /// The mean of the divergence of q(z|x) from p(z).
  public var divergence: Double { divergenceSum / Double(max(count, 1)) }
  /// The evidence lower bound: log-likelihood less divergence, whatever was minimised.
  public var bound: Double { logLikelihood - divergence }
}

/// One step.
public struct StepReport: Sendable {
  /// Steps taken so far, this one included.
  public let step: Int
  /// Steps of the whole run.
  public let totalSteps: Int
  /// The epoch it belongs to, from 1.
  public let epoch: Int
  /// This step's batch.
  public let batch: LossSummary
  /// The epoch so far.
  public let soFar: LossSummary
}

/// One pass over the training examples.
public struct EpochReport: Sendable {
  /// From 1.
  public let epoch: Int
  /// Steps taken so far.
  public let step: Int
  /// Means over the epoch's batches, as they were trained on.
  public let training: LossSummary
  /// The bound on validation examples, if there are any.
  public let validation: BoundReport?
  /// Whether the validation bound is the best so far.
  public let isBest: Bool
  /// The step size of the last step.
  public let rate: Float
  /// Wall-clock seconds of the epoch's training.
  public let seconds: Double
  /// Steps of the run that were not taken because their gradient was too long; see `OptimizerSettings.skipNorm`.
  public let skippedSteps: Int
}

/// Why training cannot go on.
public enum TrainingError: Error, CustomStringConvertible {
  /// The loss is infinite or not a number.
  case diverged(step: Int, part: String)
  /// There is nothing to train on.
  case noExamples
  /// A tensor of the model is no parameter: it is in a `let`, in an array of layers, or behind `@noDerivative`.
  case unlearned(String)

  /// What broke, at which step, and what to try.
  public var description: String {
    switch self {
    case .diverged(let step, let part):
      "step \(step): the \(part) is not finite; the last checkpoint, if one was saved, is kept. "
        + "Try a smaller --learning-rate, --clip-norm 10, --warm-up, or look for values outside the expected range in the data"
    case .noExamples: "there are no examples to train on"
    case .unlearned(let name):
      "the tensor \(name) would never learn: it is in a let, in an array of layers or behind @noDerivative. Make it a var, keep "
        + "layers in a Stack, and what is not to be learned in a StateTensor or Frozen"
    }
  }
}
