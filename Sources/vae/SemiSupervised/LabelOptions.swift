import ArgumentParser
import Autoencoders
import Datasets
import Foundation

/// Flags of models of examples and their classes.
struct LabelOptions: ParsableArguments {
  @Option(
    help: """
      m2, m1m2: how many training examples keep their class, as many of each (default: all that have one). For the rest it \
      is unknown.
      """)
  var labels: Int?
  @Option(
    help: "m2, m1m2: a CSV of classes, a line for each training example; an empty one is an example without a class.",
    completion: .file())
  var labelsFile: String?
  @Option(
    help: """
      m2, m1m2: weight of the classification loss beside the bound, per example, averaged over labelled ones (default: 0.1).
      """)
  var alpha: Float?
  @Option(
    help: """
      m2, m1m2: labelled examples are shown again and again until they are so large a part of an epoch, 0 to below 1 \
      (default: 0.1).
      """)
  var labelledShare: Double?
  @Flag(help: "m2, m1m2: learn the classifier alone, from labelled examples alone: a baseline.") var supervised = false
  @Option(
    help: "m1m2: the run, of --model mlp, whose latents are the data (default: one is trained, 500,500-50).",
    completion: .directory)
  var features: String?
  @Option(help: "m1m2: passes over the data for the model of features (default: 50).") var featureEpochs: Int?

  var isGiven: Bool {
    labels != nil || labelsFile != nil || alpha != nil || labelledShare != nil || supervised || features != nil
      || featureEpochs != nil
  }

  /// Completes a configuration. `base` says whether it is another run's, whose settings stay unless a flag says otherwise.
  func apply(
    to model: inout ModelConfiguration, _ data: inout DataConfiguration, _ splits: DatasetSplits,
    base: RunConfiguration?
  ) throws {
    guard model.family.hasClasses else {
      if isGiven {
        throw ValidationError(
          "--labels, --labels-file, --alpha, --labelled-share, --supervised and --features go with --model m2 or m1m2")
      }
      model.semi = nil
      return
    }
    if model.family != .m1m2 && (features != nil || featureEpochs != nil) {
      throw ValidationError("--features and --feature-epochs go with --model m1m2")
    }
    guard labels ?? 1 > 0, featureEpochs ?? 1 > 0 else {
      throw ValidationError("--labels and --feature-epochs must be at least 1")
    }
    guard (0..<1).contains(labelledShare ?? 0.1), labelledShare != 0 else {
      throw ValidationError("--labelled-share must be above 0 and below 1; got \(labelledShare!)")
    }
    guard alpha ?? 0 >= 0 else { throw ValidationError("--alpha must not be negative; got \(alpha!)") }
    data.labels = labels ?? base?.data.labels
    data.labelsFile =
      labelsFile.map { URL(fileURLWithPath: $0).path } ?? (labels == nil ? base?.data.labelsFile : nil)
    data.labelledShare = supervised ? 1 : labelledShare ?? base?.data.labelledShare ?? 0.1
    let known = try KnownLabels(splits.train, file: data.labelsFile)
    var semi = SemiSupervision(classes: known.classes, names: known.names, labelledShare: 1)
    semi.alpha = alpha ?? base?.model.semi?.alpha ?? semi.alpha
    semi.isSupervised = supervised || base?.model.semi?.isSupervised == true ? true : nil
    model.semi = semi
  }

  /// The run of features inside `run`: a copy of the one at `features`, or a new one to be trained.
  func makeFeatures(in run: Run, copying features: String?) throws -> Run {
    let path = run.featuresPath
    if let features {
      let source = try Run(opening: features)
      _ = try source.checkpointPath(.best)
      guard source.configuration.model.inputSize == run.configuration.model.inputSize else {
        throw ValidationError(
          "--features \(features): that model takes examples of \(source.configuration.model.inputSize) numbers, these have "
            + "\(run.configuration.model.inputSize)")
      }
      try FileManager.default.copyItem(atPath: source.path, toPath: path)
      return try Run(opening: path)
    }
    var configuration = run.configuration
    configuration.model.family = .mlp
    (configuration.model.hidden, configuration.model.latent) = ([500, 500], 50)
    configuration.model.inputScaling = configuration.data.binarization == "none" ? .standardize : .center
    configuration.model.semi = nil
    (configuration.data.labels, configuration.data.labelsFile, configuration.data.labelledShare) = (nil, nil, nil)
    var training = TrainingSettings()
    training.epochs = featureEpochs ?? 50
    training.batchSize = 100
    training.optimizer.rate = 0.001
    training.schedule.shape = .cosine(floor: 0)
    (training.seed, training.threads) = (configuration.training.seed, configuration.training.threads)
    configuration.training = training
    return try Run(creating: path, configuration)
  }
}
