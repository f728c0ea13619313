import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Networks

/// What is the same for all curves of a comparison, and how a curve comes of it.
package struct ComparisonSettings {
  /// A known set's name or a path.
  package var data: String
  /// The folder for curves and figure.
  package var out: String
  /// Training samples to evaluate in each curve.
  package var samples: Int
  /// The likelihood; that which fits the data without.
  package var likelihood: LikelihoodSpecification.Name?
  /// What becomes of grey values; what fits the likelihood without.
  package var binarization: Binarization?
  package var algorithms: [TrainingAlgorithm]
  /// Step sizes of Adagrad to choose from, and the samples after which one is chosen.
  package var rates: [Float]
  package var trialSamples: Int
  package var batchSize: Int
  package var seed: UInt64
  /// Cores; all without.
  package var threads: Int?
  package var directory: String?
  /// Width of the hidden layers.
  package var hidden: Int
  private let splits: DatasetSplits
  private let profile: DataProfile
  private let reporter: any Reporter

  /// Reads the data. Throws `DataError`.
  package init(
    data: String, out: String, samples: Int, algorithms: [TrainingAlgorithm], rates: [Float], trialSamples: Int,
    batchSize: Int, seed: UInt64, directory: String?, hidden: Int, reporter: any Reporter
  ) throws {
    (self.data, self.out, self.samples, self.algorithms) = (data, out, samples, algorithms)
    (self.rates, self.trialSamples, self.batchSize, self.seed) = (rates, trialSamples, batchSize, seed)
    (self.directory, self.hidden, self.reporter) = (directory, hidden, reporter)
    splits = try DataLocator.reporting(directory, to: reporter).load(data)
    profile = DataProfile(splits.train)
  }

  /// What the data are called.
  package var source: String { splits.train.name }

  private func model(latent: Int) -> MLPSpecification {
    var model = MLPSpecification()
    if !profile.isUnit { model.inputScaling = .standardize }
    let name = likelihood ?? (profile.isUnit ? .bernoulli : .gaussian)
    model.likelihood = LikelihoodSpecification(name, isBounded: profile.isUnit)
    (model.hidden, model.latent, model.activation) = ([hidden], latent, .tanh)
    // The paper's N(0, 0.01), read as a variance: with deviations of 0.01 dreams say so little of their latents that
    // wake-sleep never begins to learn on Frey faces.
    model.initializer = .normal(0.1)
    return model
  }

  /// The training examples, or the first so many; a tenth is held out where nothing else is there to judge by.
  package func data(limit: Int?) -> DataConfiguration {
    var configuration = DataConfiguration(
      source: FileManager.default.fileExists(atPath: data) ? URL(fileURLWithPath: data).path : data)
    configuration.directory = directory.map { URL(fileURLWithPath: $0).path }
    configuration.binarization = binarization ?? profile.defaultBinarization(model(latent: 1).likelihood)
    configuration.limit = limit
    configuration.validationFraction = splits.test == nil && splits.validation == nil ? 0.1 : 0
    configuration.isOrdered = splits.train.isOrdered
    return configuration
  }

  /// A curve. Throws ``ExperimentError`` where there are too few examples.
  package func curve(
    _ algorithm: TrainingAlgorithm, _ data: DataConfiguration, latent: Int, panel: String, name: String
  ) throws -> Curve {
    let form = ExampleForm(shape: splits.train.exampleShape)
    let examples = try RunData(splits, data, shape: form.shape, seed: seed, reporter: reporter)
    guard examples.train.count > 0 && examples.heldOut.examples.count > 0 else {
      throw ExperimentError("\(source) has too few examples to train on and to judge by")
    }
    var training = TrainingSettings()
    training.algorithm = algorithm
    training.optimizer = OptimizerSettings(.adagrad)
    training.optimizer.weightPrior = 1 / Float(examples.train.count)
    training.batchSize = batchSize
    training.seed = seed
    training.threads = threads ?? max(1, min(ProcessInfo.processInfo.activeProcessorCount, batchSize / 16))
    func made() -> Curve {
      Curve(
        algorithm: algorithm, panel: panel, path: "\(out)/\(name)",
        configuration: RunConfiguration(
          data: data, examples: form, model: model(latent: latent), training: training), data: examples)
    }
    let steps = made().step(evaluations: samples)
    let perEpoch = (examples.train.count + batchSize - 1) / batchSize
    training.epochs = (steps + perEpoch - 1) / perEpoch
    return made()
  }

  /// All curves. Throws ``ExperimentError`` where the likelihood can't be one of the data.
  package func comparison(_ title: String, _ curves: [Curve], _ measure: Measure) throws -> Comparison {
    let likelihood = model(latent: 1).likelihood
    let binarization = curves[0].configuration.data.binarization
    try profile.check(likelihood, binarization, exampleShape: splits.train.exampleShape)
    profile.advise(likelihood, binarization, reporter)
    return Comparison(
      title: title, folder: out, curves: curves, measure: measure, samples: samples, rates: rates,
      trialSamples: trialSamples)
  }
}
