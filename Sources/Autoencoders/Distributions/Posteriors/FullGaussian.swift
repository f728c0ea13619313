import Networks
import Tensors
import _Differentiation

/// q(z|x) = N(mean, T T') with a triangle T: any covariance there is (Kingma and Welling 2019, section 2.5.1).
public struct FullGaussian: Posterior {
  /// [B, D]
  public var mean: Tensor
  /// Twice the logarithms of T's diagonal, bent as a ``DiagonalGaussian``'s, [B, D].
  public var logVariance: Tensor
  /// T below the diagonal, row by row, [B, D (D - 1) / 2].
  public var lower: Tensor

  /// A Gaussian of the given parts.
  @differentiable(reverse)
  public init(mean: Tensor, logVariance: Tensor, lower: Tensor) {
    self.mean = mean
    self.logVariance = DiagonalGaussian.bent(logVariance)
    self.lower = lower
  }

  @differentiable(reverse,wrt: self)
  func drawn(_ noise: Tensor) -> Tensor {
    gaussianSample(mean, logVariance, noise: noise) + lowerProduct(lower, noise)
  }

  /// Variances that the numbers below the diagonal add, [1, B, D].
  @differentiable(reverse)
  private var added: Tensor {
    lowerProduct(square(lower), withoutDerivative(at: Tensor(repeating: 1, shape: mean.shape.prepending(1))))
  }

  /// Draws, and their divergence as a sum over latents, of which log det C is one too.
  @differentiable(reverse,wrt: self)
  public func draw(noise: Tensor, divergence form: DivergenceForm) -> LatentDraw {
    refuseDoubleReparameterization(form)
    let z = drawn(noise)
    if form == .pathwise {
      return pathwiseDraw(z, logDensity: withoutDerivative(at: self).logDensity(of: z))
    }
    if form == .analytic {
      let units = gaussianDivergence(mean, logVariance).reshaped(to: withoutDerivative(at: mean.shape.prepending(1)))
      return LatentDraw(z: z, divergence: units + 0.5 * added)
    }
    return LatentDraw(z: z, divergence: gaussianLogRatio(z, logVariance, noise: noise))
  }

  /// mean + T noise.
  public func sample(noise: Tensor) -> Tensor { drawn(noise) }

  /// log q(z|x): the density of the noise that makes z.
  @differentiable(reverse)
  public func logDensity(of z: Tensor) -> Tensor {
    let all = withoutDerivative(at: z.shape)
    let noise = lowerSolve(lower, exp(0.5 * logVariance), z - mean.broadcast(to: all))
    return -0.5 * (square(noise) + logVariance.broadcast(to: all) + logTwoPi).sumOverLast()
  }

  /// Roots of the covariance's diagonal, [B, D].
  public var deviation: Tensor { sqrt(exp(logVariance) + added.reshaped(to: mean.shape)) }
}

/// A Gaussian of full covariance from features.
public struct FullGaussianLayer: PosteriorLayer {
  /// Features to means.
  public var mean: Dense
  /// Features to the diagonal.
  public var logVariance: Dense
  /// Features to what is below it.
  public var lower: Dense

  /// `features` numbers in, `latents` out, two at least.
  public init(features: Int, latents: Int, initializer: Initializer = .uniformFanIn, stream: RandomStream) {
    require(latents > 1, "FullGaussianLayer: one latent has no covariance; use a diagonal Gaussian")
    mean = Dense(features, latents, initializer: initializer, stream: stream["mean"])
    logVariance = Dense(features, latents, initializer: initializer, stream: stream["log variance"])
    lower = Dense(features, latents * (latents - 1) / 2, initializer: initializer, stream: stream["lower"])
    // Hundreds of small numbers add up to a wide Gaussian; it begins nearly diagonal.
    lower.weight = lower.weight.scaled(by: 0.1)
  }

  /// A Gaussian with the mean and the triangle that features h lead to.
  @differentiable(reverse)
  public func callAsFunction(_ features: Tensor) -> FullGaussian {
    FullGaussian(mean: mean(features), logVariance: logVariance(features), lower: lower(features))
  }
}
