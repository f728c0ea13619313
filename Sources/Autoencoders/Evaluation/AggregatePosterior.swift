import Foundation
import Tensors

/// q(z) = 1/N sum over n of q(z|x_n): what the decoder of a model meets when the data are encoded.
///
/// The rate KL(q(z|x) || p(z)) is the mutual information of example and latents plus KL(q(z) || p(z)) (Hoffman and
/// Johnson, *ELBO surgery*, 2016). The first is what the latents tell; the second is paid for nothing, and is how far
/// samples from the prior are from what the decoder has learned to decode.
public struct AggregatePosterior: Sendable {
  /// Of q(z|x_n), [N, D].
  public let means: Tensor
  /// Of q(z|x_n), [N, D].
  public let deviations: Tensor
  private let density: GaussianMixture

  /// The mean of N diagonal Gaussians, [N, D].
  public init(means: Tensor, deviations: Tensor) {
    (self.means, self.deviations) = (means, deviations)
    density = GaussianMixture(means: means, deviations: deviations)
  }

  /// Examples.
  public var count: Int { density.count }
  /// Latents.
  public var size: Int { density.size }

  /// log q(z), nats: the exact mean over all N, z [..., D] to [...].
  public func logDensity(_ z: Tensor) -> Tensor { density.logDensity(z) }

  /// Draws [`count`, D], and whose they are. Every example is taken equally often, give or take one.
  public func sample(_ count: Int, _ stream: RandomStream) -> (z: Tensor, examples: [Int]) {
    let order = stream["examples"].permutation(self.count)
    let examples = (0..<count).map { order[$0 % order.count] }
    let noise = stream["noise"].normal([count, size])
    let z = gather(means, examples) + gather(deviations, examples) * noise
    return (z, examples)
  }

  /// log q(z|x_n) of each draw z [S, D] for the example it was made for, [S].
  func logDensity(_ z: Tensor, of examples: [Int]) -> [Double] {
    let normalised = ((z - gather(means, examples)) / gather(deviations, examples)).scalars
    let s = gather(deviations, examples).scalars
    return examples.indices.map { row in
      (row * size..<(row + 1) * size).reduce(-0.5 * Double(size) * Foundation.log(2 * Double.pi)) {
        $0 - 0.5 * Double(normalised[$1]) * Double(normalised[$1]) - Foundation.log(Double(s[$1]))
      }
    }
  }

  /// KL(q(z|x_n) || N(0, I)) of each example, nats.
  func rates() -> [Double] {
    let (m, s) = (means.scalars, deviations.scalars)
    return (0..<count).map { row in
      (row * size..<(row + 1) * size).reduce(0) { sum, i in
        let (mean, deviation) = (Double(m[i]), Double(s[i]))
        return sum + 0.5 * (mean * mean + deviation * deviation - 1) - Foundation.log(deviation)
      }
    }
  }

  private func gather(_ rows: Tensor, _ positions: [Int]) -> Tensor {
    Tensor(shape: [positions.count, size]) { out in
      for (row, position) in positions.enumerated() {
        (out + row * size).update(from: rows.pointer + position * size, count: size)
      }
    }
  }
}

/// The rate of a set of examples in its two parts, nats per example.
public struct AggregateReport: Sendable {
  /// Examples N.
  public let count: Int
  /// Draws of z that the mutual information was estimated from.
  public let draws: Int
  /// Mean of KL(q(z|x_n) || N(0, I)), exact for these examples.
  public let rate: Double
  /// Standard error of ``rate`` over examples.
  public let rateStandardError: Double
  /// Estimate of I(n; z) = mean of log q(z|x_n) - log q(z).
  public let mutualInformation: Double
  /// Standard error over draws of ``mutualInformation``, and with it of ``divergenceFromPrior``.
  public let standardError: Double

  /// KL(q(z) || N(0, I)): what of the rate is not mutual information. As its parts are known better apart than its mean
  /// over draws, it is their difference.
  public var divergenceFromPrior: Double { rate - mutualInformation }
  /// log N: N examples tell no more than which one it was.
  public var ceiling: Double { Foundation.log(Double(count)) }
  /// Whether the mutual information is so near to log N that more examples would raise it: it is then no more than a
  /// lower mark for the data's own, and ``divergenceFromPrior`` an upper one.
  public var isNearCeiling: Bool { mutualInformation > ceiling - 0.5 }

  init(_ aggregate: AggregatePosterior, gains: [Double]) {
    count = aggregate.count
    draws = gains.count
    (rate, rateStandardError) = meanAndError(aggregate.rates())
    (mutualInformation, standardError) = meanAndError(gains)
  }
}

extension Evaluator {
  /// The examples' posteriors, encoded as ``bound(_:on:samples:)`` encodes them.
  public func aggregatePosterior<Model: GaussianAutoencoder>(
    _ model: Model, of data: any BatchSource
  ) -> AggregatePosterior {
    let blocks = blocks(of: data.count, size: 128)
    let parts = inParallel(blocks.count) { model.posterior(model.encode(batch(data, blocks[$0]))) }
    return AggregatePosterior(
      means: Tensor.stacked(parts.map(\.mean)), deviations: Tensor.stacked(parts.map(\.deviation)))
  }

  /// Mutual information and divergence from the prior, from `draws` draws of q(z), each compared with all N posteriors.
  public func report(on aggregate: AggregatePosterior, draws: Int = 5000) -> AggregateReport {
    require(draws > 1, "aggregate posterior: \(draws) draws; expected at least two, for a standard error")
    let (z, examples) = aggregate.sample(draws, stream["aggregate"])
    let own = aggregate.logDensity(z, of: examples)
    let blocks = blocks(of: draws, size: 128)
    let all = inParallel(blocks.count) { aggregate.logDensity(z.rows(blocks[$0])).scalars }.joined()
    return AggregateReport(aggregate, gains: zip(own, all).map { $0 - Double($1) })
  }

  /// A mixture of `components` diagonal Gaussians fitted to draws from q(z): several of each example where they are few.
  ///
  /// Fit it to the training data: it becomes part of a model.
  public func mixture(of aggregate: AggregatePosterior, components: Int) -> MixtureFit {
    let perExample = (Self.fittedDraws + aggregate.count - 1) / aggregate.count
    let draws = aggregate.sample(perExample * aggregate.count, stream["mixture"]).z
    return MixtureFit(to: draws, components: components, stream: stream["fit"], threads: threads)
  }

  /// At least so many draws make a fitted mixture.
  private static let fittedDraws = 50_000
}
