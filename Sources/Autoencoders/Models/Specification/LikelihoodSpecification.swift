import Networks
import Tensors

/// p(x|z), in full.
///
/// A new likelihood is a file with its distribution and last layers, and a case here: its name, its settings, and a line in
/// each of the two functions that make a layer of it.
public enum LikelihoodSpecification: Sendable, Equatable {
  /// Independent 0/1 variables: ``Bernoulli``.
  case bernoulli
  /// Independent normal variables: ``Gaussian``. Means that are `isBounded` pass through a sigmoid, for data in [0, 1].
  case gaussian(ScaleSettings, isBounded: Bool)
  /// Independent 8-bit numbers: ``DiscretizedLogistic``.
  case logistic(ScaleSettings)
  /// 8-bit pixels, grey or colour, of so many logistic variables each: ``LogisticMixture``.
  case mixture(components: Int)

  /// What a deviation depends on, and how small it may be.
  public struct ScaleSettings: Sendable, Equatable {
    /// What the variance depends on.
    public var variance: VarianceForm
    /// The floor of the standard deviation: of data in [0, 1], or as a part of the data's own.
    public var leastDeviation: Float

    /// Learned for each example, with a floor.
    public init(variance: VarianceForm = .learned, leastDeviation: Float) {
      (self.variance, self.leastDeviation) = (variance, leastDeviation)
    }
  }

  /// Their names.
  public enum Name: String, Codable, Sendable, CaseIterable {
    /// ``LikelihoodSpecification/bernoulli``
    case bernoulli
    /// ``LikelihoodSpecification/gaussian(_:isBounded:)``
    case gaussian
    /// ``LikelihoodSpecification/logistic(_:)``
    case logistic
    /// ``LikelihoodSpecification/mixture(components:)``
    case mixture
  }

  /// What data a likelihood is of.
  public enum Support: Sendable {
    /// Zeros and ones.
    case binary
    /// Real numbers, of which it is a density.
    case real
    /// Multiples of 1/255 in [0, 1].
    case eightBit
  }

  /// A likelihood with its usual settings; `isBounded` says of a Gaussian whether data are in [0, 1].
  public init(_ name: Name, isBounded: Bool = true) {
    switch name {
    case .bernoulli: self = .bernoulli
    case .gaussian: self = .gaussian(ScaleSettings(leastDeviation: 0.02), isBounded: isBounded)
    // A density needs a floor that a probability, at most 1, does not.
    case .logistic: self = .logistic(ScaleSettings(leastDeviation: 0.001))
    case .mixture: self = .mixture(components: 10)
    }
  }

  /// Its name.
  public var name: Name {
    switch self {
    case .bernoulli: .bernoulli
    case .gaussian: .gaussian
    case .logistic: .logistic
    case .mixture: .mixture
    }
  }

  /// What data it is of.
  public var support: Support {
    switch self {
    case .bernoulli: .binary
    case .gaussian: .real
    case .logistic, .mixture: .eightBit
    }
  }

  /// Whether the numbers it expects are in [0, 1].
  public var isBounded: Bool { if case .gaussian(_, let isBounded) = self { isBounded } else { true } }

  /// Whether numbers of one example depend on each other given z, so that those of a pixel are missing together or not at all.
  public var couplesChannels: Bool { name == .mixture }

  /// How deviations are made, where there are some. Setting it does nothing where there are none.
  public var scale: ScaleSettings? {
    get {
      switch self {
      case .gaussian(let scale, _), .logistic(let scale): scale
      case .bernoulli, .mixture: nil
      }
    }
    set {
      guard let newValue else { return }
      switch self {
      case .gaussian(_, let isBounded): self = .gaussian(newValue, isBounded: isBounded)
      case .logistic: self = .logistic(newValue)
      case .bernoulli, .mixture: break
      }
    }
  }

  /// Settings in a few words, for a line about a model; empty where there are none.
  var detail: String {
    switch self {
    case .bernoulli: ""
    case .gaussian(let scale, _), .logistic(let scale): ", \(scale.variance.rawValue) variance"
    case .mixture(let components): ", \(components) components"
    }
  }

