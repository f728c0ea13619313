import Networks
import Tensors

/// Examples of several classes, few of them known: ``SemiSupervisedAutoencoder``.
public struct SemiSupervisedSpecification: DenseModelSpecification, HiddenLayersSetting, LatentUnitsSetting,
  ActivationSetting, InputScalingSetting, ClassesSetting
{
  /// The name in files and flags.
  public static let name = "m2"

  /// Units of each hidden layer.
  public var hidden = [500]
  /// Latent units.
  public var latent = 50
  /// That of hidden layers.
  public var activation = Activation.softplus
  /// What the data are brought to before the encoder.
  public var inputScaling = InputScaling.none
  /// How weights begin.
  public var initializer = Initializer.uniformFanIn
  /// p(x|z).
  public var likelihood = LikelihoodSpecification.bernoulli
  /// What is known of y.
  public var classes = SemiSupervision(classes: 2, labelledShare: 1)

  /// The defaults for a form of examples.
  public init(for form: ExampleForm) {}

  /// How many examples have a class may change.
  public func acceptsWeights(of other: any ModelSpecification) -> Bool {
    guard var other = other as? Self else { return false }
    other.classes.labelledShare = classes.labelledShare
    return self == other
  }

  /// Throws ``SettingError`` on what can't be.
  public func validate(for form: ExampleForm) throws {
    try form.refuseCondition(for: Self.name)
    try SizeRange.check(hidden: hidden, least: 1, of: Self.name)
    try SizeRange.check(latent: latent)
    try SizeRange.check(encoder: [form.size] + hidden + [latent])
    try likelihood.validate(for: form)
    try classes.validate()
  }

  /// The model with weights by a stream.
  public func makeModel<Head: OutputLayer>(
    for form: ExampleForm, _ stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
  ) -> any LatentVariableModel {
    SemiSupervisedAutoencoder(
      inputSize: form.size, classes: classes.classes, hidden: hidden, latentSize: latent, activation: activation,
      classifierWeight: classes.classifierWeight, isSupervised: classes.isSupervised ?? false,
      initializer: initializer, inputScaling: inputScaling, stream: stream, output: output)
  }

  /// Sizes and settings in a line.
  public func summary(for form: ExampleForm) -> String {
    "\(form.size)\(classes.summary(hidden, latent)) \(activation.rawValue), \(likelihood.name.rawValue) likelihood"
      + likelihood.detail
  }
}
