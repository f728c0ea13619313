import Networks
import Tensors
import _Differentiation

/// How a draw of latents stands on its way through the moves.
struct HamiltonianState: Differentiable {
  /// [K, B, L]
  var z: Tensor
  /// log p(x|z) there, [K, B].
  var logLikelihood: Tensor
  /// The gradient of log p(x, z) in z there, [K, B, L].
  var slope: Tensor
  /// What the momenta have cost so far, log q(v'|x, z) - log r(v|x, z), unit by unit, [K, B, L].
  var cost: Tensor
  /// q(z0|x), where all began.
  var posterior: DiagonalGaussian
}

/// A momentum is drawn, v' ~ N(0, M), and carried along by leapfrog steps. Steps and masses are learned, each latent's own.
public struct HamiltonianMove: Differentiable, Sendable {
  /// Logarithm of each leapfrog's step, [leapfrogs, L].
  public var logSteps: Tensor
  /// Logarithm of the masses, the diagonal of M, [L].
  public var logMass: Tensor
  /// r(v|z, x).
  public var reverse: ReverseModel

  /// - Parameters:
  ///   - hidden: hidden units of the reverse model.
  ///   - step: what steps begin as; masses begin as one.
  public init(latents: Int, leapfrogs: Int, hidden: Int, step: Float = 0.1, stream: RandomStream) {
    require(leapfrogs > 0 && step > 0, "HamiltonianMove: \(leapfrogs) leapfrogs of \(step); expected some, above zero")
    logSteps = log(Tensor(repeating: step, shape: [leapfrogs, latents]))
    logMass = Tensor(repeating: 0, shape: [latents])
    reverse = ReverseModel(latents: latents, hidden: hidden, stream: stream["reverse"])
  }

  /// Leapfrog steps of a move.
  public var leapfrogs: Int { logSteps.shape[0] }

  /// From where a draw is to where the trajectory ends that `noise` [K, B, L] begins. `isPathwise`: the gradient of
  /// log q(v') takes the path through v' only.
  @differentiable(reverse,wrt: (self, base, start))
  func callAsFunction<Base: ScoredAutoencoder>(
    _ base: Base, _ start: HamiltonianState, _ x: Tensor, noise: Tensor, isPathwise: Bool
  ) -> HamiltonianState {
    let momentum = exp(0.5 * logMass) * withoutDerivative(at: noise)
    let mass = exp(logMass)
    let count = withoutDerivative(at: leapfrogs)
    let size = withoutDerivative(at: logMass.count)
    let steps = exp(logSteps).reshaped(to: withoutDerivative(at: [count * size]))
    var point = PhasePoint(z: start.z, momentum: momentum, logLikelihood: start.logLikelihood, slope: start.slope)
    for index in 0..<count {
      let step = steps.columns(withoutDerivative(at: index * size..<(index + 1) * size))
      point = base.leapfrog(x, from: point, step: step, mass: mass)
    }
    let drawn = minusLogDensity(momentum, noise, isPathwise: isPathwise)
    let guess = reverse(point.z, slope: point.slope, start.posterior)
    let missed = 0.5 * (square(point.momentum - guess.mean) * exp(-guess.logVariance) + guess.logVariance)
    return HamiltonianState(
      z: point.z, logLikelihood: point.logLikelihood, slope: point.slope, cost: start.cost + missed - drawn,
      posterior: start.posterior)
  }

  /// -log N(v'; 0, M) - log(2 pi) / 2, unit by unit.
  @differentiable(reverse,wrt: (self, momentum))
  private func minusLogDensity(_ momentum: Tensor, _ noise: Tensor, isPathwise: Bool) -> Tensor {
    if isPathwise {
      let constant = withoutDerivative(at: logMass)
      return 0.5 * (square(momentum) / exp(constant) + constant)
    }
    return 0.5 * (logMass + withoutDerivative(at: square(noise)))
  }
}
