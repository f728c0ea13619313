import Networks
import Tensors
import _Differentiation

/// r(v|z, x): which momentum it was that a trajectory ended with, guessed from where it ended. A diagonal Gaussian from a
/// network with one hidden layer.
///
/// Of x it sees the mean and the log-variance of q(z0|x), which is what the encoder has found, and the slope of log p(x, z)
/// where the trajectory ended, which is at hand. Both z and slope are in units of q(z0|x), where the trajectory began: what
/// tells the momentum is how far it went, not from where. The gradient passes through all of these, as the bound's does.
public struct ReverseModel: Differentiable, Sendable {
  /// z and slope to hidden units.
  public var fromLatents: Dense
  /// Mean and log-variance of q(z0|x) to the same hidden units.
  public var fromPosterior: Dense
  /// Hidden units to means.
  public var mean: Dense
  /// Hidden units to log-variances.
  public var logVariance: Dense

  /// It begins as N(0, I).
  public init(latents: Int, hidden: Int, stream: RandomStream) {
    fromLatents = Dense(2 * latents, hidden, stream: stream["latents"])
    fromPosterior = Dense(2 * latents, hidden, stream: stream["posterior"])
    mean = Dense(hidden, latents, initializer: .zero, stream: stream["mean"])
    logVariance = Dense(hidden, latents, initializer: .zero, stream: stream["log variance"])
  }

  /// For z [K, B, L], the slope of log p(x, z) there, and q(z0|x) of x; means and log-variances [K, B, L].
  @differentiable(reverse)
  public func callAsFunction(_ z: Tensor, slope: Tensor, _ posterior: DiagonalGaussian) -> DiagonalGaussian {
    let deviation = exp(0.5 * posterior.logVariance)  // [B, L]
    let end = ((z - posterior.mean) / deviation).joined(with: slope * deviation)  // [K, B, 2 L]
    let seen = fromPosterior(posterior.mean.joined(with: posterior.logVariance))  // [B, H]
    let h = tanh(fromLatents(end) + seen)
    return DiagonalGaussian(mean: mean(h), logVariance: logVariance(h))
  }
}
