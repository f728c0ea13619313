import Tensors
import _Differentiation

/// A charge, beside the bound, for latents that depend on each other: `weight` times the total correlation of
/// q(z) = mean over examples of q(z|x), which is KL(q(z) || product over latents of q(z_d)), in nats.
public struct TotalCorrelation: Codable, Sendable, Equatable {
  /// How the total correlation is known.
  public enum Estimator: String, Codable, Sendable, CaseIterable {
    /// From the batch's own Gaussians: beta-TCVAE (Chen et al. 2018).
    case minibatch
    /// From a classifier that tells draws of q(z) from draws of the product of its marginals: FactorVAE (Kim and Mnih 2018).
    case discriminator
  }

  /// How the total correlation is known.
  public var estimator: Estimator
  /// What a nat of it costs. The bound's divergence holds the total correlation once, so beta-TCVAE's beta is this plus one.
  public var weight: Float
  /// The classifier, where there is one.
  public var discriminator: DiscriminatorSettings?

  /// A charge of `weight` for each nat.
  public init(_ estimator: Estimator, weight: Float, discriminator: DiscriminatorSettings? = nil) {
    self.estimator = estimator
    self.weight = weight
    self.discriminator = estimator == .discriminator ? discriminator ?? DiscriminatorSettings() : nil
  }

  /// Whether there is a discriminator where the estimator has one, and of a size that can be.
  package var hasItsDiscriminator: Bool {
    guard let discriminator else { return estimator == .minibatch }
    return estimator == .discriminator && discriminator.hidden.count <= 100
      && discriminator.hidden.allSatisfy { 1...100_000 ~= $0 } && discriminator.rate > 0
      && discriminator.rate.isFinite
  }
}

/// The divergence of q(z|x) from N(0, I), averaged over examples, in its three parts: nats, means over draws and examples.
///
/// Hoffman and Johnson 2016; Chen et al. 2018.
public struct DivergenceParts: Differentiable, Sendable {
  /// I(x; z) = E log q(z|x) - log q(z): what latents tell of the example.
  public var mutualInformation: Float
  /// E log q(z) - sum over latents of log q(z_d): how much latents tell of each other.
  public var totalCorrelation: Float
  /// sum over latents of KL(q(z_d) || N(0, 1)).
  public var dimensionwise: Float

  /// The three parts.
  @differentiable(reverse)
  public init(mutualInformation: Float, totalCorrelation: Float, dimensionwise: Float) {
    self.mutualInformation = mutualInformation
    self.totalCorrelation = totalCorrelation
    self.dimensionwise = dimensionwise
  }
}

extension Evidence {
  /// The divergence's parts, estimated from these draws of a batch of `examples` examples; see ``aggregateLogDensity``.
  ///
  /// Traps unless q(z|x) is a diagonal Gaussian that the model tells of.
  @differentiable(reverse,wrt: self)
  public func divergenceParts(of examples: Int) -> DivergenceParts {
    requireGaussian()
    let q = aggregateLogDensity(z, mean, logVariance, of: examples)
    let posterior = DiagonalGaussian(mean: mean, bentLogVariance: logVariance).logDensity(of: z)  // [K, B]
    let product = q.marginals.sumOverLast()  // [K, B]
    return DivergenceParts(
      mutualInformation: (posterior - q.joint).mean(), totalCorrelation: (q.joint - product).mean(),
      dimensionwise: (product - standardNormalLogDensity(z)).mean())
  }

  /// The second of the parts alone.
  @differentiable(reverse,wrt: self)
  func totalCorrelation(of examples: Int) -> Float {
    requireGaussian()
    let q = aggregateLogDensity(z, mean, logVariance, of: examples)
    return (q.joint - q.marginals.sumOverLast()).mean()
  }

  private func requireGaussian() {
    require(
      !z.isSymbolicZero && !mean.isSymbolicZero,
      "total correlation: this model does not tell of one diagonal Gaussian q(z|x); use a bound without it")
  }
}
