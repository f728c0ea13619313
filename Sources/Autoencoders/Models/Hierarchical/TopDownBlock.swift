import Networks
import Tensors
import _Differentiation

/// One group of latents on the way from nothing to a picture: p(z|h), q(z|h, x), and what z does to h (Child 2021).
///
/// Latents are kept in units of their prior: z stands for mean(h) + deviation(h) z, so that p(z) = N(0, I) whatever came
/// before, and q is a Gaussian in the same units. Its divergence is the same, and to everything that asks for latents the
/// model is one with a standard normal prior. It begins with q = p: the last layers of both begin at zero.
public struct TopDownBlock: Differentiable, Sendable {
  /// h to the prior's means and log-variances, and to features that are added to h.
  public var prior: Bottleneck
  /// h and the encoder's features to the posterior's means and log-variances, in units of the prior.
  public var posterior: Bottleneck
  /// Latents to h.
  public var projection: Convolution2D
  /// What is added at last.
  public var residual: Bottleneck
  /// Pixels that one of the block before becomes.
  @noDerivative public let enlargement: Extent
  /// Which of the encoder's features it looks at.
  @noDerivative public let level: Int
  /// [H, W, L] of its latents.
  @noDerivative public let latentShape: Shape

  /// - Parameters:
  ///   - width: channels of h and of the features.
  ///   - narrow: channels inside.
  ///   - scale: how large additions to h begin: one over the root of the number of blocks.
  public init(
    size: Extent, width: Int, narrow: Int, latents: Int, enlargement: Extent, level: Int, activation: Activation,
    scale: Float, stream: RandomStream
  ) {
    func bottleneck(_ inputs: Int, _ outputs: Int, scale: Float, _ stream: RandomStream) -> Bottleneck {
      Bottleneck(
        inputs, outputs, width: narrow, side: min(size.height, size.width), activation: activation, scale: scale,
        stream: stream)
    }
    prior = bottleneck(width, 2 * latents + width, scale: 0, stream["prior"])
    posterior = bottleneck(2 * width, 2 * latents, scale: 0, stream["posterior"])
    projection = Convolution2D(latents, width, window: .same(1), stream: stream["projection"])
    projection.weight = projection.weight.scaled(by: scale)
    projection.bias = projection.bias.scaled(by: scale)
    residual = bottleneck(width, width, scale: scale, stream["residual"])
    self.enlargement = enlargement
    self.level = level
    latentShape = [size.height, size.width, latents]
  }

  /// h at this block's resolution, [N, H, W, C].
  @differentiable(reverse)
  func entered(_ h: Tensor) -> Tensor { enlargement == 1 ? h : h.upsampled(by: enlargement) }

  /// q(z|h, x), [N, H W L], for h at this resolution and features [N, H, W, C].
  @differentiable(reverse)
  func inferred(_ h: Tensor, _ features: Tensor) -> DiagonalGaussian {
    let latents = withoutDerivative(at: latentShape[2])
    let flat = withoutDerivative(at: Shape([h.shape[0], latentShape.count]))
    let parameters = posterior(h.joined(with: features))  // [N, H, W, 2 L]
    let parts = parameters.split(rowsOf: 2 * latents, at: latents)
    return DiagonalGaussian(
      mean: parts.first.reshaped(to: flat), logVariance: parts.second.reshaped(to: flat))
  }

  /// h after latents z [N, H W L] have had their say.
  @differentiable(reverse)
  func shaped(_ h: Tensor, by z: Tensor) -> Tensor {
    let (latents, whole) = withoutDerivative(at: (latentShape[2], h.shape))
    let rows = withoutDerivative(at: Shape([z.count / latents, latents]))
    let shape = withoutDerivative(at: latentShape.prepending(h.shape[0]))
    let parameters = prior(h)  // [N, H, W, 2 L + C]
    let parts = parameters.split(rowsOf: 2 * latents + whole[3], at: 2 * latents)
    let place = parts.first.split(rowsOf: 2 * latents, at: latents)  // [N H W, L] each
    let latentsHere = place.first + exp(0.5 * softened(place.second)) * z.reshaped(to: rows)
    let next = h + parts.second.reshaped(to: whole) + projection(latentsHere.reshaped(to: shape))
    return next + residual(next)
  }

  /// Nearly the identity in the middle, and never beyond +-10: a prior as narrow or as wide as that is a mistake.
  @differentiable(reverse)
  private func softened(_ logVariance: Tensor) -> Tensor { 10 * tanh(0.1 * logVariance) }

  /// What becomes of h and what the latents cost, where the encoder has a say.
  @differentiable(reverse,wrt: (self, h, features))
  func step(_ h: Tensor, _ features: Tensor, _ value: Tensor, _ source: LatentSource) -> TopDownStep {
    let here = entered(h)
    let q = inferred(here, features)
    let step = q.step(value, source)
    let cost = step.cost.reshaped(to: withoutDerivative(at: [value.shape[0]]))
    return TopDownStep(h: shaped(here, by: step.z), cost: cost)
  }
}

/// What a block hands on.
struct TopDownStep: Differentiable {
  /// [N, H, W, C]
  var h: Tensor
  /// [N], nats.
  var cost: Tensor
}
