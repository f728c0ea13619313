import Networks
import Tensors
import _Differentiation

/// The networks of a conditional autoencoder, all functions of whole batches.
public protocol ConditionalNetworks: Differentiable, Sendable {
  /// The distribution of x.
  associatedtype Output: Likelihood
  /// Numbers in x.
  var inputSize: Int { get }
  /// Numbers in c.
  var conditionSize: Int { get }
  /// Latent units.
  var latentSize: Int { get }

  /// The baseline: p(x|c) without latents, from c [B, C], as [1, B, D].
  @differentiable(reverse)
  func guess(_ c: Tensor) -> Output

  /// p(z|c), and what the generation network is told of c, from c and the mean of the guess [B, D].
  @differentiable(reverse)
  func describe(_ c: Tensor, _ guess: Tensor) -> DescribedCondition

  /// q(z|x, c) in units of p(z|c).
  @differentiable(reverse)
  func recognize(_ x: Tensor, _ c: Tensor) -> DiagonalGaussian

  /// p(x|z, c) for latents [K, B, L] and features [B, ...].
  @differentiable(reverse)
  func generate(_ z: Tensor, _ features: Tensor) -> Output

  /// Takes in the training data's mean of rows [x | c], as far as there is a use for it.
  mutating func adapt(to data: any BatchSource)
}

/// What ``ConditionalNetworks/describe(_:_:)`` makes of a condition.
public struct DescribedCondition: Differentiable, Sendable {
  /// p(z|c).
  public var prior: DiagonalGaussian
  /// For the generation network, [B, ...].
  public var features: Tensor

  /// Both parts.
  @differentiable(reverse)
  public init(prior: DiagonalGaussian, features: Tensor) { (self.prior, self.features) = (prior, features) }
}

/// The conditional autoencoder of Sohn, Lee and Yan 2015, *Learning structured output representation using deep conditional
/// generative models*.
///
/// A deterministic network's guess is fed back into p(z|c) and p(x|z, c), the paper's recurrent connection. It is
/// trained beside the bound, which does not see it, and is the baseline as well.
///
/// With ``share`` = 1 the bound is trained, the CVAE. With 0 it is E log p(x|z, c) for z from p(z|c), the paper's Gaussian
/// stochastic neural network (GSNN): q(z|x, c) is p(z|c) then. Between them training is the paper's hybrid, share CVAE +
/// (1 - share) GSNN, and evaluation is that of the bound.
public struct ConditionalAutoencoder<Networks: ConditionalNetworks>: ConditionalModel {
  /// What is learned.
  public var networks: Networks
  /// The bound's part of what is trained; the rest is the GSNN's.
  @noDerivative public let share: Float

  /// Traps unless 0 <= share <= 1.
  public init(_ networks: Networks, share: Float = 1) {
    require(share >= 0 && share <= 1, "ConditionalAutoencoder: the CVAE's share is from 0 to 1, got \(share)")
    (self.networks, self.share) = (networks, share)
  }

  /// Numbers in x.
  public var inputSize: Int { networks.inputSize }
  /// Numbers in c.
  public var conditionSize: Int { networks.conditionSize }
  /// Latent units.
  public var latentSize: Int { networks.latentSize }
  /// A hybrid draws from q(z|x, c) and from p(z|c).
  public var noiseSize: Int { isHybrid ? 2 * latentSize : latentSize }

  private var isHybrid: Bool { share > 0 && share < 1 }

  /// q(z|x, c) and what is known of c, for rows [x | c].
  @differentiable(reverse,wrt: self)
  public func encode(_ rows: Tensor) -> ConditionalEncoding<Networks.Output> {
    let (x, c) = withoutDerivative(at: (target(of: rows), condition(of: rows)))
    let known = known(c)
    if share == 0 { return ConditionalEncoding(posterior: withoutDerivative(at: prior(rows.shape[0])), known: known) }
    return ConditionalEncoding(posterior: networks.recognize(x, c), known: known)
  }

  /// N(0, I) in units of itself.
  private func prior(_ count: Int) -> DiagonalGaussian {
    let zero = Tensor(repeating: 0, shape: [count, latentSize])
    return DiagonalGaussian(mean: zero, logVariance: zero)
  }

