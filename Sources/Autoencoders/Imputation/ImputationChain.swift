import Foundation
import Tensors

/// How a step of an imputation chain renews the latents.
public enum ImputationMove: String, Codable, Sendable, CaseIterable {
  /// Every draw from q(z|x) is taken.
  case gibbs
  /// A draw from q(z|x) is taken with the probability of Metropolis and Hastings.
  case metropolis
}

/// A Markov chain over what is missing of some examples: latents are drawn given all numbers, then missing numbers given the
/// latents.
///
/// Plain steps take every z ~ q(z|x), as if q were the posterior: the chain of Rezende, Mohamed and Wierstra 2014,
/// pseudo-Gibbs sampling. It draws from p(x_missing|x_observed) if q(z|x) = p(z|x), and from something near it if q is near.
/// Metropolis steps accept z with the probability that makes up for the difference (Mattei and Frellsen 2018,
/// *Leveraging the exact likelihood of deep latent variable models*, Metropolis within Gibbs): they leave
/// p(z, x_missing|x_observed) invariant whatever q is, and may stay where they are for long if it is poor.
public struct ImputationChain<Model: LatentVariableModel> {
  /// Whose latents these are.
  public let model: Model
  /// The examples [B, inputSize], NaN where a number is missing.
  public let x: Tensor
  /// The same with missing numbers as they were drawn last; before the first step they are as the chain was begun.
  public private(set) var state: Tensor
  /// The latents that those were drawn for, [1, B, latentSize]; none before the first step.
  public private(set) var z: Tensor?
  /// Steps taken.
  public private(set) var steps = 0
  private let streams: [RandomStream]

  /// A chain for each row of `x` [B, inputSize].
  ///
  /// - Parameters:
  ///   - start: the same with missing numbers filled in; without, the first z is drawn from what the encoder makes of the
  ///     holes.
  ///   - streams: random numbers for each row.
  public init(_ model: Model, x: Tensor, from start: Tensor? = nil, streams: [RandomStream]) {
    require(
      x.shape.rank == 2 && x.shape[1] == model.inputSize && streams.count == x.shape[0],
      "ImputationChain: examples \(x.shape) and \(streams.count) streams for a model of \(model.inputSize) numbers")
    (self.model, self.x, self.streams) = (model, x, streams)
    state = start.map { x.filled(from: $0) } ?? x
  }

  /// New latents, then new numbers in all holes. Returns the probability with which each row's z was to be accepted.
  @discardableResult
  public mutating func step(_ move: ImputationMove) -> [Float] {
    let here = streams.map { $0[steps] }
    let encoding = model.encode(state.asConstant)
    let noise = Tensor.stacked(here.map { $0["latents"].normal([1, model.noiseSize]) })
    let proposal = model.latents(of: encoding, noise: noise.reshaped(to: noise.shape.prepending(1)))
    var chances = [Float](repeating: 1, count: here.count)
    if move == .metropolis, var kept = z {
      let (before, after) = (logWeights(kept, encoding), logWeights(proposal, encoding))
      // Latents without a finite weight are refused.
      chances = zip(before, after).map { $1.isFinite ? ($0.isFinite ? Foundation.exp(min(0, $1 - $0)) : 1) : 0 }
      let size = model.latentSize
      kept.withMutablePointer { numbers in
        for (row, chance) in chances.enumerated() where here[row]["accept"].uniform([1]).scalar <= chance {
          (numbers + row * size).update(from: proposal.pointer + row * size, count: size)
        }
      }
      z = kept
    } else {
      z = proposal
    }
    let flat = latents
    state = x.filled(
      from: Tensor.stacked(
        here.indices.map { model.sample(given: flat.rows($0..<$0 + 1), here[$0]["data"]) }))
    steps += 1
    return chances
  }

  /// Missing numbers at their expectation given the present latents, observed ones as they are: [B, inputSize].
  public var expectation: Tensor { x.filled(from: model.expectation(given: latents)) }

  private var latents: Tensor {
    guard let z else { fatalError("ImputationChain: there are no latents before the first step") }
    return z.reshaped(to: [x.shape[0], model.latentSize])
  }

  /// log p(x, z) - log q(z|x) of given latents, but for a constant.
  private func logWeights(_ z: Tensor, _ encoding: Model.Encoding) -> [Float] {
    let log = model.logLikelihood(of: state, given: z) - model.logPosterior(of: z, given: encoding)
    let standard = log - square(z).sumOverLast().scaled(by: 0.5)
    return (model.logPriorRatio(of: z).map { standard + $0.value } ?? standard).scalars
  }
}
