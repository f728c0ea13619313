import Networks

/// Everything about a run but the model and the data.
public struct TrainingSettings: Codable, Sendable, Equatable {
  /// How a batch changes the weights; without, ``TrainingAlgorithm/variational``.
  public var algorithm: TrainingAlgorithm?
  /// What is maximised.
  public var objective = Objective()
  /// The update rule and its numbers.
  public var optimizer = OptimizerSettings()
  /// How the step size changes.
  public var schedule = Schedule()
  /// Passes over the training examples.
  public var epochs = 10
  /// Examples in a step.
  public var batchSize = 128
  /// Decay of the moving average of the weights that evaluation uses; none without.
  public var averageDecay: Float?
  /// Epochs without a better validation bound after which training stops; never without.
  public var patience: Int?
  /// Seed of the weights, the order, the noise and the binarisation.
  public var seed: UInt64 = 0
  /// Shards of each batch, each on a core of its own. Part of the configuration because the order in which their
  /// gradients are added changes the last bit.
  public var threads = 1

  /// Default settings.
  public init() {}
}