  @differentiable(reverse,wrt: self)
  private func known(_ c: Tensor) -> KnownCondition<Networks.Output> {
    let guess = networks.guess(c)
    // As it is: the guess is to be the baseline's, and learns from its own likelihood alone.
    let mean = withoutDerivative(at: guess.mean.reshaped(to: [c.shape[0], inputSize]).asConstant)
    return KnownCondition(guess: guess, described: networks.describe(c, mean))
  }

  /// log p(x|z, c) and the divergence of q(z|x, c) from p(z|c); in training of a hybrid, its mixture of both terms.
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of rows: Tensor, given encoding: ConditionalEncoding<Networks.Output>, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    let x = withoutDerivative(at: target(of: rows))
    let (isTraining, isMixed) = withoutDerivative(at: (TrainingPass.current != nil, isHybrid))
    let size = withoutDerivative(at: latentSize)
    let own = withoutDerivative(at: isMixed ? noise.columns(0..<size) : noise)
    let draw = encoding.posterior.draw(noise: own, divergence: divergence)
    let likelihood = logLikelihood(of: x, at: draw.z, encoding.known)
    if !isTraining { return Evidence(logLikelihood: likelihood, divergence: draw.divergence) }
    let beside = encoding.known.guess.logProbability(of: x)  // [1, B]
    if !isMixed { return Evidence(logLikelihood: likelihood.alongside(beside), divergence: draw.divergence) }
    let free = withoutDerivative(at: noise.columns(size..<2 * size))
    let unaided = logLikelihood(of: x, at: free, encoding.known)
    return Evidence(
      logLikelihood: (share * likelihood + (1 - share) * unaided).alongside(beside),
      divergence: share * draw.divergence)
  }

  /// log p(x|z, c) for latents in units of p(z|c), [K, B].
  @differentiable(reverse,wrt: (self, z, known))
  private func logLikelihood(of x: Tensor, at z: Tensor, _ known: KnownCondition<Networks.Output>) -> Tensor {
    networks.generate(known.described.prior.placed(z), known.described.features).logProbability(of: x)
  }

  /// log p(x|z, c) of rows [x | c].
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of rows: Tensor, given z: Tensor) -> Tensor {
    let (x, c) = withoutDerivative(at: (target(of: rows), condition(of: rows)))
    return logLikelihood(of: x, at: z, known(c))
  }

  /// z ~ q(z|x, c), in units of p(z|c).
  public func latents(of encoding: ConditionalEncoding<Networks.Output>, noise: Tensor) -> Tensor {
    encoding.posterior.sample(noise: isHybrid ? noise.columns(0..<latentSize) : noise)
  }

  /// log q(z|x, c) of latents in units of p(z|c).
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: ConditionalEncoding<Networks.Output>) -> Tensor {
    encoding.posterior.logDensity(of: z)
  }

  /// Means and deviations in units of p(z|c).
  public func posterior(_ encoding: ConditionalEncoding<Networks.Output>) -> (mean: Tensor, deviation: Tensor) {
    (encoding.posterior.mean, encoding.posterior.deviation)
  }

  /// p(x|z, c).
  private func output(_ z: Tensor, _ c: Tensor) -> Networks.Output {
    let known = known(c)
    return networks.generate(known.described.prior.placed(z), known.described.features)
  }

  /// The mean of p(x|z, c) for latents in units of p(z|c).
  public func expectation(given z: Tensor, _ c: Tensor) -> Tensor {
    output(z, c).mean.reshaped(to: [z.shape[0], z.shape[1], inputSize])
  }

  /// A draw of p(x|z, c).
  public func sample(given z: Tensor, _ c: Tensor, _ stream: RandomStream) -> Tensor {
    output(z, c).sample(stream).reshaped(to: [z.shape[0], z.shape[1], inputSize])
  }

  /// The baseline's mean.
  public func guess(given c: Tensor) -> Tensor { networks.guess(c).mean.reshaped(to: [c.shape[0], inputSize]) }

  /// The baseline's log p(x|c).
  public func guessLogLikelihood(of rows: Tensor) -> Tensor {
    networks.guess(condition(of: rows)).logProbability(of: target(of: rows)).reshaped(to: [rows.shape[0]])
  }

  /// What the networks take in.
  public mutating func adapt(to data: any BatchSource) { networks.adapt(to: data) }
}
