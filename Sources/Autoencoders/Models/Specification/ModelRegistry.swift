import Synchronization

/// The models that are known by name. A line here is what a new one needs beside its folder.
public enum ModelRegistry {
  /// Those of this library, in the order in which they are listed.
  public static let builtIn: [any ModelSpecification.Type] = [
    MLPSpecification.self,
    ConvolutionalSpecification.self,
    HierarchicalSpecification.self,
    DeepLatentGaussianSpecification.self,
    LadderSpecification.self,
    BottomUpSpecification.self,
    DRAWSpecification.self,
    InverseGraphicsSpecification.self,
    SemiSupervisedSpecification.self,
    StackedSpecification.self,
    ConditionalMLPSpecification.self,
    ConditionalImagesSpecification.self,
  ]

  private static let added = Mutex<[any ModelSpecification.Type]>([])

  /// Makes a specification of another package known, so that runs with it can be read back. Once is enough; traps if the name
  /// is taken by another.
  public static func register(_ type: any ModelSpecification.Type) {
    if let known = self.type(named: type.name) {
      guard known == type else { fatalError("ModelRegistry: the name \(type.name) is \(known)'s") }
      return
    }
    added.withLock { $0.append(type) }
  }

  /// All that are known.
  public static var all: [any ModelSpecification.Type] { builtIn + added.withLock { $0 } }

  /// The specification of a name; nil where there is none.
  public static func type(named name: String) -> (any ModelSpecification.Type)? { all.first { $0.name == name } }
}

/// A specification of any model. As JSON it has its name under `type` beside its settings.
public struct AnyModelSpecification: Codable, Sendable, Equatable {
  /// Which.
  public var base: any ModelSpecification

  /// Any specification.
  public init(_ base: any ModelSpecification) { self.base = base }

  private enum CodingKeys: String, CodingKey { case type }

  /// From JSON. Throws `DecodingError` where the type is not known or its settings are damaged.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let name = try container.decode(String.self, forKey: .type)
    guard let type = ModelRegistry.type(named: name) else {
      let known = ModelRegistry.all.map { $0.name }.joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        forKey: .type, in: container, debugDescription: "no model of the name \(name); known are \(known)")
    }
    base = try type.init(from: decoder)
  }

  /// To JSON.
  public func encode(to encoder: any Encoder) throws {
    try base.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .type)
  }

  /// Whether both are the same model with the same settings.
  public static func == (a: AnyModelSpecification, b: AnyModelSpecification) -> Bool {
    func isEqual<Specification: ModelSpecification>(_ a: Specification) -> Bool { a == b.base as? Specification }
    return isEqual(a.base)
  }

  /// The name of the model.
  public var name: String { type(of: base).name }

  /// p(x|z), where the model says which; of a model of another's latents, that of the other.
  public var likelihood: LikelihoodSpecification? { (base as? any LikelihoodSetting)?.likelihood }

  /// The classes of a model that knows some.
  public var classes: SemiSupervision? { (base as? any ClassesSetting)?.classes }

  /// The known factors of a model that has latents for them.
  public var graphics: InverseGraphics? { (base as? InverseGraphicsSpecification)?.graphics }

  /// The model in a line.
  public func summary(for form: ExampleForm) -> String { "\(name) \(base.summary(for: form))" }
}
