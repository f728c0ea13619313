import Networks
import Tensors

/// Dense layers with latents added at several: ``DeepLatentGaussianModel``.
public struct DeepLatentGaussianSpecification: DenseModelSpecification, HiddenLayersSetting, LatentLayersSetting,
  ActivationSetting, InputScalingSetting
{
  /// The name in files and flags.
  public static let name = "dlgm"

  /// The form of q(z|x).
  public enum PosteriorFamily: String, Codable, Sendable, CaseIterable {
    /// Independent Gaussians: ``DiagonalGaussian``.
    case diagonal
    /// A precision that is diagonal but for one direction, for each layer: ``RankOneGaussian``.
    case rankOne = "rank-one"
    /// Any covariance: ``FullGaussian``.
    case full
    /// A Gaussian that a flow bends: ``FlowPosterior``.
    case flow
  }

  /// Units of each hidden layer.
  public var hidden = [400]
  /// Latents of each layer, the one next to the data first.
  public var latents = [20]
  /// q(z|x).
  public var posterior = PosteriorFamily.diagonal
  /// Steps of a flow.
  public var flowSteps = 4
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

  /// Throws ``SettingError`` on what can't be.
  public func validate(for form: ExampleForm) throws {
    try form.refuseCondition(for: Self.name)
    try SizeRange.check(hidden: hidden, least: 1, of: Self.name)
    try SizeRange.check(layers: latents)
    try SizeRange.check(encoder: [form.size] + hidden)
    try likelihood.validate(for: form)
    try check(
      latents.reduce(0, +) > 1 || posterior == .diagonal || posterior == .rankOne, "posterior",
      "diagonal for a single latent")
    try check(1...100 ~= flowSteps, "flow_steps", "1 to 100")
  }

  /// The model with weights by a stream.
  public func makeModel<Head: OutputLayer>(
    for form: ExampleForm, _ stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
  ) -> any LatentVariableModel {
    func model<Recognition: PosteriorLayer>(
      _ recognition: (Int, LatentGroups, RandomStream) -> Recognition
    ) -> any LatentVariableModel {
      DeepLatentGaussianModel(
        inputSize: form.size, hidden: hidden, latents: latents, activation: activation, initializer: initializer,
        inputScaling: inputScaling, stream: stream, recognition: recognition, output: output)
    }
    switch posterior {
    case .diagonal:
      return model { DiagonalGaussianLayer(features: $0, latents: $1.count, initializer: initializer, stream: $2) }
    case .rankOne: return model { RankOneGaussianLayer(features: $0, groups: $1, initializer: initializer, stream: $2) }
    case .full:
      return model { FullGaussianLayer(features: $0, latents: $1.count, initializer: initializer, stream: $2) }
    case .flow:
      return model {
        FlowLayer(
          features: $0, latents: $1.count, steps: flowSteps, hidden: $0, activation: activation,
          initializer: initializer, stream: $2)
      }
    }
  }

  /// Sizes and settings in a line.
  public func summary(for form: ExampleForm) -> String {
    "\(([form.size] + hidden).map(String.init).joined(separator: "-")), latents "
      + "\(latents.map(String.init).joined(separator: "+")), \(posterior.rawValue) posterior"
      + (posterior == .flow ? " of \(flowSteps) steps," : ",")
      + " \(activation.rawValue), \(likelihood.name.rawValue) likelihood\(likelihood.detail)"
  }
}
