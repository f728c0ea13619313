import Networks
import Tensors

/// A model with layers of latents, each of which depends on the one above: two hidden layers of a width for each.
public protocol LayeredSpecification: DenseModelSpecification, HiddenLayersSetting, LatentLayersSetting,
  ActivationSetting, InputScalingSetting
{}

extension LayeredSpecification {
  /// Throws ``SettingError`` on what can't be.
  public func validate(for form: ExampleForm) throws {
    try form.refuseCondition(for: Self.name)
    try SizeRange.check(hidden: hidden, least: 1, of: Self.name)
    try SizeRange.check(layers: latents)
    try SizeRange.check(encoder: [form.size] + hidden)
    try likelihood.validate(for: form)
    try check(
      hidden.count == latents.count, "hidden",
      "a width for each of the \(latents.count) layers of latents, got \(hidden.count)")
  }

  /// Widths of the networks of each layer, upwards.
  var widths: [[Int]] { hidden.map { [$0, $0] } }

  /// Sizes and settings in a line.
  public func summary(for form: ExampleForm) -> String {
    "\(form.size)" + zip(hidden, latents).map { "-\($0)-\($0)-z\($1)" }.joined() + ", \(activation.rawValue), "
      + "\(likelihood.name.rawValue) likelihood\(likelihood.detail)"
  }
}

extension SizeRange {
  static func check(layers: [Int]) throws {
    try Autoencoders.check(
      1...20 ~= layers.count && layers.allSatisfy { 1...100_000 ~= $0 }, "latents", "one to twenty layers' sizes")
  }
}

/// q(z|x) from the top down: ``LadderAutoencoder``.
public struct LadderSpecification: LayeredSpecification {
  /// The name in files and flags.
  public static let name = "ladder"

  /// Units of each hidden layer.
  public var hidden = [400]
  /// Latents of each layer, the one next to the data first.
  public var latents = [20]
  /// That of hidden layers.
  public var activation = Activation.relu
  /// What the data are brought to before the encoder.
  public var inputScaling = InputScaling.none
  /// How weights begin.
  public var initializer = Initializer.uniformFanIn
  /// p(x|z).
  public var likelihood = LikelihoodSpecification.bernoulli

  /// The defaults for a form of examples.
  public init(for form: ExampleForm) {}

  /// The model with weights by a stream.
  public func makeModel<Head: OutputLayer>(
    for form: ExampleForm, _ stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
  ) -> any LatentVariableModel {
    LadderAutoencoder(
      inputSize: form.size, hidden: widths, latents: latents, activation: activation, initializer: initializer,
      inputScaling: inputScaling, stream: stream, output: output)
  }
}

/// q(z|x) from the bottom up: ``BottomUpAutoencoder``.
public struct BottomUpSpecification: LayeredSpecification {
  /// The name in files and flags.
  public static let name = "bottom-up"

  /// Units of each hidden layer.
  public var hidden = [400]
  /// Latents of each layer, the one next to the data first.
  public var latents = [20]
  /// That of hidden layers.
  public var activation = Activation.relu
  /// What the data are brought to before the encoder.
  public var inputScaling = InputScaling.none
  /// How weights begin.
  public var initializer = Initializer.uniformFanIn
  /// p(x|z).
  public var likelihood = LikelihoodSpecification.bernoulli

  /// The defaults for a form of examples.
  public init(for form: ExampleForm) {}

  /// The model with weights by a stream.
  public func makeModel<Head: OutputLayer>(
    for form: ExampleForm, _ stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
  ) -> any LatentVariableModel {
    BottomUpAutoencoder(
      inputSize: form.size, hidden: widths, latents: latents, activation: activation, initializer: initializer,
      inputScaling: inputScaling, stream: stream, output: output)
  }
}
