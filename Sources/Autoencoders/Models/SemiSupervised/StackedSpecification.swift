import Networks
import Tensors

/// Classes learned from the latents of another model, which is trained first: ``StackedAutoencoder``.
public struct StackedSpecification: StagedSpecification, HiddenLayersSetting, LatentUnitsSetting, ActivationSetting,
  InitializerSetting, LikelihoodSetting, ClassesSetting
{
  /// The name in files and flags.
  public static let name = "m1m2"

  /// The model whose latents are the data, 500,500-50 by default.
  public var features: AnyModelSpecification
  /// Units of each hidden layer.
  public var hidden = [500]
  /// Latent units.
  public var latent = 50
  /// That of hidden layers.
  public var activation = Activation.softplus
  /// How weights begin.
  public var initializer = Initializer.uniformFanIn
  /// What is known of y.
  public var classes = SemiSupervision(classes: 2, labelledShare: 1)
  /// The floor of the deviations of p(z1|y, z2), as a part of those of the latents.
  public var leastDeviation: Float = 0.02

  /// The defaults for a form of examples.
  public init(for form: ExampleForm) {
    var lower = MLPSpecification(for: form)
    (lower.hidden, lower.latent, lower.activation) = ([500, 500], 50, .softplus)
    lower.inputScaling = .center
    features = AnyModelSpecification(lower)
  }

  /// That of the model of features.
  public var likelihood: LikelihoodSpecification {
    get { features.likelihood ?? .bernoulli }
    set {
      guard var lower = features.base as? any LikelihoodSetting else { return }
      lower.likelihood = newValue
      features.base = lower
    }
  }

  /// How many examples have a class may change.
  public func acceptsWeights(of other: any ModelSpecification) -> Bool {
    guard var other = other as? Self else { return false }
    other.classes.labelledShare = classes.labelledShare
    return self == other
  }

  /// Throws ``SettingError`` on what can't be.
  public func validate(for form: ExampleForm) throws {
    try features.base.validate(for: form)
    try SizeRange.check(hidden: hidden, least: 1, of: Self.name)
    try SizeRange.check(latent: latent)
    try classes.validate()
    try check(leastDeviation > 0, "least_deviation", "a number above 0")
  }

  /// On features that are not trained yet.
  public func makeModel(for form: ExampleForm, _ stream: RandomStream) -> any LatentVariableModel {
    requireValid(self, for: form)
    let lower = features.base.makeModel(for: form, stream["features"])
    do { return try makeModel(on: lower, for: form, stream) } catch { fatalError("\(Self.self): \(error)") }
  }

  /// The model with weights by a stream.
  public func makeModel(
    on features: any LatentVariableModel, for form: ExampleForm, _ stream: RandomStream
  ) throws -> any LatentVariableModel {
    guard let gaussian = features as? any GaussianAutoencoder else {
      throw SettingError("features", "expected a model whose q(z|x) is a diagonal Gaussian under N(0, I)")
    }
    func stacked(_ features: some GaussianAutoencoder) -> any LatentVariableModel {
      let upper = SemiSupervisedAutoencoder(
        inputSize: features.latentSize, classes: classes.classes, hidden: hidden, latentSize: latent,
        activation: activation, classifierWeight: classes.classifierWeight,
        isSupervised: classes.isSupervised ?? false, initializer: initializer, stream: stream
      ) {
        GaussianOutput(
          features: $0, size: features.latentSize, meanActivation: .identity, leastDeviation: leastDeviation,
          initializer: initializer, stream: $1)
      }
      return StackedAutoencoder(upper, on: features)
    }
    return stacked(gaussian)
  }

  /// Sizes and settings in a line.
  public func summary(for form: ExampleForm) -> String {
    "latents of another model\(classes.summary(hidden, latent)) \(activation.rawValue), "
      + "\(likelihood.name.rawValue) likelihood\(likelihood.detail)"
  }
}
