import Autoencoders
import Datasets
import Files
import Foundation
import Tensors

/// `config.json` of a run: complete, versioned, enough to rebuild the model and to read the data again.
public struct RunConfiguration: Codable, Sendable, Equatable {
  /// The version of this file's form that is written now. Version 1 is read too.
  public static let currentVersion = 2

  /// The form of this file.
  public private(set) var version = currentVersion
  /// The data.
  public var data: DataConfiguration
  /// What an example is to the model.
  public var examples: ExampleForm
  /// The model.
  public var model: AnyModelSpecification
  /// All else.
  public var training: TrainingSettings
  /// The checkpoint whose weights the run began with; drawn at random without.
  public var startedFrom: String?

  /// A run's configuration.
  public init(
    data: DataConfiguration, examples: ExampleForm, model: any ModelSpecification, training: TrainingSettings,
    startedFrom: String? = nil
  ) {
    (self.data, self.examples, self.model) = (data, examples, AnyModelSpecification(model))
    (self.training, self.startedFrom) = (training, startedFrom)
  }

  /// The model in a line.
  public var modelSummary: String { model.summary(for: examples) }

  /// Reads `config.json`. Throws `FileError` that names the key at fault.
  public init(json data: Data, path: String) throws {
    struct Version: Codable { var version: Int }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      switch try decoder.decode(Version.self, from: data).version {
      case 1: self = try decoder.decode(Version1.Configuration.self, from: data).current
      case Self.currentVersion: self = try decoder.decode(RunConfiguration.self, from: data)
      case let other:
        throw FileError(
          path: path, problem: "version \(other); this program reads versions 1 to \(Self.currentVersion)")
      }
      try validate()
    } catch let error as DecodingError {
      throw FileError(path: path, problem: error.inOneLine)
    } catch let error as SettingError {
      throw FileError(path: path, problem: "key \(error.setting): \(error.problem)")
    }
  }

  /// As `config.json`. Throws ``Autoencoders/SettingError`` on what could not be read back.
  public func json() throws -> Data {
    try validate()
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}

extension RunConfiguration {
  /// Throws ``Autoencoders/SettingError`` on what can't be. What a person edits by hand is not trusted.
  public func validate() throws {
    try examples.validate()
    do { try model.base.validate(for: examples) } catch let error as SettingError {
      throw SettingError("model.\(error.setting)", error.problem)
    }
    let hasClasses = model.classes != nil
    let objective = training.objective
    let checks: [(key: String, expected: String, holds: Bool)] = [
      ("data.limit", "at least 1", data.limit ?? 1 > 0), ("data.subset", "at least 1", data.subset ?? 1 > 0),
      (
        "data.size", "rows and columns, 1 to 16,384",
        data.size.map { $0.count == 2 && $0.allSatisfy { (1...16_384) ~= $0 } } ?? true
      ),
      (
        "data.mirror", "false for examples that are no pictures", data.mirror != true || 2...3 ~= examples.shape.count
      ),
      ("data.labels", "at least 1", data.labels ?? 1 > 0),
      (
        "data.labelled_share", "above 0 and at most 1 for a model of classes, none for another",
        hasClasses ? data.labelledShare.map { $0 > 0 && $0 <= 1 } ?? false : data.labelledShare == nil
      ),
      ("data.missing", "0 to below 1", (0..<1).contains(data.missing ?? 0)),
      ("data.condition_noise", "0 to 100", 0...100 ~= data.conditionNoise ?? 0),
      ("data.condition_holes", "0 to 1", 0...1 ~= data.conditionHoles ?? 0),
      ("data.validation_fraction", "0 to below 1", data.validationFraction >= 0 && data.validationFraction < 1),
      ("data.given", "something for a conditional model, nothing for others", isConditional == (data.given != nil)),
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
    if let wrong = checks.first(where: { !$0.holds }) { throw SettingError(wrong.key, "expected \(wrong.expected)") }
    if let problem = training.problem { throw SettingError("training.objective", problem) }
  }

  /// Whether the model is one of x given c.
  public var isConditional: Bool { model.base is any ConditionalSpecification }

  /// Whether numbers are expected in [0, 1]; of a model that does not say, they are.
  package var isBounded: Bool { model.likelihood?.isBounded ?? true }
}

extension DecodingError {
  fileprivate var inOneLine: String {
    // The decoder speaks of properties, the file has snake case.
    func name(_ path: [any CodingKey]) -> String {
      path.map(\.stringValue).joined(separator: ".")
        .reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
    switch self {
    case .keyNotFound(let key, let context): return "key \(name(context.codingPath + [key])) is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      let place = name(context.codingPath)
      return place.isEmpty ? "not valid JSON" : "key \(place): \(context.debugDescription)"
    @unknown default: return "\(self)"
    }
  }
}
