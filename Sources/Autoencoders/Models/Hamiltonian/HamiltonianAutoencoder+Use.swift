import Tensors
import _Differentiation

extension HamiltonianAutoencoder {
  /// log p(x|z): the base's.
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor { base.logLikelihood(of: x, given: z) }

  /// z_T, where the moves end, as `noise` [K, B, noiseSize] makes it.
  public func latents(of encoding: HamiltonianEncoding, noise: Tensor) -> Tensor {
    let first = base.latents(of: encoding.posterior, noise: noise.columns(0..<latentSize))
    if moves.layers.isEmpty { return first }
    let start = began(encoding.x, first, encoding.posterior)
    return moved(encoding.x, from: start, noise, isPathwise: false).z
  }

  /// The base's where there are no moves. Traps where there are: z has come by some momenta, and their integral has no closed
  /// form.
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: HamiltonianEncoding) -> Tensor {
    requireDensity()
    return base.logPosterior(of: z, given: encoding.posterior)
  }

  /// Only where there are no moves.
  public var hasPosteriorDensity: Bool { moves.layers.isEmpty }

  /// Wake-sleep needs log q(z|x) of given latents.
  public var trainingAlgorithms: Set<TrainingAlgorithm> {
    Set(TrainingAlgorithm.allCases).subtracting(hasPosteriorDensity ? [] : [.wakeSleep])
  }

  private func requireDensity() {
    require(
      hasPosteriorDensity,
      "HamiltonianAutoencoder: log q(z|x) is an integral over all momenta, which is not known; use the evidence of draws"
    )
  }

  /// Where a draw with no noise ends, q(z0|x)'s mean carried along from rest, and the deviations of q(z0|x): the moves change
  /// those, by how much only draws (``latents(of:noise:)``) can say.
  public func posterior(_ encoding: HamiltonianEncoding) -> (mean: Tensor, deviation: Tensor) {
    let (mean, deviation) = base.posterior(encoding.posterior)
    if moves.layers.isEmpty { return (mean, deviation) }
    let end = latents(of: encoding, noise: Tensor(repeating: 0, shape: [1, mean.shape[0], noiseSize]))
    return (end.reshaped(to: mean.shape), deviation)
  }

  /// The base's.
  public func expectation(given z: Tensor) -> Tensor { base.expectation(given: z) }

  /// The base's.
  public mutating func adapt(to data: any BatchSource) { base.adapt(to: data) }

  /// The base's.
  public func sample(given z: Tensor, _ stream: RandomStream) -> Tensor { base.sample(given: z, stream) }
}
