import Autoencoders
import Datasets

/// What a person asks for over the settings of a base: flags of a command, fields of a form.
///
/// Each function changes what was asked for and leaves the rest. They throw `SettingError` on what can't be. By default nothing
/// is asked for.
public protocol RunOverrides {
  /// The name of the model that is asked for.
  var model: String? { get }
  /// The name of the likelihood that is asked for: it decides what becomes of grey values before there is a model.
  var likelihood: LikelihoodSpecification.Name? { get }
  /// The shape of an example, for files that hold flat rows.
  var shape: [Int]? { get }
  /// What the model is given of each example, as ``GivenPart`` says it.
  var given: String? { get }
  /// Whether a floor of deviations is asked for.
  var setsLeastDeviation: Bool { get }

  /// Which pictures are read how.
  func apply(to pictures: inout PictureOptions) throws
  /// Which data, for a model of the stated kind.
  func apply(to data: inout DataConfiguration, for model: any ModelSpecification.Type, shape: [Int]) throws
  /// The model's settings.
  func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws
  /// How it is trained.
  func apply(to training: inout TrainingSettings) throws
}

extension RunOverrides {
  /// The base's, or an mlp.
  public var model: String? { nil }
  /// What fits the data.
  public var likelihood: LikelihoodSpecification.Name? { nil }
  /// That of the data.
  public var shape: [Int]? { nil }
  /// The base's, or nothing.
  public var given: String? { nil }
  /// None.
  public var setsLeastDeviation: Bool { false }
  /// As in the base.
  public func apply(to pictures: inout PictureOptions) throws {}
  /// As in the base.
  public func apply(to data: inout DataConfiguration, for model: any ModelSpecification.Type, shape: [Int]) throws {}
  /// As in the base.
  public func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {}
  /// As in the base.
  public func apply(to training: inout TrainingSettings) throws {}
}
