import Networks
import Tensors

/// What a model of inverse graphics is beside its layers.
public struct InverseGraphics: Codable, Sendable, Equatable {
  /// The known factors that have latents of their own, the first ones, in this order; the other latents are the identity's.
  public var factors: [String]
  /// Those of them that come round again, such as an angle of full circle. They have two latents, others one: a line has
  /// ends, and what is seen from 359 degrees looks like what is seen from 0.
  public var circular: [String]?
  /// What an inactive latent's difference from the batch's mean counts, per example. 1/100 in Kulkarni et al. 2015, beside a
  /// loss of their own; a Gaussian of small deviation weighs pixels many times more.
  public var invariance: Float = 10
  /// Batches in which the identity varies for one of each factor (10).
  public var identityWeight = 10

  /// A model of these factors.
  public init(factors: [String], circular: [String]? = nil) { (self.factors, self.circular) = (factors, circular) }

  /// How many latents each factor has.
  public var widths: [Int] { factors.map { circular?.contains($0) == true ? 2 : 1 } }

  /// The latents of each factor.
  public var latents: [Range<Int>] { InverseGraphics.latents(widths) }

  /// The latents of one of them; nil where it has none.
  public func latents(of factor: String) -> Range<Int>? { factors.firstIndex(of: factor).map { latents[$0] } }

  static func latents(_ widths: [Int]) -> [Range<Int>] {
    widths.indices.map { number in
      let first = widths[..<number].reduce(0, +)
      return first..<first + widths[number]
    }
  }
}

extension ModelConfiguration {
  /// Why no model of inverse graphics is of these sizes; nil if one is, or none is asked for.
  public var graphicsProblem: (key: String, expected: String)? {
    guard family == .dcign else { return graphics == nil ? nil : ("model.graphics", "none but for a dcign model") }
    guard let graphics, !graphics.factors.isEmpty, Set(graphics.factors).count == graphics.factors.count else {
      return ("model.graphics.factors", "names of different factors for a dcign model")
    }
    let taken = graphics.widths.reduce(0, +)
    guard latent > taken else {
      return ("model.latent", "more than the \(taken) latents of factors, so that some are left")
    }
    guard graphics.invariance >= 0, graphics.invariance.isFinite else {
      return ("model.graphics.invariance", "a number from 0")
    }
    return 1...10_000 ~= graphics.identityWeight ? nil : ("model.graphics.identity_weight", "1 to 10,000")
  }

  /// A plain model with what inverse graphics need, where they are asked for.
  func withFactors(_ base: some GaussianAutoencoder) -> any LatentVariableModel {
    guard family == .dcign else { return base }
    if let problem = graphicsProblem { fatalError("ModelConfiguration: \(problem.key): expected \(problem.expected)") }
    return InverseGraphicsAutoencoder(base, widths: graphics!.widths, invariance: graphics!.invariance)
  }
}
