import ArgumentParser
import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Networks

/// What both comparisons take.
struct CompareOptions: ParsableArguments {
  @Argument(help: "A known set's name or a file's path.", completion: .file()) var data: String
  @Option(name: [.customShort("o"), .long], help: "The folder for curves and figure.", completion: .directory)
  var out: String
  @Option(help: "Training samples to evaluate in each curve.") var samples = 5e6
  @Option(help: "p(x|z) (default: bernoulli; gaussian for data outside [0, 1]).")
  var likelihood: ModelConfiguration.LikelihoodFamily?
  @Option(help: "How grey becomes binary (default: dynamic for grey data under bernoulli).")
  var binarize: Binarization?
  @Option(help: "The algorithms: aevb, wake-sleep, mcem (default: those of the figure).") var algorithms: String?
  @Option(help: "Step sizes of Adagrad to choose from.") var rates = "0.01,0.02,0.1"
  @Option(help: "Training samples after which the step size is chosen.") var trialSamples = 1e5
  @Option(help: "Examples in a step.") var batchSize = 100
  @Option(help: "Examples of each split that a curve is judged by (default: 10000 for bounds, 1000 for likelihoods).")
  var judged: Int?
  @Option(help: "Seed of all that is random.") var seed: UInt64 = 0
  @Option(help: "Cores to use (default: all).") var threads: Int?
  @Option(help: "Where to look for data sets first (as DIR/NAME/).", completion: .directory) var dataDir: String?

  func validate() throws {
    guard batchSize > 0 && judged ?? 1 > 0 && threads ?? 1 > 0 else {
      throw ValidationError("--batch-size, --judged and --threads must be at least 1")
    }
    guard (1000...1e12).contains(samples), (1...1e12).contains(trialSamples) else {
      throw ValidationError("--samples must be from 1000 to 1e12, --trial-samples from 1")
    }
  }

  static func numbers(_ text: String, _ option: String) throws -> [Int] {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard numbers.allSatisfy({ 1...1_000_000 ~= $0 }), Set(numbers).count == numbers.count else {
      throw ValidationError("\(option) takes different numbers from 1, as in 3,20; got \(text)")
    }
    return numbers
  }

  /// The data read, the flags understood.
  func settings(defaults: [TrainingAlgorithm], hidden: Int) throws -> ComparisonSettings {
    let rates = self.rates.split(separator: ",").map { Float($0) ?? 0 }
    guard !rates.isEmpty && rates.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw ValidationError("--rates takes step sizes, as in 0.01,0.1; got \(self.rates)")
    }
    let algorithms = try self.algorithms.map {
      try $0.split(separator: ",").map { name in
        guard let algorithm = TrainingAlgorithm(rawValue: String(name)) else {
          throw ValidationError("--algorithms takes aevb, wake-sleep, mcem; got \(name)")
        }
        return algorithm
      }
    }
    guard algorithms.map({ !$0.isEmpty && Set($0).count == $0.count }) ?? true else {
      throw ValidationError("--algorithms takes each of aevb, wake-sleep, mcem once; got \(self.algorithms ?? "")")
    }
    guard 1...1_000_000 ~= hidden else { throw ValidationError("--hidden must be at least 1; got \(hidden)") }
    let splits = try DataLocator.reporting(dataDir).load(data)
    return ComparisonSettings(
      options: self, algorithms: algorithms ?? defaults, rates: rates, hidden: hidden, splits: splits,
      profile: DataProfile(splits.train))
  }
}

/// What is the same for all curves of a comparison, and how a curve comes of it.
struct ComparisonSettings {
  let options: CompareOptions
  let algorithms: [TrainingAlgorithm]
  let rates: [Float]
  let hidden: Int
  let splits: DatasetSplits
  let profile: DataProfile

  var source: String { splits.train.name }

  private func model(latent: Int) -> ModelConfiguration {
    var model = ModelConfiguration(inputSize: splits.train.exampleSize)
    model.exampleShape = splits.train.exampleShape
    profile.adapt(&model, likelihood: options.likelihood)
    model.likelihood = options.likelihood ?? model.likelihood
    model.hidden = [hidden]
    model.latent = latent
    model.activation = .tanh
    // The paper's N(0, 0.01), read as a variance: with deviations of 0.01 dreams say so little of their latents that
    // wake-sleep never begins to learn on Frey faces.
    model.initializer = .normal(0.1)
    return model
  }

  /// The training examples, or the first so many; a tenth is held out where nothing else is there to judge by.
  func data(limit: Int?) -> DataConfiguration {
    let likelihood = model(latent: 1).likelihood
    return DataConfiguration(
      source: FileManager.default.fileExists(atPath: options.data)
        ? URL(fileURLWithPath: options.data).path : options.data,
      variable: nil, directory: options.dataDir.map { URL(fileURLWithPath: $0).path },
      binarization: (options.binarize ?? profile.defaultBinarization(likelihood)).rawValue, limit: limit,
      validationFraction: splits.test == nil && splits.validation == nil ? 0.1 : 0,
      exampleShape: splits.train.exampleShape, isOrdered: splits.train.isOrdered)
  }

  func curve(
    _ algorithm: TrainingAlgorithm, _ data: DataConfiguration, latent: Int, panel: String, name: String
  ) throws -> Curve {
    let model = model(latent: latent)
    let examples = try RunData(splits, data, seed: options.seed)
    guard examples.train.count > 0 && examples.heldOut.examples.count > 0 else {
      throw ValidationError("\(source) has too few examples to train on and to judge by")
    }
    var training = TrainingSettings()
    training.algorithm = algorithm
    training.optimizer = OptimizerSettings(.adagrad)
    training.optimizer.weightPrior = 1 / Float(examples.train.count)
    training.batchSize = options.batchSize
    training.seed = options.seed
    training.threads =
      options.threads
      ?? max(
        1, min(ProcessInfo.processInfo.activeProcessorCount, options.batchSize / 16))
    func made() -> Curve {
      Curve(
        algorithm: algorithm, panel: panel, path: "\(options.out)/\(name)",
        configuration: RunConfiguration(data: data, model: model, training: training), data: examples)
    }
    let steps = made().step(evaluations: Int(options.samples))
    let perEpoch = (examples.train.count + options.batchSize - 1) / options.batchSize
    training.epochs = (steps + perEpoch - 1) / perEpoch
    return made()
  }

  func comparison(_ title: String, _ curves: [Curve], _ measure: Measure) throws -> Comparison {
    try profile.check(
      curves[0].configuration.model.likelihood,
      Binarization(rawValue: curves[0].configuration.data.binarization) ?? .none,
      exampleShape: splits.train.exampleShape)
    return Comparison(
      title: title, folder: options.out, curves: curves, measure: measure, samples: Int(options.samples), rates: rates,
      trialSamples: Int(options.trialSamples))
  }
}
