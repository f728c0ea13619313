import Files
import Foundation

/// Where a run's data come from, as a person would say it.
public struct DataConfiguration: Codable, Sendable, Equatable {
  /// A known set's name, or a path.
  public var source: String
  /// The variable inside a file that holds several.
  public var variable: String?
  /// The folder that `--data-dir` named.
  public var directory: String?
  /// How grey values become binary: `none`, `threshold`, `dynamic` or `fixed`.
  public var binarization: String
  /// Only the first so many training examples.
  public var limit: Int?
  /// The part of the training examples that is kept for validation.
  public var validationFraction: Double
  /// Shape of one example, as found.
  public var exampleShape: [Int]
  /// Whether neighbouring examples are alike, so that the last ones are kept for validation, not random ones.
  public var isOrdered: Bool

  /// A description of data.
  public init(
    source: String, variable: String?, directory: String?, binarization: String, limit: Int?,
    validationFraction: Double, exampleShape: [Int], isOrdered: Bool
  ) {
    self.source = source
    self.variable = variable
    self.directory = directory
    self.binarization = binarization
    self.limit = limit
    self.validationFraction = validationFraction
    self.exampleShape = exampleShape
    self.isOrdered = isOrdered
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

  /// A run's configuration.
  public init(data: DataConfiguration, model: ModelConfiguration, training: TrainingSettings) {
    self.data = data
    self.model = model
    self.training = training
  }
}