  /// Throws unless its numbers can be, for examples of this form.
  func validate(for form: ExampleForm) throws {
    if let scale {
      try check(scale.leastDeviation > 0 && scale.leastDeviation.isFinite, "least_deviation", "a number above 0")
    }
    guard case .mixture(let components) = self else { return }
    try check(1...LogisticMixtureLayout.mostComponents ~= components, "components", "1 to 64")
    try check(
      [1, 3].contains(form.channels), "likelihood",
      "[height, width], or 1 or 3 channels with them, for a mixture likelihood")
  }
}

// MARK: Layers

extension DenseModelSpecification {
  /// The model with a dense last layer for the likelihood.
  public func makeModel(for form: ExampleForm, _ stream: RandomStream) -> any LatentVariableModel {
    requireValid(self, for: form)
    let (size, initializer) = (form.size, initializer)
    switch likelihood {
    case .bernoulli:
      return makeModel(for: form, stream) {
        BernoulliOutput(features: $0, size: size, initializer: initializer, stream: $1)
      }
    case .gaussian(let scale, let isBounded):
      return makeModel(for: form, stream) {
        GaussianOutput(
          features: $0, size: size, meanActivation: isBounded ? .sigmoid : .identity, form: scale.variance,
          leastDeviation: scale.leastDeviation, initializer: initializer, stream: $1)
      }
    case .logistic(let scale):
      return makeModel(for: form, stream) {
        DiscretizedLogisticOutput(
          features: $0, size: size, form: scale.variance, leastDeviation: scale.leastDeviation,
          initializer: initializer, stream: $1)
      }
    case .mixture(let components):
      let pixels = MixturePixels(channels: form.channels, components: components)
      return makeModel(for: form, stream) {
        PixelOutput(features: $0, size: size, pixels, initializer: initializer, stream: $1)
      }
    }
  }
}

extension LikelihoodSpecification {
  /// As a distribution of pixels of so many channels, for a decoder whose last layer gives raw numbers for each.
  public func pixels(channels: Int) -> any PixelDistribution {
    switch self {
    case .bernoulli: BernoulliPixels(channels: channels)
    case .gaussian(let scale, let isBounded):
      GaussianPixels(channels: channels, isBounded: isBounded, leastDeviation: scale.leastDeviation)
    case .logistic(let scale): LogisticPixels(channels: channels, leastDeviation: scale.leastDeviation)
    case .mixture(let components): MixturePixels(channels: channels, components: components)
    }
  }

  /// Throws where deviations are to depend on something that pixels do not know of.
  func validatePixels(for form: ExampleForm) throws {
    try validate(for: form)
    try check(scale?.variance ?? .learned == .learned, "variance", "learned for a model of pictures")
  }
}

extension PictureModelSpecification {
  /// The model with the likelihood's pixels.
  public func makeModel(for form: ExampleForm, _ stream: RandomStream) -> any LatentVariableModel {
    requireValid(self, for: form)
    let image = form.imageShape!
    func make(_ pixels: some PixelDistribution) -> any LatentVariableModel {
      makeModel(ofPictures: image, pixels, for: form, stream)
    }
    return make(likelihood.pixels(channels: image[2]))
  }
}

// MARK: As JSON

extension LikelihoodSpecification: Codable {
  private enum CodingKeys: String, CodingKey { case name, variance, leastDeviation, boundedMean, components }

  /// From `{"name": ..., settings}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func scale() throws -> ScaleSettings {
      ScaleSettings(
        variance: try container.decode(VarianceForm.self, forKey: .variance),
        leastDeviation: try container.decode(Float.self, forKey: .leastDeviation))
    }
    switch try container.decode(Name.self, forKey: .name) {
    case .bernoulli: self = .bernoulli
    case .gaussian:
      self = .gaussian(try scale(), isBounded: try container.decode(Bool.self, forKey: .boundedMean))
    case .logistic: self = .logistic(try scale())
    case .mixture: self = .mixture(components: try container.decode(Int.self, forKey: .components))
    }
  }

  /// To `{"name": ..., settings}`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encodeIfPresent(scale?.variance, forKey: .variance)
    try container.encodeIfPresent(scale?.leastDeviation, forKey: .leastDeviation)
    switch self {
    case .gaussian(_, let isBounded): try container.encode(isBounded, forKey: .boundedMean)
    case .mixture(let components): try container.encode(components, forKey: .components)
    case .bernoulli, .logistic: break
    }
  }
}
