import ArgumentParser
import Autoencoders
import Datasets
import Tensors

/// Examples with holes, and what is known of them.
struct ImputationTask {
  /// NaN where a number is missing.
  var x: Tensor
  /// The same before numbers were taken away.
  var truth: Tensor
  var mask: String
  var split: String
  /// The training data's mean, to be beaten.
  var mean: Tensor?
  /// The training data's deviations, in whose units errors are; nil for data in [0, 1].
  var scale: Tensor?
  /// Whether the encoder learned from data with holes.
  var isModelUsedToHoles: Bool

  /// The error of examples that were filled in.
  func error(_ filled: Tensor) -> ImputationError {
    ImputationError(filled, truth: truth, missingIn: x, scale: scale)
  }

  /// That of the training mean.
  var baseline: ImputationError? { mean.map { error(x.filled(from: $0.broadcast(to: x.shape))) } }
}

extension ImputeCommand {
  /// What is to be filled, and what is known of it.
  func task(_ run: Run, count: Int?) throws -> ImputationTask {
    var source = source
    source.data = file ?? source.data
    let (split, examples) = try source.load(run)
    let positions = someOf(examples.count, count: count ?? examples.count, seed: options.seed)
    let stream = RandomStream(seed: options.seed)["impute"]
    let truth = examples.batch(positions[...], stream: stream["data"])
    let option = try mask.map { try MaskOption($0) } ?? (truth.hasMissing ? .nan : .random(0.6))
    let shape = run.configuration.data.exampleShape
    let x =
      try option.mask(shape: shape, positions: positions, of: examples.count, stream: stream["mask"])?.hiding(truth)
      ?? truth
    let missing = x.scalars.count { $0.isNaN }
    guard missing > 0 else {
      throw ValidationError(
        "--mask \(option): no number of the \(positions.count) examples is missing; give another, as in --mask random:0.6"
      )
    }
    if run.configuration.model.likelihood == .mixture, DataProfile.hasBrokenPixels(x.scalars[...], shape) {
      throw ValidationError(
        "--mask \(option): pixels that are missing in some channels only have no likelihood under a mixture, which "
          + "couples channels")
    }
    let scale = try baseline(run)
    return ImputationTask(
      x: x, truth: truth, mask: "\(option)", split: split, mean: scale?.mean,
      scale: run.configuration.model.boundedMean ? nil : scale?.deviation,
      isModelUsedToHoles: scale?.hasHoles ?? false)
  }

  /// The training data's mean and deviations and whether they have holes, from at most 10,000 examples; nil where those of a run are no longer there and
  /// others are worked on.
  private func baseline(_ run: Run) throws -> (mean: Tensor, deviation: Tensor, hasHoles: Bool)? {
    let configuration = run.configuration
    func load() throws -> Examples {
      try RunData(configuration.data, seed: configuration.training.seed, directory: source.dataDir).train
        .prefix(10_000)
    }
    guard let train = file == nil && source.data == nil ? try load() : try? load() else { return nil }
    let mean = train.mean()
    return (mean, train.deviation(about: mean), train.missingPart > 0)
  }
}
