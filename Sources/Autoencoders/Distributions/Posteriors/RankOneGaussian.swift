import Networks
import Tensors
import _Differentiation

/// q(z|x) of Gaussians, one for each group of latents, whose precision is diagonal but for one direction:
/// C^-1 = D + u u' (Rezende, Mohamed and Wierstra 2014, section 4.3).
///
/// With w = u' D^-1 u and s = D^-1/2, C = D^-1 - D^-1 u u' D^-1 / (1 + w), log det C = -log det D - log(1 + w), and
/// R = s - c D^-1 u u' s is a root of C where c = 1 / (1 + w + sqrt(1 + w)). All costs grow with the number of latents.
public struct RankOneGaussian: Posterior {
  /// [B, D]
  public var mean: Tensor
  /// -log D, bent as that of a ``DiagonalGaussian``, [B, D].
  public var logVariance: Tensor
  /// u, [B, D].
  public var direction: Tensor
  /// The groups that have a direction of their own.
  @noDerivative public let groups: LatentGroups

  /// Gaussians of the given parts, each [B, D].
  @differentiable(reverse)
  public init(mean: Tensor, logVariance: Tensor, direction: Tensor, groups: LatentGroups) {
    self.mean = mean
    self.logVariance = DiagonalGaussian.bent(logVariance)
    self.direction = direction
    self.groups = groups
  }

  /// w = u' D^-1 u of each group, [B, G].
  @differentiable(reverse)
  var excess: Tensor { groups.sums(of: exp(logVariance) * square(direction)) }

  /// mean + R noise, [K, B, D].
  @differentiable(reverse,wrt: self)
  func drawn(_ noise: Tensor) -> Tensor {
    let all = withoutDerivative(at: noise.shape)
    let scaled = exp(0.5 * logVariance).broadcast(to: all) * noise
    let along = groups.sums(of: direction.broadcast(to: all) * scaled)  // u' s e, [K, B, G]
    let root = sqrt(excess + 1)
    let share = (exp(-1 * log(root * (root + 1)))).broadcast(to: withoutDerivative(at: along.shape)) * along
    let back = (exp(logVariance) * direction).broadcast(to: all) * groups.spread(share)
    return mean.broadcast(to: all) + scaled - back
  }

  /// Draws, and the divergence of each group, [K, B, G].
  @differentiable(reverse,wrt: self)
  public func draw(noise: Tensor, divergence form: DivergenceForm) -> LatentDraw {
    refuseDoubleReparameterization(form)
    let z = drawn(noise)
    if form == .pathwise {
      return pathwiseDraw(z, logDensity: withoutDerivative(at: self).logDensity(of: z))
    }
    let half = 0.5 * log(excess + 1)  // what a direction takes from log det C, [B, G]
    if form == .analytic {
      let shrinking = square(exp(logVariance) * direction) * groups.spread(exp(-1 * log(excess + 1)))
      let units = gaussianDivergence(mean, logVariance) - 0.5 * shrinking
      let sums = groups.sums(of: units) + half
      return LatentDraw(z: z, divergence: sums.reshaped(to: withoutDerivative(at: sums.shape.prepending(1))))
    }
    // R R' = C, so the noise has the length that z - mean has in units of C.
    let units = groups.sums(of: gaussianLogRatio(z, logVariance, noise: noise))
    return LatentDraw(z: z, divergence: units + half.broadcast(to: withoutDerivative(at: units.shape)))
  }

  /// mean + R noise.
  public func sample(noise: Tensor) -> Tensor { drawn(noise) }

  /// log q(z|x) from the precision.
  @differentiable(reverse)
  public func logDensity(of z: Tensor) -> Tensor {
    let all = withoutDerivative(at: z.shape)
    let apart = z - mean.broadcast(to: all)
    let along = groups.sums(of: direction.broadcast(to: all) * apart)
    let correction = log(excess + 1).broadcast(to: withoutDerivative(at: along.shape)) - square(along)
    let units = square(apart) * exp(-1 * logVariance).broadcast(to: all) + logVariance.broadcast(to: all) + logTwoPi
    return 0.5 * (correction.sumOverLast() - units.sumOverLast())
  }

  /// Roots of the covariance's diagonal, [B, D].
  public var deviation: Tensor {
    let variance = exp(logVariance)
    return sqrt(variance - square(variance * direction) * groups.spread(exp(-1 * log(excess + 1))))
  }
}

/// A rank-one Gaussian from features.
public struct RankOneGaussianLayer: PosteriorLayer {
  /// Features to means.
  public var mean: Dense
  /// Features to -log D.
  public var logVariance: Dense
  /// Features to u.
  public var direction: Dense
  /// The groups that have a direction of their own.
  @noDerivative public let groups: LatentGroups

  /// `features` numbers in, a Gaussian for each group of latents out.
  public init(features: Int, groups: LatentGroups, initializer: Initializer = .uniformFanIn, stream: RandomStream) {
    func layer(_ stream: RandomStream) -> Dense {
      Dense(features, groups.count, initializer: initializer, stream: stream)
    }
    mean = layer(stream["mean"])
    logVariance = layer(stream["log variance"])
    direction = layer(stream["direction"])
    self.groups = groups
  }

  /// Gaussians with the means, precisions and directions that features h lead to.
  @differentiable(reverse)
  public func callAsFunction(_ features: Tensor) -> RankOneGaussian {
    RankOneGaussian(
      mean: mean(features), logVariance: logVariance(features), direction: direction(features), groups: groups)
  }
}
