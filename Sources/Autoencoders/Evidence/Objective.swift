import Tensors
import _Differentiation

/// What training maximises: a function of evidence, the same for every model.
public struct Objective: Codable, Sendable, Equatable {
  /// How K draws become one bound.
  public enum Bound: String, Codable, Sendable, CaseIterable {
    /// The mean of log w over the draws: the evidence lower bound.
    case elbo
    /// log of the mean of w over the draws: importance-weighted, tighter with K (Burda et al. 2016).
    case iwae
  }

  /// How draws become a bound.
  public var bound: Bound
  /// Draws of z for each example (L in Kingma and Welling, k in Burda et al.).
  public var samples: Int
  /// How the divergence is estimated.
  public var divergence: DivergenceForm
  /// The divergence's weight after warm-up; 1 is the bound itself (Higgins et al. 2017 for others).
  public var beta: Float
  /// The fraction of the run, or of each cycle, over which the weight goes from `firstBeta` to `beta`.
  public var warmUp: Double
  /// What the weight begins as; 0 without. Above `beta`, latents begin with much noise, so that what is alike is first given
  /// codes that are near each other.
  public var firstBeta: Float?
  /// How often in a run the weight rises anew, in equal parts (Fu et al. 2019); once without.
  public var cycles: Int?
  /// Nats of each latent group's batch-mean divergence that are free: below, there is no reward for less (Kingma et al.
  /// 2016).
  public var freeBits: Float
  /// What is charged beside the bound for latents that depend on each other; nothing without.
  public var totalCorrelation: TotalCorrelation?

  /// An objective; by default the plain ELBO with one draw and the analytic divergence.
  public init(
    bound: Bound = .elbo, samples: Int = 1, divergence: DivergenceForm = .analytic, beta: Float = 1,
    warmUp: Double = 0, firstBeta: Float? = nil, cycles: Int? = nil, freeBits: Float = 0,
    totalCorrelation: TotalCorrelation? = nil
  ) {
    self.bound = bound
    self.samples = samples
    // A closed-form divergence is no function of the draw, so log w would be wrong inside a log of a mean.
    self.divergence = bound == .iwae && divergence == .analytic ? .sampled : divergence
    self.beta = beta
    self.warmUp = warmUp
    self.firstBeta = firstBeta
    self.cycles = cycles
    self.freeBits = freeBits
    self.totalCorrelation = totalCorrelation
  }

  /// Why these settings make no bound's gradient; nil if they do.
  public var problem: String? {
    switch (bound, divergence) {
    case (.iwae, _) where totalCorrelation != nil: "the total correlation is charged beside an elbo, not iwae"
    case (.iwae, .analytic): "a closed-form divergence has no place inside log(mean(w)); use sampled"
    case (.iwae, .pathwise): "sticking the landing is biased for iwae; use doubly-reparameterized"
    case (.elbo, .doublyReparameterized): "doubly-reparameterized gradients are for iwae; use pathwise"
    case (.iwae, .doublyReparameterized) where beta != 1 || warmUp > 0:
      "doubly-reparameterized gradients are those of the bound itself: beta 1, without warm-up"
    default: nil
    }
  }

  /// The divergence's weight at `step` of `total`.
  public func beta(step: Int, of total: Int) -> Float {
    let (first, warmth) = (firstBeta ?? 0, warmth(step: step, of: total))
    return first + (beta - first) * warmth
  }

  /// The part of its final weight that what warms up has at `step` of `total`.
  func warmth(step: Int, of total: Int) -> Float {
    let cycle = (Double(total) / Double(cycles ?? 1)).rounded(.up)
    let ramp = warmUp * cycle
    let position = Double(step).truncatingRemainder(dividingBy: max(cycle, 1))
    return ramp > 0 ? Float(min(1, (position + 1) / ramp)) : 1
  }

  /// The loss to minimise, in nats per example, without the charge for total correlation.
  @differentiable(reverse,wrt: evidence)
  public func loss(_ evidence: Evidence, beta: Float) -> Float {
    if bound == .iwae {
      let logWeight = evidence.logLikelihood - beta * evidence.divergence.sumOverLast()
      return -logWeight.logMeanExpOverFirst().mean()
    }
    let examples = withoutDerivative(at: Float(evidence.logLikelihood.shape[1]))
    let rows = withoutDerivative(at: Float(evidence.divergence.shape[0])) * examples
    let divergence = freeBits > 0 ? chargedDivergence(evidence.divergence) : evidence.divergence.sum() / rows
    return beta * divergence - evidence.logLikelihood.mean()
  }

  /// sum over groups of max(freeBits, mean over draws and examples): the gradient of a group below the mark is zero.
  @differentiable(reverse,wrt: divergence)
  private func chargedDivergence(_ divergence: Tensor) -> Float {
    let groups = withoutDerivative(at: divergence.shape[2])
    let rows = withoutDerivative(at: divergence.count / groups)
    let means = divergence.reshaped(to: [rows, groups]).meanOverFirst()  // [G]
    return (relu(means - freeBits) + freeBits).sum()
  }
}
