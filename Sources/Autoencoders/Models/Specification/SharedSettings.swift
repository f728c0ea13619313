import Networks
import Tensors

/// Settings that several models have. A specification has those whose protocols it conforms to; who offers them to a person,
/// as flags or in a form, asks for that and needs no list of models.

/// Widths of the encoder's hidden layers; the decoder mirrors them.
public protocol HiddenLayersSetting: ModelSpecification {
  /// From the data on.
  var hidden: [Int] { get set }
}

/// Latent units.
public protocol LatentUnitsSetting: ModelSpecification {
  /// How many: of each pixel, step or layer where a model has several groups of them.
  var latent: Int { get set }
}

/// Latents in several layers.
public protocol LatentLayersSetting: LatentUnitsSetting {
  /// Of each layer, nearest to the data first.
  var latents: [Int] { get set }
}

extension LatentLayersSetting {
  /// Those of the lowest layer; setting it leaves one layer.
  public var latent: Int {
    get { latents.first ?? 0 }
    set { latents = [newValue] }
  }
}

/// The hidden layers' activation.
public protocol ActivationSetting: ModelSpecification {
  /// Which.
  var activation: Activation { get set }
}

/// What is done to the encoder's input.
public protocol InputScalingSetting: ModelSpecification {
  /// Which.
  var inputScaling: InputScaling { get set }
}

/// How weights begin.
public protocol InitializerSetting: ModelSpecification {
  /// Which.
  var initializer: Initializer { get set }
}

/// p(x|z).
public protocol LikelihoodSetting: ModelSpecification {
  /// Which.
  var likelihood: LikelihoodSpecification { get set }
}

/// Convolutions that halve pictures again and again.
public protocol ConvolutionsSetting: BlocksSetting {
  /// Channels after each halving.
  var channels: [Int] { get set }
}

/// Residual blocks, or blocks of latents, at each resolution.
public protocol BlocksSetting: ModelSpecification {
  /// One number for all resolutions, or one for each, all pixels first.
  var blocks: [Int] { get set }
}

/// Channels of features at full resolution.
public protocol WidthSetting: ModelSpecification {
  /// How many.
  var width: Int { get set }
}

/// Leapfrog steps inside q(z|x): ``HamiltonianAutoencoder``.
public protocol LeapfrogsSetting: ModelSpecification {
  /// None where it is nil.
  var leapfrogs: LeapfrogSettings? { get set }
}

/// Classes, some of which are known.
public protocol ClassesSetting: ModelSpecification {
  /// How many there are and how they are learned.
  var classes: SemiSupervision { get set }
}

/// The ranges that sizes are checked against.
enum SizeRange {
  static let widths = 1...1_000_000

  /// Throws unless widths of layers are possible, and there are `least` of them.
  static func check(hidden: [Int], least: Int = 0, of model: String) throws {
    try Autoencoders.check(
      hidden.count >= least, "hidden", "\(least == 1 ? "one width" : "\(least) widths") at least for a \(model) model")
    try Autoencoders.check(hidden.count <= 100, "hidden", "at most 100 layers")
    try Autoencoders.check(hidden.allSatisfy { widths ~= $0 }, "hidden", "widths from 1 to 1,000,000")
  }

  static func check(latent: Int) throws {
    try Autoencoders.check(widths ~= latent, "latent", "1 to 1,000,000 latents")
  }

  /// Throws where an encoder of dense layers would have a thousand million weights.
  static func check(encoder widths: [Int]) throws {
    let weights = zip(widths, widths.dropFirst()).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    try Autoencoders.check(weights < 1e9, "hidden", "fewer than 1e9 weights in the encoder; got \(weights)")
  }
}

extension ConvolutionsSetting {
  /// Channels for halvings down to 4 to 7 pixels along the shorter side.
  static func usualChannels(for form: ExampleForm) -> [Int] {
    let side = form.imageShape.map { min($0[0], $0[1]) } ?? 1
    return Array([32, 64, 128, 256, 256].prefix(max(1, side.bitWidth - side.leadingZeroBitCount - 3)))
  }

  /// The picture's shape. Throws unless it can be halved for each of the channels.
  @discardableResult
  func validateConvolutions(for form: ExampleForm) throws -> Shape {
    let image = try form.picture(for: Self.name)
    try check(
      !channels.isEmpty && channels.allSatisfy { 1...4096 ~= $0 } && min(image[0], image[1]) >> channels.count > 0,
      "channels",
      "a number for each halving of \(image[0])x\(image[1]) pixels, 1 to 4,096, no more than leave a pixel")
    try check(
      blocks.count == 1 && 0...100 ~= blocks[0], "blocks", "one number of residual blocks for all resolutions, 0 to 100"
    )
    return image
  }
}

extension ExampleForm {
  /// [H, W, channels]. Throws unless the examples are pictures.
  func picture(for model: String) throws -> Shape {
    guard let imageShape else {
      throw SettingError(
        "model",
        "a \(model) model is for pictures; expected rows, columns and perhaps channels, got examples of "
          + "\(shape.map(String.init).joined(separator: "x"))")
    }
    return imageShape
  }

  /// Throws if something is given.
  func refuseCondition(for model: String) throws {
    try check(condition == nil, "given", "nothing for a \(model) model; mlp and conv can be given something")
  }
}
