import Networks
import Tensors

/// Convolutions, with latents that learn known factors: ``InverseGraphicsAutoencoder``.
public struct InverseGraphicsSpecification: PictureModelSpecification, ConvolutionsSetting, LatentUnitsSetting,
  ActivationSetting, InitializerSetting
{
  /// The name in files and flags.
  public static let name = "dcign"

  /// Channels at each resolution.
  public var channels: [Int]
  /// Residual blocks at each resolution.
  public var blocks = [1]
  /// Latents in all, those of factors among them.
  public var latent = 20
  /// Which factors have latents, and how they are learned.
  public var graphics = InverseGraphics(factors: [])
  /// That of hidden layers.
  public var activation = Activation.silu
  /// How weights begin.
  public var initializer = Initializer.uniformFanIn
  /// Grey values are shades here, not chances of ink.
  public var likelihood = LikelihoodSpecification.gaussian(.init(leastDeviation: 0.1), isBounded: true)

  /// The defaults for a form of examples.
  public init(for form: ExampleForm) { channels = Self.usualChannels(for: form) }

  /// How strongly means are pulled, and how often what varies, may change.
  public func acceptsWeights(of other: any ModelSpecification) -> Bool {
    guard var other = other as? Self else { return false }
    (other.graphics.invariance, other.graphics.identityWeight) = (graphics.invariance, graphics.identityWeight)
    return self == other
  }

  /// Throws ``SettingError`` on what can't be.
  public func validate(for form: ExampleForm) throws {
    try form.refuseCondition(for: Self.name)
    try validateConvolutions(for: form)
    try SizeRange.check(latent: latent)
    try likelihood.validatePixels(for: form)
    let factors = graphics.factors
    try check(
      !factors.isEmpty && Set(factors).count == factors.count, "factors",
      "names of different factors for a dcign model")
    let taken = graphics.widths.reduce(0, +)
    try check(
      latent > taken, "latent", "more than the \(taken) latents of factors, so that some are left")
    try check(graphics.invariance >= 0 && graphics.invariance.isFinite, "invariance", "a number from 0")
    try check(1...10_000 ~= graphics.identityWeight, "identity_weight", "1 to 10,000")
  }

  /// The model with weights by a stream.
  public func makeModel<Pixels: PixelDistribution>(
    ofPictures image: Shape, _ pixels: Pixels, for form: ExampleForm, _ stream: RandomStream
  ) -> any LatentVariableModel {
    let plain = ConvolutionalAutoencoder(
      imageShape: image, maps: channels, blocks: blocks[0], latentSize: latent, activation: activation,
      initializer: initializer, distribution: pixels, stream: stream)
    return InverseGraphicsAutoencoder(plain, widths: graphics.widths, invariance: graphics.invariance)
  }

  /// Sizes and settings in a line.
  public func summary(for form: ExampleForm) -> String {
    convolutionsSummary(form, latent) + " latents of \(graphics.factors.joined(separator: ", ")), "
      + "\(activation.rawValue), \(likelihood.name.rawValue) likelihood\(likelihood.detail)"
  }
}
