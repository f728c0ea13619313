import Networks
import Tensors

/// Many groups of latents at several resolutions, for pictures: ``HierarchicalAutoencoder``.
public struct HierarchicalSpecification: PictureModelSpecification, BlocksSetting, WidthSetting, LatentUnitsSetting,
  ActivationSetting
{
  /// The name in files and flags.
  public static let name = "hierarchical"

  /// Blocks of latents at each resolution, all pixels first, then halves.
  public var blocks: [Int]
  /// Channels of features; half as many inside blocks.
  public var width = 64
  /// Latents of each pixel of each block.
  public var latent = 8
  /// That of hidden layers.
  public var activation = Activation.silu
  /// p(x|z).
  public var likelihood = LikelihoodSpecification.bernoulli

  /// A block for all pixels, more where they are fewer and cost less, down to one or two pixels.
  public init(for form: ExampleForm) {
    let size = form.imageShape.map { Extent(height: $0[0], width: $0[1]) } ?? 1
    let most = (1...7).last { BottomUpLevel.sizes(of: size, levels: $0) != nil } ?? 1
    blocks = Array([1, 2, 3, 3, 2, 1, 1].prefix(most))
  }

  /// Throws ``SettingError`` on what can't be.
  public func validate(for form: ExampleForm) throws {
    try form.refuseCondition(for: Self.name)
    let image = try form.picture(for: Self.name)
    let size = Extent(height: image[0], width: image[1])
    try check(
      !blocks.isEmpty && blocks.allSatisfy { 0...100 ~= $0 } && blocks[0] > 0
        && BottomUpLevel.sizes(of: size, levels: blocks.count) != nil, "blocks",
      "a number for each resolution of \(size) pixels, 0 to 100, halved until one is left; at least 1 for all pixels")
    try check(2...4096 ~= width, "width", "2 to 4,096 channels")
    try SizeRange.check(latent: latent)
    try likelihood.validatePixels(for: form)
  }

  /// The model with weights by a stream.
  public func makeModel<Pixels: PixelDistribution>(
    ofPictures image: Shape, _ pixels: Pixels, for form: ExampleForm, _ stream: RandomStream
  ) -> any LatentVariableModel {
    HierarchicalAutoencoder(
      imageShape: image, blocks: blocks, width: width, narrow: max(1, width / 2), latents: latent,
      activation: activation, distribution: pixels, stream: stream)
  }

  /// Sizes and settings in a line.
  public func summary(for form: ExampleForm) -> String {
    "\(form.shape.map(String.init).joined(separator: "x")) blocks \(blocks.map(String.init).joined(separator: "-")), width "
      + "\(width), \(latent) latents a pixel, \(activation.rawValue), \(likelihood.name.rawValue) likelihood"
      + likelihood.detail
  }
}
