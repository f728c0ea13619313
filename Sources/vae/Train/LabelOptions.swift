import ArgumentParser
import Autoencoders
import Experiments
import Foundation

/// Flags of models of examples and their classes.
struct LabelOptions: ModelFlagGroup {
  @Option(
    help:
      "How many training examples keep their class, as many of each (default: all that have one). For the rest it is unknown."
  )
  var labels: Int?
  @Option(
    help: "A CSV of classes, a line for each training example; an empty one is an example without a class.",
    completion: .file())
  var labelsFile: String?
  @Option(
    help: "Weight of the classification loss beside the bound, per example, averaged over labelled ones (default: 0.1)."
  )
  var alpha: Float?
  @Option(
    help: """
      Labelled examples are shown again and again until they are so large a part of an epoch, 0 to below 1 (default: 0.1).
      """)
  var labelledShare: Double?
  @Flag(help: "Learn the classifier alone, from labelled examples alone: a baseline.") var supervised = false
  @Option(
    help: "m1m2: the run, of --model mlp, whose latents are the data (default: one is trained, 500,500-50).",
    completion: .directory)
  var features: String?
  @Option(help: "m1m2: passes over the data for the model of features (default: 50).") var featureEpochs: Int?

  var flags: [ModelFlag] {
    let (classes, staged) = (
      { (type: any ModelSpecification.Type) in type is any ClassesSetting.Type },
      { (type: any ModelSpecification.Type) in type is any StagedSpecification.Type }
    )
    return [
      ModelFlag("--labels", labels != nil, classes), ModelFlag("--labels-file", labelsFile != nil, classes),
      ModelFlag("--alpha", alpha != nil, classes), ModelFlag("--labelled-share", labelledShare != nil, classes),
      ModelFlag("--supervised", supervised, classes), ModelFlag("--features", features != nil, staged),
      ModelFlag("--feature-epochs", featureEpochs != nil, staged),
    ]
  }

  func validate() throws {
    guard labels ?? 1 > 0, featureEpochs ?? 1 > 0 else {
      throw ValidationError("--labels and --feature-epochs must be at least 1")
    }
    guard (0..<1).contains(labelledShare ?? 0.1), labelledShare != 0 else {
      throw ValidationError("--labelled-share must be above 0 and below 1; got \(labelledShare!)")
    }
    guard alpha ?? 0 >= 0 else { throw ValidationError("--alpha must not be negative; got \(alpha!)") }
  }

  func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {
    change(&model, as: (any ClassesSetting).self) {
      $0.classes.alpha = alpha ?? $0.classes.alpha
      if supervised { $0.classes.isSupervised = true }
    }
  }

  func apply(to data: inout DataConfiguration, for model: any ModelSpecification.Type) {
    guard model is any ClassesSetting.Type else {
      (data.labels, data.labelsFile, data.labelledShare) = (nil, nil, nil)
      return
    }
    if labels != nil { data.labelsFile = nil }
    data.labels = labels ?? data.labels
    data.labelsFile = labelsFile.map { URL(fileURLWithPath: $0).path } ?? data.labelsFile
    data.labelledShare = supervised ? 1 : labelledShare ?? data.labelledShare ?? 0.1
  }
}
