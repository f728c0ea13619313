import Tensors
import _Differentiation

/// A place in latent space, what is known of p(x, z) there, and a momentum.
public struct PhasePoint: Differentiable, Sendable {
  /// [K, B, L]
  public var z: Tensor
  /// [K, B, L]
  public var momentum: Tensor
  /// log p(x|z) there, [K, B].
  public var logLikelihood: Tensor
  /// The gradient of log p(x, z) in z there, [K, B, L].
  public var slope: Tensor
}

extension ScoredAutoencoder {
  /// z [K, B, L] with a momentum, and what the decoder says there of x [B, D].
  @differentiable(reverse,wrt: (self, z, momentum))
  public func phasePoint(_ x: Tensor, _ z: Tensor, momentum: Tensor) -> PhasePoint {
    let found = scored(of: x, given: z)
    // The prior's part: log N(z; 0, I) falls by z.
    return PhasePoint(z: z, momentum: momentum, logLikelihood: found.value, slope: found.score - z)
  }

  /// A leapfrog step on the energy -log p(x, z) + momentum' M^-1 momentum / 2.
  ///
  /// The same steps from where it gets to, with the momentum turned round, lead back; and each of the three movements shears
  /// (z, momentum), so that volume stays.
  ///
  /// - Parameters:
  ///   - step: of each latent, [L].
  ///   - mass: the diagonal of M, [L].
  @differentiable(reverse,wrt: (self, start, step, mass))
  public func leapfrog(_ x: Tensor, from start: PhasePoint, step: Tensor, mass: Tensor) -> PhasePoint {
    let half = 0.5 * step
    let middle = start.momentum + half * start.slope
    let there = phasePoint(x, start.z + (step / mass) * middle, momentum: middle)
    return PhasePoint(
      z: there.z, momentum: middle + half * there.slope, logLikelihood: there.logLikelihood, slope: there.slope)
  }
}
