import Networks
import Tensors

/// A Gaussian autoencoder of dense layers: ``MLPAutoencoder``, with a learned prior or leapfrog steps where they are asked for.
public struct MLPSpecification: DenseModelSpecification, HiddenLayersSetting, LatentUnitsSetting, ActivationSetting,
  InputScalingSetting, LeapfrogsSetting, ConditionableSpecification
{
  /// The name in files and flags.
  public static let name = "mlp"

  /// None makes the model linear.
  public var hidden = [400]
  /// Latent units.
  public var latent = 20
  /// That of hidden layers.
  public var activation = Activation.relu
  /// What the data are brought to before the encoder.
  public var inputScaling = InputScaling.none
  /// How weights begin.
  public var initializer = Initializer.uniformFanIn
  /// p(x|z).
  public var likelihood = LikelihoodSpecification.bernoulli
  /// p(z).
  public var prior = PriorSettings()
  /// Leapfrog steps inside q(z|x); none without.
  public var leapfrogs: LeapfrogSettings?

  /// 400 hidden units, 20 latents, Bernoulli.
  public init() {}

  /// The defaults for a form of examples.
  public init(for form: ExampleForm) {}

  /// Throws ``SettingError`` on what can't be.
  public func validate(for form: ExampleForm) throws {
    try form.refuseCondition(for: Self.name)
    try SizeRange.check(hidden: hidden, of: Self.name)
    try SizeRange.check(latent: latent)
    try SizeRange.check(encoder: [form.size] + hidden + [latent])
    try likelihood.validate(for: form)
    try prior.validate()
    guard let leapfrogs else { return }
    try check(prior.kind == .standard, "leapfrogs", "none with a learned prior")
    try leapfrogs.validate(likelihood)
  }

  /// The model with weights by a stream.
  public func makeModel<Head: OutputLayer>(
    for form: ExampleForm, _ stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
  ) -> any LatentVariableModel {
    let plain = MLPAutoencoder(
      inputSize: form.size, hidden: hidden, latentSize: latent, activation: activation, initializer: initializer,
      inputScaling: inputScaling, stream: stream, output: output)
    if let leapfrogs { return leapfrogs.around(plain, stream["hamiltonian"]) }
    return prior.around(plain, stream["prior"])
  }

  /// The model of x given c with these settings.
  public func conditional(for form: ExampleForm) -> any ConditionalSpecification {
    var given = ConditionalMLPSpecification(for: form)
    (given.hidden, given.latent, given.activation) = (hidden, latent, activation)
    (given.inputScaling, given.initializer, given.likelihood) = (inputScaling, initializer, likelihood)
    return given
  }

  /// Sizes and settings in a line.
  public func summary(for form: ExampleForm) -> String {
    "\(([form.size] + hidden).map(String.init).joined(separator: "-"))-\(latent)\(prior.detail) \(activation.rawValue), "
      + "\(likelihood.name.rawValue) likelihood\(likelihood.detail)\(leapfrogs?.detail ?? "")"
  }
}
