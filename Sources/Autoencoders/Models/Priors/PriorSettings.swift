import Tensors

/// p(z) of a model of dense layers.
public struct PriorSettings: Codable, Sendable, Equatable {
  /// The kinds.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// N(0, I).
    case standard
    /// Learned Gaussians: ``MixturePrior``.
    case mixture
    /// The posteriors of learned pseudo-inputs: ``VampPrior``.
    case vamp
  }

  /// Which.
  public var kind: Kind
  /// Gaussians, or pseudo-inputs, of a learned one.
  public var components: Int

  /// N(0, I), or a learned prior.
  public init(_ kind: Kind = .standard, components: Int = 100) { (self.kind, self.components) = (kind, components) }

  func validate() throws { try check(1...100_000 ~= components, "prior_components", "1 to 100,000") }

  /// `base` with this prior.
  func around<Base: PseudoInputEncoder>(_ base: Base, _ stream: RandomStream) -> any LatentVariableModel {
    switch kind {
    case .standard: base
    case .mixture:
      PriorAutoencoder(base, prior: MixturePrior(count: components, latents: base.latentSize, stream: stream))
    case .vamp: PriorAutoencoder(base, prior: VampPrior(count: components, size: base.inputSize, stream: stream))
    }
  }

  var detail: String { kind == .standard ? "" : ", \(kind.rawValue) prior of \(components)," }
}
