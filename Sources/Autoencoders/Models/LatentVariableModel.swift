import Tensors
import _Differentiation

/// A model p(x, z) with an inference network q(z|x). It yields evidence and knows nothing of the bound it is trained with.
public protocol LatentVariableModel: Differentiable, Sendable {
  /// All of q(z|x) that does not depend on the noise; computed once for any number of draws.
  associatedtype Encoding: Differentiable, Sendable

  /// Numbers in one example.
  var inputSize: Int { get }
  /// Latent units.
  var latentSize: Int { get }
  /// How many of them lie in each layer, in order; they add up to ``latentSize``. All in one by default.
  var latentLayers: [Int] { get }
  /// Standard normal numbers that one draw of all latents uses up.
  var noiseSize: Int { get }

  /// q(z|x) for a batch [B, D], in which NaN stands for a missing number: see ``Tensors/Tensor/missingAsZero``.
  @differentiable(reverse,wrt: self)
  func encode(_ x: Tensor) -> Encoding

  /// log p(x|z) and log q(z|x) - log p(z) for the draws that `noise` [K, B, noiseSize] makes.
  @differentiable(reverse,wrt: (self, encoding))
  func evidence(of x: Tensor, given encoding: Encoding, noise: Tensor, divergence: DivergenceForm) -> Evidence

  /// log p(x|z) of x [B, D] for latents [K, B, latentSize]: [K, B], nats. It needs no q(z|x). Numbers that are missing, NaN,
  /// add nothing.
  @differentiable(reverse,wrt: (self, z))
  func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor

  /// log p(z) - log N(z; 0, I) of latents [K, B, latentSize], [K, B], nats, and its gradient in z; nil, as by default, where
  /// the prior is N(0, I).
  func logPriorRatio(of z: Tensor) -> (value: Tensor, gradient: Tensor)?

  /// Latents from the prior, [count, latentSize], whose deviations are scaled by `temperature`. From N(0, I) by default.
  func priorSample(_ count: Int, _ stream: RandomStream, temperature: Float) -> Tensor

  /// Latents z ~ q(z|x) as `noise` [K, B, noiseSize] makes them: [K, B, latentSize].
  func latents(of encoding: Encoding, noise: Tensor) -> Tensor

  /// log q(z|x) of given latents [K, B, latentSize]: [K, B], nats.
  @differentiable(reverse,wrt: (self, encoding))
  func logPosterior(of z: Tensor, given encoding: Encoding) -> Tensor

  /// The posterior's means and deviations by latent unit, each [B, latentSize].
  func posterior(_ encoding: Encoding) -> (mean: Tensor, deviation: Tensor)

  /// The expected data for latents [N, latentSize]: [N, D].
  func expectation(given z: Tensor) -> Tensor

  /// Takes in what the model needs to know of the data before training, such as their mean. Does nothing by default.
  mutating func adapt(to data: any BatchSource)

  /// Whether ``logPosterior(of:given:)`` is known. So by default.
  var hasPosteriorDensity: Bool { get }

  /// The algorithms that the model can be trained by; all, by default.
  var trainingAlgorithms: Set<TrainingAlgorithm> { get }

  /// Data drawn from p(x|z) for latents [N, latentSize]: [N, D].
  func sample(given z: Tensor, _ stream: RandomStream) -> Tensor
}

extension LatentVariableModel {
  /// Evidence of a batch [B, D] for fresh draws.
  @differentiable(reverse,wrt: self)
  public func evidence(of x: Tensor, noise: Tensor, divergence: DivergenceForm) -> Evidence {
    evidence(of: x, given: encode(x), noise: noise, divergence: divergence)
  }

  /// The prior is N(0, I).
  public func logPriorRatio(of z: Tensor) -> (value: Tensor, gradient: Tensor)? { nil }

  /// Draws from N(0, I).
  public func priorSample(_ count: Int, _ stream: RandomStream, temperature: Float) -> Tensor {
    let z = stream.normal([count, latentSize])
    return temperature == 1 ? z : z.scaled(by: temperature)
  }

  /// It is known.
  public var hasPosteriorDensity: Bool { true }

  /// All of them.
  public var trainingAlgorithms: Set<TrainingAlgorithm> { Set(TrainingAlgorithm.allCases) }

  /// One layer.
  public var latentLayers: [Int] { [latentSize] }

  /// Needs to know nothing.
  public mutating func adapt(to data: any BatchSource) {}

  /// One standard normal number per latent unit and draw, unless a model says otherwise.
  public var noiseSize: Int { latentSize }
}
