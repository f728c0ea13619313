import Files
import Foundation
import Tensors

/// Where a run's data come from, as a person would say it.
public struct DataConfiguration: Codable, Sendable, Equatable {
  /// A known set's name, or a path.
  public var source: String
  /// The variable inside a file that holds several.
  public var variable: String?
  /// The folder that `--data-dir` named.
  public var directory: String?
  /// What becomes of grey values: `none`, `threshold`, `dynamic`, `fixed` or `dequantize`.
  public var binarization: String
  /// Only the first so many training examples.
  public var limit: Int?
  /// Of these only so many, chosen by the seed.
  public var subset: Int?
  /// The part of the training examples that is kept for validation.
  public var validationFraction: Double
  /// Shape of one example, as found or made.
  public var exampleShape: [Int]
  /// Rows and columns that pictures are brought to, where that was asked for.
  public var size: [Int]?
  /// Whether colour is turned into grey.
  public var grey: Bool?
  /// Whether half of the training pictures are shown mirrored left to right.
  public var mirror: Bool?
  /// The part of all pixels, or numbers of a table, that is taken away from training and validation examples.
  public var missing: Double?
  /// How many of the training examples keep their class, as many of each; all without, where classes are asked for.
  public var labels: Int?
  /// The part of an epoch that examples with a class make up, repeated as often as that takes; 1 leaves the others out.
  /// Classes are not asked for without.
  public var labelledShare: Double?
  /// A file of classes, one for each training example.
  public var labelsFile: String?
  /// Whether neighbouring examples are alike, so that the last ones are kept for validation, not random ones.
  public var isOrdered: Bool
  /// What a conditional model is given of each example, as ``vae train --given`` says it.
  public var given: String?
  /// Of trajectories given a frame: the frame's rows, columns and perhaps channels.
  public var frameShape: [Int]?
  /// Of trajectories: frames after the first.
  public var steps: Int?
  /// How many classes there are, where the class is given.
  public var classes: Int?
  /// The deviation of noise added to given pictures in training.
  public var conditionNoise: Double?
  /// The longest sides of holes in given pictures in training, as a part of theirs.
  public var conditionHoles: Double?

  /// A description of data.
  public init(
    source: String, variable: String?, directory: String?, binarization: String, limit: Int?,
    validationFraction: Double, exampleShape: [Int], isOrdered: Bool, size: [Int]? = nil, grey: Bool? = nil,
    mirror: Bool? = nil, missing: Double? = nil
  ) {
    self.source = source
    self.variable = variable
    self.directory = directory
    self.binarization = binarization
    self.limit = limit
    self.validationFraction = validationFraction
    self.exampleShape = exampleShape
    self.isOrdered = isOrdered
    self.size = size
    self.grey = grey
    self.mirror = mirror
    self.missing = missing
  }
}

/// `config.json` of a run: complete, versioned, enough to rebuild the model and to read the data again.
public struct RunConfiguration: Codable, Sendable, Equatable {
  /// The version of this file's form that is written now.
  public static let currentVersion = 1

  /// The form of this file.
  public var version = currentVersion
  /// The data.
  public var data: DataConfiguration
  /// The model.
  public var model: ModelConfiguration
  /// All else.
  public var training: TrainingSettings
  /// The checkpoint whose weights the run began with; drawn at random without.
  public var startedFrom: String?

  /// A run's configuration.
  public init(
    data: DataConfiguration, model: ModelConfiguration, training: TrainingSettings, startedFrom: String? = nil
  ) {
    self.startedFrom = startedFrom
    self.data = data
    self.model = model
    self.training = training
  }
}

