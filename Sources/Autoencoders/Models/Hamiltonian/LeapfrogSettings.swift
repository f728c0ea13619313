import Tensors

/// Leapfrog steps inside q(z|x), around a model that is described without them: ``HamiltonianAutoencoder``.
public struct LeapfrogSettings: Codable, Sendable, Equatable {
  /// Steps after each momentum.
  public var steps: Int
  /// How often a momentum is drawn.
  public var momenta: Int
  /// Hidden units of each reverse model.
  public var reverseHidden: Int

  /// So many steps, after one momentum, with reverse models of 200 units.
  public init(steps: Int, momenta: Int = 1, reverseHidden: Int = 200) {
    (self.steps, self.momenta, self.reverseHidden) = (steps, momenta, reverseHidden)
  }

  /// Throws unless there can be such steps through a decoder of this likelihood.
  func validate(_ likelihood: LikelihoodSpecification) throws {
    try check(1...1000 ~= steps, "leapfrogs", "1 to 1,000 steps")
    try check(1...1000 ~= momenta, "momenta", "1 to 1,000 momenta")
    try check(1...100_000 ~= reverseHidden, "reverse_hidden", "1 to 100,000 hidden units")
    try check(
      [.bernoulli, .gaussian].contains(likelihood.name), "leapfrogs",
      "none with a \(likelihood.name.rawValue) likelihood; bernoulli and gaussian have the second derivatives they need"
    )
  }

  /// `model` with these steps. Traps unless its decoder has second derivatives.
  func around(_ model: any LatentVariableModel, _ stream: RandomStream) -> any LatentVariableModel {
    guard let base = model as? any ScoredAutoencoder else {
      fatalError("LeapfrogSettings: the decoder of \(type(of: model)) has no second derivatives")
    }
    func make(_ base: some ScoredAutoencoder) -> any LatentVariableModel {
      HamiltonianAutoencoder(base, moves: momenta, leapfrogs: steps, hidden: reverseHidden, stream: stream)
    }
    return make(base)
  }

  var detail: String { ", \(momenta) moment\(momenta == 1 ? "um" : "a") with \(steps) leapfrog(s)" }
}
