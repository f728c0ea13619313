import Networks
import Tensors
import _Differentiation

/// q(z|x) as a diagonal Gaussian that a flow bends (Rezende and Mohamed 2015, *Variational inference with normalizing
/// flows*): its density is known at every draw, and at any other z by going back.
public struct FlowPosterior: Posterior {
  /// Where the flow begins.
  public var base: DiagonalGaussian
  /// The encoder's features, which every step sees, [B, H].
  public var context: Tensor
  /// The steps.
  public var flow: Stack<AffineCoupling>

  /// A Gaussian, features and the steps that see them.
  @differentiable(reverse)
  public init(base: DiagonalGaussian, context: Tensor, flow: Stack<AffineCoupling>) {
    (self.base, self.context, self.flow) = (base, context, flow)
  }

  @differentiable(reverse,wrt: self)
  private func drawn(_ noise: Tensor) -> FlowState {
    let begin = FlowState(
      z: gaussianSample(base.mean, base.logVariance, noise: noise), logDeterminant: unstretched(noise))
    return flow.fold(begin, context) { $0($1, $2) }
  }

  /// Zeros, one for each draw.
  @differentiable(reverse)
  private func unstretched(_ z: Tensor) -> Tensor {
    withoutDerivative(at: Tensor(repeating: 0, shape: z.shape.dropLast))
  }

  /// Draws, and what they cost, as one group: [K, B, 1]. There is no closed form.
  @differentiable(reverse,wrt: self)
  public func draw(noise: Tensor, divergence form: DivergenceForm) -> LatentDraw {
    refuseDoubleReparameterization(form)
    let end = drawn(noise)
    if form == .pathwise {
      return pathwiseDraw(end.z, logDensity: withoutDerivative(at: self).logDensity(of: end.z))
    }
    let ratio = gaussianLogRatio(end.z, base.logVariance, noise: noise).sumOverLast() - end.logDeterminant
    return LatentDraw(z: end.z, divergence: ratio.reshaped(to: withoutDerivative(at: ratio.shape.appending(1))))
  }

  /// The Gaussian's draws after the flow.
  public func sample(noise: Tensor) -> Tensor { drawn(noise).z }

  /// log q(z|x): the Gaussian's density where the flow came from, less by how much it stretches.
  @differentiable(reverse)
  public func logDensity(of z: Tensor) -> Tensor {
    let begin = flow.fold(FlowState(z: z, logDeterminant: unstretched(z)), context, reversed: true) {
      $0.inverted($1, $2)
    }
    return base.logDensity(of: begin.z) - begin.logDeterminant
  }

  /// Where the flow takes the Gaussian's mean. Not quite the mean of what it makes.
  public var mean: Tensor {
    let still = Tensor(repeating: 0, shape: base.mean.shape.prepending(1))
    return drawn(still).z.reshaped(to: base.mean.shape)
  }

  /// Root mean squares about ``mean`` of 64 draws by the same numbers for every example.
  public var deviation: Tensor {
    let draws = 64
    let shared = RandomStream(seed: 0)["flow"].normal([draws, 1, base.mean.shape[1]])
    let shape = Shape([draws] + base.mean.shape.array)
    let noise = Tensor(shape: shape) { out in
      let (rows, size) = (shape[1], shape[2])
      for draw in 0..<draws {
        for row in 0..<rows {
          (out + (draw * rows + row) * size).update(from: shared.pointer + draw * size, count: size)
        }
      }
    }
    return sqrt(square(drawn(noise).z - mean).meanOverFirst())
  }
}

/// A flow posterior from features.
public struct FlowLayer: PosteriorLayer {
  /// Features to the Gaussian that the flow begins with.
  public var base: DiagonalGaussianLayer
  /// The steps.
  public var flow: Stack<AffineCoupling>

  /// `features` numbers in, `latents` out, two at least, in `steps` steps with so many `hidden` numbers.
  public init(
    features: Int, latents: Int, steps: Int, hidden: Int, activation: Activation,
    initializer: Initializer = .uniformFanIn, stream: RandomStream
  ) {
    require(latents > 1, "FlowLayer: one latent has no other half; use a diagonal Gaussian")
    base = DiagonalGaussianLayer(features: features, latents: latents, initializer: initializer, stream: stream["base"])
    let half = latents / 2
    flow = Stack(
      (0..<steps).map { step in
        let kept = step % 2 == 0 ? half : latents - half
        return AffineCoupling(
          kept: kept, moved: latents - kept, context: features, hidden: hidden, activation: activation,
          initializer: initializer, stream: stream["flow"][step])
      })
  }

  /// The flow that features h lead to.
  @differentiable(reverse)
  public func callAsFunction(_ features: Tensor) -> FlowPosterior {
    FlowPosterior(base: base(features), context: features, flow: flow)
  }
}
