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
