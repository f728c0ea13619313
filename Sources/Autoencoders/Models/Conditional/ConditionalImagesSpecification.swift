import Networks
import Tensors

/// Pictures given pictures of the same size: ``ConditionalImages`` in a ``ConditionalAutoencoder``.
public struct ConditionalImagesSpecification: PictureModelSpecification, ConditionalSpecification, ConvolutionsSetting,
  WidthSetting, LatentUnitsSetting, ActivationSetting, InitializerSetting
{
  /// The name in files and flags.
  public static let name = "conditional-conv"

  /// Channels at each resolution.
  public var channels: [Int]
  /// Residual blocks at each resolution below the full one.
  public var blocks = [1]
  /// Channels at full resolution.
  public var width = 16
  /// Latent units.
  public var latent = 20
  /// That of hidden layers.
  public var activation = Activation.silu
  /// How weights begin.
  public var initializer = Initializer.uniformFanIn
  /// p(x|z).
  public var likelihood = LikelihoodSpecification.bernoulli
  /// The weight of the conditional bound where the hybrid objective is used; nil without.
  public var cvaeShare: Float = 1

  /// The defaults for a form of examples.
  public init(for form: ExampleForm) { channels = Self.usualChannels(for: form) }

  /// Throws ``SettingError`` on what can't be.
  public func validate(for form: ExampleForm) throws {
    let condition = try validateShare(for: form)
    let shape = condition.shape.map { Array($0.prefix(2)) }
    try check(
      form.imageShape != nil && shape == Array(form.shape.prefix(2)), "given",
      "pictures of the size of the examples, for a conv model; use mlp")
    try validateConvolutions(for: form)
    try check(1...4096 ~= width, "width", "1 to 4,096 channels")
    try SizeRange.check(latent: latent)
    try likelihood.validatePixels(for: form)
  }

  /// The model with weights by a stream.
  public func makeModel<Pixels: PixelDistribution>(
    ofPictures image: Shape, _ pixels: Pixels, for form: ExampleForm, _ stream: RandomStream
  ) -> any LatentVariableModel {
    let given = form.condition!.shape!
    return ConditionalAutoencoder(
      ConditionalImages(
        imageShape: image, conditionShape: [given[0], given[1], given.count == 3 ? given[2] : 1], width: width,
        maps: channels, blocks: blocks[0], latentSize: latent, recognizes: cvaeShare > 0, activation: activation,
        initializer: initializer, distribution: pixels, stream: stream),
      share: cvaeShare)
  }

  /// Sizes and settings in a line.
  public func summary(for form: ExampleForm) -> String {
    convolutionsSummary(form, latent) + " \(activation.rawValue), \(likelihood.name.rawValue) likelihood"
      + "\(likelihood.detail)\(conditionSummary(form))"
  }
}