extension RunConfiguration {
  /// Which of the file's numbers can't be, and why; nil if all can. What a person edits by hand is not trusted.
  var problem: String? {
    let widths = [model.inputSize] + model.hidden + [model.latent]
    let objective = training.objective
    let checks: [(key: String, expected: String, holds: Bool)] = [
      ("model.input_size, hidden, latent", "sizes from 1 to 1,000,000", widths.allSatisfy { (1...1_000_000) ~= $0 }),
      ("model.hidden", "at most 100 layers", model.hidden.count <= 100),
      ("model.least_deviation", "a number above 0", model.leastDeviation > 0),
      (
        "data.example_shape", "sizes whose product is model.input_size, \(model.inputSize)",
        data.exampleShape.allSatisfy { (1...1_000_000) ~= $0 } && data.exampleShape.count <= 6
          && [model.inputSize, model.inputSize + (model.conditionSize ?? 0)].map(Double.init)
            .contains(data.exampleShape.reduce(1.0) { $0 * Double($1) })
      ),
      (
        "data.binarization", "none, threshold, dynamic, fixed or dequantize",
        ["none", "threshold", "dynamic", "fixed", "dequantize"].contains(data.binarization)
      ),
      ("model.example_shape", "that of the data", model.exampleShape ?? data.exampleShape == data.exampleShape),
      ("model.components", "1 to 64", 1...LogisticMixtureLayout.mostComponents ~= model.components ?? 1),
      (
        "model.example_shape", "[height, width], or 1 or 3 channels with them, for a mixture likelihood",
        model.likelihood != .mixture || [1, 3].contains(model.channels)
      ),
      ("data.limit", "at least 1", data.limit ?? 1 > 0),
      ("data.subset", "at least 1", data.subset ?? 1 > 0),
      (
        "data.size", "rows and columns, 1 to 16,384",
        data.size.map { $0.count == 2 && $0.allSatisfy { (1...16_384) ~= $0 } } ?? true
      ),
      (
        "data.mirror", "false for examples that are no pictures",
        data.mirror != true || 2...3 ~= data.exampleShape.count
      ),
      ("data.labels", "at least 1", data.labels ?? 1 > 0),
      (
        "data.labelled_share", "above 0 and at most 1 for a model of classes, none for another",
        model.family.hasClasses
          ? data.labelledShare.map { $0 > 0 && $0 <= 1 } ?? false : data.labelledShare == nil
      ),
      ("data.missing", "0 to below 1", (0..<1).contains(data.missing ?? 0)),
      ("data.condition_noise", "0 to 100", 0...100 ~= data.conditionNoise ?? 0),
      ("data.condition_holes", "0 to 1", 0...1 ~= data.conditionHoles ?? 0),
      ("data.validation_fraction", "0 to below 1", data.validationFraction >= 0 && data.validationFraction < 1),
      ("training.epochs", "0 to 1,000,000", 0...1_000_000 ~= training.epochs),
      ("training.batch_size", "1 to 1,000,000", 1...1_000_000 ~= training.batchSize),
      ("training.threads", "1 to 1,024", 1...1024 ~= training.threads),
      ("training.objective.samples", "1 to 1,000,000", 1...1_000_000 ~= objective.samples),
      ("training.objective.warm_up", "0 to 1", objective.warmUp >= 0 && objective.warmUp <= 1),
      ("training.objective.cycles", "1 to 1,000,000", 1...1_000_000 ~= objective.cycles ?? 1),
      ("training.objective.beta", "not below 0", objective.beta >= 0),
      ("training.objective.first_beta", "not below 0", objective.firstBeta ?? 0 >= 0),
      ("training.objective.free_bits", "not below 0", objective.freeBits >= 0),
      (
        "training.objective.total_correlation.weight", "a number, not below -1",
        (objective.totalCorrelation?.weight ?? 0) >= -1 && (objective.totalCorrelation?.weight ?? 0).isFinite
      ),
      (
        "training.objective.total_correlation.discriminator",
        "that of the estimator discriminator and no other: up to 100 widths from 1 to 100,000, a rate above 0",
        objective.totalCorrelation.map { $0.hasItsDiscriminator } ?? true
      ),
      ("training.optimizer.rate", "above 0", training.optimizer.rate > 0),
    ]
    if let wrong = checks.first(where: { !$0.holds }) { return "key \(wrong.key): expected \(wrong.expected)" }
    if let wrong = model.imageProblem ?? model.deepProblem ?? model.hamiltonianProblem ?? model.conditionalProblem
      ?? model.semiSupervisedProblem ?? model.graphicsProblem
    {
      return "key \(wrong.key): expected \(wrong.expected)"
    }
    if let problem = objectiveProblem { return "key training.objective: \(problem)" }
    if let problem = algorithmProblem { return "key training.algorithm: \(problem)" }
    if let problem = training.problem { return "key training.objective: \(problem)" }
    let weights = zip(widths, widths.dropFirst()).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    return weights < 1e9 ? nil : "key model: \(weights) weights in the encoder alone; that many are not tried"
  }

  /// Why the objective does not go with the model; nil if it does.
  public var objectiveProblem: String? {
    let isDiagonal =
      [.mlp, .conv].contains(model.family) || (model.family == .dlgm && model.posterior ?? .diagonal == .diagonal)
    let isPlain = isDiagonal && !model.isHamiltonian && model.prior ?? .standard == .standard
    let are = "for latents that one diagonal Gaussian gives, under N(0, I); those of this model are others"
    if training.objective.divergence == .doublyReparameterized && !isPlain {
      return "doubly reparameterised gradients are \(are): use iwae"
    }
    if training.objective.totalCorrelation != nil && !(isPlain && data.given == nil) {
      return "charges for total correlation, btcvae and factor, are \(are): use elbo"
    }
    return nil
  }

  /// Why the algorithm does not go with the model; nil if it does.
  public var algorithmProblem: String? {
    if model.family.hasClasses, training.algorithm ?? .variational != .variational {
      return "a semi-supervised model is learned with a bound; use aevb"
    }
    if model.family == .dcign, training.algorithm ?? .variational != .variational {
      return "factors are learned with a bound; use aevb"
    }
    if model.prior ?? .standard != .standard, training.algorithm ?? .variational != .variational {
      return "a learned prior is learned with a bound; use aevb"
    }
    guard model.isHamiltonian, training.algorithm == .wakeSleep else { return nil }
    return "wake-sleep needs log q(z|x) of given latents, which leapfrogs leave unknown; use aevb"
  }
}
