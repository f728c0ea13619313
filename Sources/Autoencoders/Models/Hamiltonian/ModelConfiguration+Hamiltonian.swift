import Tensors

/// Leapfrog steps inside q(z|x), around a model that is described without them.
extension ModelConfiguration {
  /// Whether there are any.
  public var isHamiltonian: Bool { leapfrogs ?? 0 > 0 }

  /// Why no model has such steps; nil if one has, or none are asked for.
  public var hamiltonianProblem: (key: String, expected: String)? {
    guard 0...1000 ~= leapfrogs ?? 0 else { return ("model.leapfrogs", "0 to 1,000 steps") }
    guard 1...1000 ~= momenta ?? 1 else { return ("model.momenta", "1 to 1,000 momenta") }
    guard 1...100_000 ~= reverseHidden ?? 1 else { return ("model.reverse_hidden", "1 to 100,000 hidden units") }
    guard isHamiltonian else {
      if momenta != nil { return ("model.momenta", "none without leapfrogs") }
      return reverseHidden == nil ? nil : ("model.reverse_hidden", "none without leapfrogs")
    }
    guard [.mlp, .conv].contains(family) else {
      return ("model.leapfrogs", "none with a \(family.rawValue) model; mlp and conv can have them")
    }
    guard prior ?? .standard == .standard else { return ("model.leapfrogs", "none with a learned prior") }
    guard [.bernoulli, .gaussian].contains(likelihood) else {
      return (
        "model.leapfrogs",
        "none with a \(likelihood.rawValue) likelihood; bernoulli and gaussian have the second derivatives they need"
      )
    }
    guard family == .mlp || blocks == [0] else {
      return (
        "model.leapfrogs", "none with residual blocks, whose normalisation has no second derivative: give blocks 0"
      )
    }
    return nil
  }

  /// `model` with the steps that are asked for. Traps on ``hamiltonianProblem``.
  func withLeapfrogs(_ model: any LatentVariableModel, _ stream: RandomStream) -> any LatentVariableModel {
    guard isHamiltonian else { return model }
    guard let base = model as? any ScoredAutoencoder else {
      fatalError(
        "ModelConfiguration: \(hamiltonianProblem.map { "\($0.key): expected \($0.expected)" } ?? "leapfrogs")")
    }
    return hamiltonian(base, stream)
  }

  private func hamiltonian<Base: ScoredAutoencoder>(_ base: Base, _ stream: RandomStream) -> any LatentVariableModel {
    HamiltonianAutoencoder(
      base, moves: momenta ?? 1, leapfrogs: leapfrogs ?? 0, hidden: reverseHidden ?? 200, stream: stream)
  }
}
