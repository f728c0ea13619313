import Networks
import Tensors
import _Differentiation

/// r(v|z, x): which momentum it was that a trajectory ended with, guessed from where it ended. A diagonal Gaussian from a
/// network with one hidden layer.
///
/// Of x it sees the mean and the log-variance of q(z0|x): that is what the encoder has found, in units that suit any data, and
/// the trajectory began there. The gradient passes through them to the encoder, as the bound's does.
public struct ReverseModel: Differentiable {
  /// z to hidden units.
  public var fromLatents: Dense
  /// Mean and log-variance of q(z0|x) to the same hidden units.
  public var fromPosterior: Dense
  /// Hidden units to means.
  public var mean: Dense
  /// Hidden units to log-variances.
  public var logVariance: Dense

  /// It begins as N(0, I).
  public init(latents: Int, hidden: Int, stream: RandomStream) {
    fromLatents = Dense(latents, hidden, stream: stream["latents"])
    fromPosterior = Dense(2 * latents, hidden, stream: stream["posterior"])
    mean = Dense(hidden, latents, initializer: .zero, stream: stream["mean"])
    logVariance = Dense(hidden, latents, initializer: .zero, stream: stream["log variance"])
  }

  /// For z [K, B, L] and q(z0|x) of x; means and log-variances [K, B, L].
  @differentiable(reverse)
  public func callAsFunction(_ z: Tensor, _ posterior: DiagonalGaussian) -> DiagonalGaussian {
    let seen = fromPosterior(posterior.mean.joined(with: posterior.logVariance))  // [B, H]
    let h = tanh(fromLatents(z) + seen)
    return DiagonalGaussian(mean: mean(h), logVariance: logVariance(h))
  }
}
