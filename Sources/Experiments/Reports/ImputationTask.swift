import Autoencoders
import Datasets
import Tensors

/// Examples with holes, and what is known of them.
package struct ImputationTask {
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

extension ImputationTask {
  /// Some examples of a run's data or others, chosen by the seed, with what is missing of them.
  ///
  /// - Parameters:
  ///   - isOwn: whether the examples are the run's own, whose training data must then be there.
  ///   - mask: what is taken away; by default what the data lack, or 60% of the numbers where they lack nothing.
  /// - Throws: `SettingError` where nothing is missing, or the likelihood can't take what is.
  package init(
    _ run: Run, _ data: (split: String, examples: Examples), isOwn: Bool, mask: HiddenPart?, count: Int?,
    directory: String?, seed: UInt64, reporter: any Reporter
  ) throws {
    let examples = data.examples
    let positions = someOf(examples.count, count: count ?? examples.count, seed: seed)
    let stream = RandomStream(seed: seed)["impute"]
    let truth = examples.batch(positions[...], stream: stream["data"])
    let option = mask ?? (truth.hasMissing ? .nan : .random(0.6))
    let shape = run.configuration.examples.shape
    let x =
      try option.mask(shape: shape, positions: positions, of: examples.count, stream: stream["mask"])?.hiding(truth)
      ?? truth
    let missing = x.scalars.count { $0.isNaN }
    guard missing > 0 else {
      throw SettingError(
        "mask",
        "\(option): no number of the \(positions.count) examples is missing; give another, as in --mask random:0.6")
    }
    if run.configuration.model.likelihood?.couplesChannels == true, DataProfile.hasBrokenPixels(x.scalars[...], shape) {
      throw SettingError(
        "mask",
        "\(option): pixels that are missing in some channels only have no likelihood under a mixture, which couples "
          + "channels")
    }
    let scale = try Self.baseline(run, isOwn: isOwn, directory, reporter)
    self.init(
      x: x, truth: truth, mask: "\(option)", split: data.split, mean: scale?.mean,
      scale: run.configuration.isBounded ? nil : scale?.deviation, isModelUsedToHoles: scale?.hasHoles ?? false)
  }

  /// The training data's mean and deviations and whether they have holes, from at most 10,000 examples; nil where those of a
  /// run are no longer there and others are worked on.
  private static func baseline(
    _ run: Run, isOwn: Bool, _ directory: String?, _ reporter: any Reporter
  ) throws -> (mean: Tensor, deviation: Tensor, hasHoles: Bool)? {
    func load() throws -> Examples { try run.data(directory: directory, reporter: reporter).train.prefix(10_000) }
    guard let train = isOwn ? try load() : try? load() else { return nil }
    let mean = train.mean()
    return (mean, train.deviation(about: mean), train.missingPart > 0)
  }
}
