import Networks
import Tensors
import _Differentiation

/// An autoencoder whose first latents each learn one known cause, or two together one that comes round again, and whose
/// others learn what is shown: Kulkarni, Whitney, Kohli and Tenenbaum 2015, *Deep convolutional inverse graphics network*.
///
/// It is trained on groups within which one cause varies (`TrainingPass.structure` is a ``OneCause``). The latents of all others are then the
/// same for the whole group (``Tensors/Tensor/clamped(except:within:pulling:by:)``), so that what varies has one way
/// through. Where nothing is said to vary, as in evaluation, it is the plain model, and its bound that of the plain model.
/// The divergence is always that of q(z|x) as it is.
///
/// Of a cause that comes round again the decoder is given the direction of its two latents alone, a point of the unit circle
/// (``Tensors/Tensor/onCircles(at:)``): under N(0, I) all directions are as likely, and whoever goes round once meets nothing
/// that was not learned. The paper has no such latents.
///
/// A group that is cut between shards has a mean for each part, as normalisation over a batch has moments.
public struct InverseGraphicsAutoencoder<Base: GaussianAutoencoder>: WrappedAutoencoder {
  /// How to encode and decode.
  public var base: Base
  /// The latents of each known cause; those behind them are the identity's.
  @noDerivative public let causes: [Range<Int>]
  /// What an inactive latent's difference from the batch's mean counts, per example; 1/100 in the paper.
  @noDerivative public let invariance: Float

  /// Traps unless there are latents beside those of the causes.
  /// - Parameter widths: how many latents each cause has, two if it comes round again.
  public init(_ base: Base, widths: [Int], invariance: Float = 0.01) {
    require(
      !widths.isEmpty && widths.allSatisfy { 1...2 ~= $0 } && widths.reduce(0, +) < base.latentSize,
      "InverseGraphicsAutoencoder: causes of \(widths) latents, \(base.latentSize) in all; some must be left for the "
        + "identity")
    (self.base, causes, self.invariance) = (base, InverseGraphics.latents(widths), invariance)
  }

  /// The latents that a batch is told apart by in which `cause` varies: its own, or the identity's.
  public func active(_ cause: Int) -> Range<Int> {
    cause < causes.count ? causes[cause] : causes.last!.upperBound..<latentSize
  }

  /// As the base.
  public mutating func adapt(to data: any BatchSource) { base.adapt(to: data) }

  /// Causes are learned with a bound.
  public var trainingAlgorithms: Set<TrainingAlgorithm> { [.variational] }

  /// Latents as the decoder gets them.
  @differentiable(reverse,wrt: z)
  private func directed(_ z: Tensor) -> Tensor {
    let circles = withoutDerivative(at: causes.filter { $0.count == 2 })
    return circles.isEmpty ? z : z.onCircles(at: circles)
  }

  /// log p(x|z) with inactive latents clamped, where a training pass says what varies; the divergence of all.
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: DiagonalGaussian, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    let draw = encoding.draw(noise: noise, divergence: divergence)
    return Evidence(
      logLikelihood: logLikelihood(of: x, given: shared(draw.z, encoding.mean)), divergence: draw.divergence)
  }

  /// Latents [K, B, latentSize] with those that don't vary clamped, for posteriors about `means`.
  @differentiable(reverse,wrt: (z, means))
  private func shared(_ z: Tensor, _ means: Tensor) -> Tensor {
    let pass = withoutDerivative(at: TrainingPass.current)
    guard let pass, let cause = withoutDerivative(at: pass.structure as? OneCause) else { return z }
    // The loss is a mean over the batch.
    let pull = withoutDerivative(at: invariance / Float(pass.batch))
    return z.clamped(
      except: withoutDerivative(at: active(cause.number)), within: withoutDerivative(at: cause.groups(in: pass.rows)),
      pulling: means, by: pull)
  }

  /// log p(x|z).
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor { base.logLikelihood(of: x, given: directed(z)) }

  /// The decoder's means.
  public func expectation(given z: Tensor) -> Tensor { base.expectation(given: directed(z)) }

  /// Draws from the decoder's distribution.
  public func sample(given z: Tensor, _ stream: RandomStream) -> Tensor { base.sample(given: directed(z), stream) }
}
