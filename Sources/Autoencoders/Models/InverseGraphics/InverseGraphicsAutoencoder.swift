import Networks
import Tensors
import _Differentiation

/// An autoencoder whose first latents each learn one known cause and whose others learn what is shown: Kulkarni, Whitney,
/// Kohli and Tenenbaum 2015, *Deep convolutional inverse graphics network*.
///
/// It is trained on groups within which one cause varies (`TrainingPass.varying`). The latents of all others are then the
/// same for the whole group (``Tensors/Tensor/clamped(except:within:pulling:by:)``), so that what varies has one way
/// through. Where nothing is said to vary, as in evaluation, it is the plain model, and its bound that of the plain model. The divergence is
/// always that of q(z|x) as it is.
///
/// A group that is cut between shards has a mean for each part, as normalisation over a batch has moments.
public struct InverseGraphicsAutoencoder<Base: GaussianAutoencoder>: LatentVariableModel {
  /// How to encode and decode.
  public var base: Base
  /// Known causes, each with the latent of its number; the latents behind them are the identity's.
  @noDerivative public let causes: Int
  /// What an inactive latent's difference from the batch's mean counts, per example; 1/100 in the paper.
  @noDerivative public let invariance: Float

  /// Traps unless there are latents beside those of the causes.
  public init(_ base: Base, causes: Int, invariance: Float = 0.01) {
    require(
      causes > 0 && causes < base.latentSize,
      "InverseGraphicsAutoencoder: \(causes) causes for \(base.latentSize) latents; some must be left for the identity")
    (self.base, self.causes, self.invariance) = (base, causes, invariance)
  }

  /// Numbers in one example.
  public var inputSize: Int { base.inputSize }
  /// Latent units.
  public var latentSize: Int { base.latentSize }

  /// The latents that a batch is told apart by in which `cause` varies: its own, or the identity's.
  public func active(_ cause: Int) -> Range<Int> { cause < causes ? cause..<cause + 1 : causes..<latentSize }

  /// q(z|x) of the plain model.
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> DiagonalGaussian { base.encode(x) }

  /// log p(x|z) with inactive latents clamped, where a training pass says what varies; the divergence of all.
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: DiagonalGaussian, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    let draw = encoding.draw(noise: noise, divergence: divergence)
    return Evidence(
      logLikelihood: base.logLikelihood(of: x, given: shared(draw.z, encoding.mean)), divergence: draw.divergence)
  }

  /// Latents as the decoder gets them, [K, B, latentSize], for posteriors about `means`.
  @differentiable(reverse,wrt: (z, means))
  private func shared(_ z: Tensor, _ means: Tensor) -> Tensor {
    let pass = withoutDerivative(at: TrainingPass.current)
    guard let pass, let varying = withoutDerivative(at: pass.varying) else { return z }
    // The loss is a mean over the batch.
    let pull = withoutDerivative(at: invariance / Float(pass.batch))
    return z.clamped(
      except: withoutDerivative(at: active(varying.cause)), within: varying.groups, pulling: means, by: pull)
  }

  /// log p(x|z).
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor { base.logLikelihood(of: x, given: z) }

  /// What q(z|x) makes of the noise.
  public func latents(of encoding: DiagonalGaussian, noise: Tensor) -> Tensor { encoding.sample(noise: noise) }

  /// log q(z|x).
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: DiagonalGaussian) -> Tensor {
    base.logPosterior(of: z, given: encoding)
  }

  /// The encoder's means and deviations.
  public func posterior(_ encoding: DiagonalGaussian) -> (mean: Tensor, deviation: Tensor) { base.posterior(encoding) }

  /// The decoder's means.
  public func expectation(given z: Tensor) -> Tensor { base.expectation(given: z) }

  /// Draws from the decoder's distribution.
  public func sample(given z: Tensor, _ stream: RandomStream) -> Tensor { base.sample(given: z, stream) }

  /// As the plain model.
  public func adapt(to data: any BatchSource) { base.adapt(to: data) }
}
