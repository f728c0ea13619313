import Tensors

/// Which model, in full: with the form of the examples, enough to build it again.
///
/// Each model has one in its folder. ``ModelRegistry`` knows them by name, so that a run's configuration can be read back; a
/// package of its own can add to it.
///
/// What a specification lets a person choose beside its own settings is said by the protocols in `SharedSettings.swift` that
/// it conforms to.
public protocol ModelSpecification: Codable, Sendable, Equatable {
  /// The name in `config.json` and behind `--model`.
  static var name: String { get }

  /// The usual settings for examples of this form. They need not be possible for it: see ``validate(for:)``.
  init(for form: ExampleForm)

  /// Throws ``SettingError`` unless there is such a model of examples of this form.
  func validate(for form: ExampleForm) throws

  /// The model with weights drawn from `stream`. Traps unless ``validate(for:)`` passes.
  func makeModel(for form: ExampleForm, _ stream: RandomStream) -> any LatentVariableModel

  /// Sizes and choices in a line, without the name.
  func summary(for form: ExampleForm) -> String

  /// Whether weights learned with `other` settings fit. By default, only if all settings are the same.
  func acceptsWeights(of other: any ModelSpecification) -> Bool
}

extension ModelSpecification {
  /// Whether all settings are the same.
  public func acceptsWeights(of other: any ModelSpecification) -> Bool { self == other as? Self }

  /// Whether it is another model, or has other settings.
  package func isDifferent(from other: any ModelSpecification) -> Bool { self != other as? Self }
}

/// A model of pictures, whose decoder gives raw numbers for each pixel.
public protocol PictureModelSpecification: LikelihoodSetting {
  /// The model for pictures of shape [H, W, channels].
  func makeModel<Pixels: PixelDistribution>(
    ofPictures image: Shape, _ pixels: Pixels, for form: ExampleForm, _ stream: RandomStream
  ) -> any LatentVariableModel
}

/// A model of rows of numbers, whose decoder ends in a dense layer.
public protocol DenseModelSpecification: LikelihoodSetting, InitializerSetting {
  /// The model whose last layer `output` makes from the number of features that it gets.
  func makeModel<Head: OutputLayer>(
    for form: ExampleForm, _ stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
  ) -> any LatentVariableModel
}

/// A model of x that has a counterpart for x given c.
public protocol ConditionableSpecification: ModelSpecification {
  /// The counterpart, with the same settings as far as it has them.
  func conditional(for form: ExampleForm) -> any ConditionalSpecification
}

/// A model of x given c.
public protocol ConditionalSpecification: ModelSpecification {
  /// The CVAE's part of what is trained, 0 to 1; the rest is the GSNN's.
  var cvaeShare: Float { get set }
}

/// A model of the latents of another, which is trained first.
public protocol StagedSpecification: ModelSpecification {
  /// The model that is trained first.
  var features: AnyModelSpecification { get set }

  /// The model on trained `features`. Throws ``SettingError`` where it can't be one of these.
  func makeModel(
    on features: any LatentVariableModel, for form: ExampleForm, _ stream: RandomStream
  ) throws -> any LatentVariableModel
}

/// A setting that can't be.
public struct SettingError: Error, CustomStringConvertible, Equatable, Sendable {
  /// Which one, as `config.json` calls it: `hidden`, `labels_file`.
  public var setting: String
  /// What was expected, and what was found.
  public var problem: String

  /// A setting and what is wrong with it.
  public init(_ setting: String, _ problem: String) { (self.setting, self.problem) = (setting, problem) }

  /// Both, as one line.
  public var description: String { "\(setting): \(problem)" }
}

/// Throws unless a setting is as expected.
func check(_ isGood: Bool, _ setting: String, _ expected: @autoclosure () -> String) throws {
  if !isGood { throw SettingError(setting, "expected \(expected())") }
}

/// Traps on a specification that can't be.
func requireValid(_ specification: some ModelSpecification, for form: ExampleForm) {
  do { try specification.validate(for: form) } catch {
    fatalError("\(type(of: specification)): \(error); validate(for:) says so before")
  }
}
