import Autoencoders
import Foundation

/// The real line cut into 2^16 bins of equal mass under N(0, 1): a latent unit as a whole number.
///
/// Under the prior all bins are alike, so a latent costs 16 bits less what the posterior gives back. Bins are finer than any
/// posterior that is learned, so little is lost by taking their middles (Townsend et al. 2019, section 2.5).
enum LatentBins {
  /// log2 of how many.
  static let bits = 16
  /// How many.
  static let count = 1 << bits

  /// Where bin j begins, for j from 0 (minus infinity) to `count` (infinity).
  private static let edges = [-Double.infinity] + (1..<count).map { quantile(Double($0) / Double(count)) } + [.infinity]

  /// The bins' medians: what a model is shown of a latent.
  private static let middles = (0..<count).map { Float(quantile((Double($0) + 0.5) / Double(count))) }

  private static func quantile(_ p: Double) -> Double { LatentPath.inverseNormal(p) }

  /// The number that a bin stands for.
  static func middle(of bin: Int) -> Float { middles[bin] }

  /// A latent under its posterior.
  struct Posterior: DiscreteVariable {
    let mean: Double
    let inverseDeviation: Double

    init(mean: Float, deviation: Float) {
      self.mean = Double(mean)
      // erfc is of deviations times sqrt(2)
      inverseDeviation = 1 / (Double(deviation) * 2.0.squareRoot())
    }

    func probability(below value: Int) -> Double { 0.5 * erfc((mean - edges[value]) * inverseDeviation) }
  }

  /// A latent under the prior.
  struct Prior: DiscreteVariable {
    func probability(below value: Int) -> Double { Double(value) / Double(count) }
  }
}
