import Networks
import Tensors

/// A Gaussian autoencoder of pictures: ``ConvolutionalAutoencoder``, with leapfrog steps where they are asked for.
public struct ConvolutionalSpecification: PictureModelSpecification, ConvolutionsSetting, LatentUnitsSetting,
  ActivationSetting, InitializerSetting, LeapfrogsSetting, ConditionableSpecification
{
  /// The name in files and flags.
  public static let name = "conv"

  /// Channels at each resolution.
  public var channels: [Int]
  /// Residual blocks at each resolution.
  public var blocks = [1]
  /// Latent units.
  public var latent = 20
  /// That of hidden layers.
  public var activation = Activation.silu
  /// How weights begin.
  public var initializer = Initializer.uniformFanIn
  /// p(x|z).
  public var likelihood = LikelihoodSpecification.bernoulli
  /// Leapfrog steps inside q(z|x); none without.
  public var leapfrogs: LeapfrogSettings?

  /// The defaults for a form of examples.
  public init(for form: ExampleForm) { channels = Self.usualChannels(for: form) }

  /// Throws ``SettingError`` on what can't be.
  public func validate(for form: ExampleForm) throws {
    try form.refuseCondition(for: Self.name)
    try validateConvolutions(for: form)
    try SizeRange.check(latent: latent)
    try likelihood.validatePixels(for: form)
    guard let leapfrogs else { return }
    try leapfrogs.validate(likelihood)
    try check(
      blocks == [0], "leapfrogs",
      "none with residual blocks, whose normalisation has no second derivative: give blocks 0")
  }

  /// The model with weights by a stream.
  public func makeModel<Pixels: PixelDistribution>(
    ofPictures image: Shape, _ pixels: Pixels, for form: ExampleForm, _ stream: RandomStream
  ) -> any LatentVariableModel {
    let plain = ConvolutionalAutoencoder(
      imageShape: image, maps: channels, blocks: blocks[0], latentSize: latent, activation: activation,
      initializer: initializer, distribution: pixels, stream: stream)
    return leapfrogs?.around(plain, stream["hamiltonian"]) ?? plain
  }

  /// The model of x given c with these settings.
  public func conditional(for form: ExampleForm) -> any ConditionalSpecification {
    var given = ConditionalImagesSpecification(for: form)
    (given.channels, given.blocks, given.latent) = (channels, blocks, latent)
    (given.activation, given.initializer, given.likelihood) = (activation, initializer, likelihood)
    return given
  }

  /// Sizes and settings in a line.
  public func summary(for form: ExampleForm) -> String {
    convolutionsSummary(form, latent) + " \(activation.rawValue), \(likelihood.name.rawValue) likelihood"
      + "\(likelihood.detail)\(leapfrogs?.detail ?? "")"
  }
}

extension ConvolutionsSetting {
  func convolutionsSummary(_ form: ExampleForm, _ latent: Int) -> String {
    "\(form.shape.map(String.init).joined(separator: "x")) \(channels.map(String.init).joined(separator: "-"))-\(latent), "
      + "\(blocks.first ?? 0) residual blocks,"
  }
}
