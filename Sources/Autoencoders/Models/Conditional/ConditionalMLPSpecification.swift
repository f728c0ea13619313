import Networks
import Tensors

/// x given c, in dense layers: ``ConditionalMLP`` in a ``ConditionalAutoencoder``.
public struct ConditionalMLPSpecification: DenseModelSpecification, ConditionalSpecification, HiddenLayersSetting,
  LatentUnitsSetting, ActivationSetting, InputScalingSetting
{
  /// The name in files and flags.
  public static let name = "conditional-mlp"

  /// Units of each hidden layer.
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
  /// The weight of the conditional bound where the hybrid objective is used; nil without.
  public var cvaeShare: Float = 1

  /// The defaults for a form of examples.
  public init(for form: ExampleForm) {}

  /// Throws ``SettingError`` on what can't be.
  public func validate(for form: ExampleForm) throws {
    _ = try validateShare(for: form)
    try SizeRange.check(hidden: hidden, least: 1, of: "conditional")
    try SizeRange.check(latent: latent)
    try SizeRange.check(encoder: [form.size] + hidden + [latent])
    try likelihood.validate(for: form)
    try check(
      !likelihood.couplesChannels || form.imageShape != nil, "likelihood",
      "no mixture over a part of a picture; use logistic")
  }

  /// The model with weights by a stream.
  public func makeModel<Head: OutputLayer>(
    for form: ExampleForm, _ stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
  ) -> any LatentVariableModel {
    ConditionalAutoencoder(
      ConditionalMLP(
        inputSize: form.size, conditionSize: form.condition!.size, hidden: hidden, latentSize: latent,
        recognizes: cvaeShare > 0, activation: activation, initializer: initializer, inputScaling: inputScaling,
        stream: stream, output: output),
      share: cvaeShare)
  }

  /// Sizes and settings in a line.
  public func summary(for form: ExampleForm) -> String {
    "\(([form.size] + hidden).map(String.init).joined(separator: "-"))-\(latent) \(activation.rawValue), "
      + "\(likelihood.name.rawValue) likelihood\(likelihood.detail)\(conditionSummary(form))"
  }
}

extension ConditionalSpecification {
  /// What is given. Throws where nothing is, or the share is none.
  func validateShare(for form: ExampleForm) throws -> ExampleForm.Condition {
    guard let condition = form.condition else {
      throw SettingError("given", "expected something, for a model of x given c")
    }
    try check(0...1 ~= cvaeShare, "cvae_share", "0 to 1")
    return condition
  }

  /// What is given, and how the model is trained where not by its bound alone.
  func conditionSummary(_ form: ExampleForm) -> String {
    let training =
      switch cvaeShare {
      case 1: ""
      case 0: " (GSNN)"
      default: " (hybrid, \(cvaeShare) of it the CVAE)"
      }
    return ", given \(form.condition?.size ?? 0) numbers\(training)"
  }
}
