import Networks
import Tensors
import _Differentiation

/// M1+M2 of Kingma, Mohamed, Rezende and Welling 2014: p(y) p(z2) p(z1|y, z2) p(x|z1). A ``SemiSupervisedAutoencoder`` of the
/// latents z1 that a trained autoencoder draws for x; that one is not learned any more.
///
/// Latents are [z1 | z2]. The evidence is that of log p(x), or log p(x, y): log p(x|z1), and as divergence a first group
/// log q(z1|x) - log p(z1|y, z2) and behind it those of the upper model. Batches are rows [x | y] or [x].
public struct StackedAutoencoder<Features: GaussianAutoencoder>: ClassConditioned {
  /// The model of z1, which is learned.
  public var model: SemiSupervisedAutoencoder<GaussianOutput>
  /// The model of x, which stays.
  public var features: Features { frozen.part }
  @noDerivative private let frozen: Frozen<Features>

  /// A model of what `features` makes of data. Traps unless sizes agree.
  public init(_ model: SemiSupervisedAutoencoder<GaussianOutput>, on features: Features) {
    require(
      model.inputSize == features.latentSize,
      "stacked model: the upper one is of \(model.inputSize) numbers, the lower one has \(features.latentSize) latents")
    (self.model, frozen) = (model, Frozen(features))
  }

  /// Numbers in one example, its class not among them.
  public var inputSize: Int { features.inputSize }
  /// Latents of both models.
  public var latentSize: Int { features.latentSize + model.latentSize }
  /// Those of the lower one, then those of the upper one.
  public var latentLayers: [Int] { [features.latentSize, model.latentSize] }
  /// One number more than latents, which chooses the class.
  public var noiseSize: Int { latentSize + 1 }
  /// Classes.
  public var classes: Int { model.classes }
  /// Latents of the upper model.
  public var styleSize: Int { model.latentSize }

  /// q(z1|x), and what is known of the class.
  public struct Encoding: Differentiable, Sendable {
    /// q(z1|x).
    public var features: DiagonalGaussian
    /// The rows' classes, [B, C]; nothing where there are none.
    @noDerivative let labels: Tensor?
  }

  /// q(z1|x) of rows [x | y] or [x]. It is not learned.
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> Encoding { withoutDerivative(at: encoded(x)) }

  private func encoded(_ x: Tensor) -> Encoding {
    let (size, width) = (inputSize, x.shape[1])
    return Encoding(
      features: features.encode(x.examples(ofSize: size)), labels: width > size ? x.columns(size..<width) : nil)
  }

  /// Draws of z1, as rows of the upper model.
  private struct Draws {
    /// [K B, L1], or [K B, L1 + C]
    var rows: Tensor
    /// What is left of the noise, [1, K B, L2 + 1].
    var noise: Tensor
    /// log p(x|z1), [K, B].
    var logLikelihood: Tensor
    /// log q(z1|x), [K, B].
    var logDensity: Tensor
  }

  private func draws(_ encoding: Encoding, _ noise: Tensor, of x: Tensor) -> Draws {
    let (size, count) = (features.latentSize, noise.shape[0] * noise.shape[1])
    let z = encoding.features.sample(noise: noise.columns(0..<size))
    return Draws(
      rows: rows(z, encoding),
      noise: noise.columns(size..<noiseSize).reshaped(to: [1, count, noiseSize - size]),
      logLikelihood: features.logLikelihood(of: x.examples(ofSize: inputSize), given: z),
      logDensity: encoding.features.logDensity(of: z))
  }

  /// Latents z1 [K, B, L1] with the classes behind them: [K B, L1 + C].
  func rows(_ z: Tensor, _ encoding: Encoding) -> Tensor {
    let rows = z.reshaped(to: [z.shape[0] * z.shape[1], z.shape[2]])
    guard let labels = encoding.labels else { return rows.asConstant }
    return rows.joined(with: Tensor.stacked([Tensor](repeating: labels, count: z.shape[0]))).asConstant
  }

  /// Evidence of log p(x, y) where y is known, of log p(x) where it is not.
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: Encoding, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    let draws = withoutDerivative(at: draws(encoding, noise, of: x))
    let shape = withoutDerivative(at: [noise.shape[0], noise.shape[1]] as Shape)
    let upper = model.evidence(of: draws.rows, noise: draws.noise, divergence: divergence)
    let groups = withoutDerivative(at: [shape[0], shape[1], upper.divergence.shape[2]] as Shape)
    let costs = upper.divergence.reshaped(to: groups)
    let explained = upper.logLikelihood.reshaped(to: shape)
    if model.isSupervised { return Evidence(logLikelihood: explained, divergence: costs) }
    let rate = draws.logDensity - explained
    return Evidence(
      logLikelihood: withoutDerivative(at: draws.logLikelihood),
      divergence: rate.reshaped(to: withoutDerivative(at: shape.appending(1))).joined(with: costs))
  }

  /// log p(x|z1); a class that is known says nothing more of x.
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor {
    let lower = features.latentSize
    return features.logLikelihood(of: x.examples(ofSize: inputSize), given: z.columns(0..<lower))
  }

  /// Written out: differentiated by z alone, as M1 is not learned, a method of a protocol becomes code that crashes.
  @derivative(of: logLikelihood, wrt: (self, z))
  @usableFromInline
  func vjpLogLikelihood(of x: Tensor, given z: Tensor) -> (
    value: Tensor, pullback: (Tensor) -> (TangentVector, Tensor)
  ) {
    let rows = x.examples(ofSize: inputSize)
    let (lower, place) = valueWithPullback(at: z) { $0.columns(0..<features.latentSize) }
    let (value, pullback) = valueWithPullback(at: features, lower) { $0.logLikelihood(of: rows, given: $1) }
    return (value, { (.zero, place(pullback($0).1)) })
  }

  /// log q(z1|x) q(z2|z1).
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: Encoding) -> Tensor {
    let (lower, count) = withoutDerivative(at: (features.latentSize, z.shape[0] * z.shape[1]))
    let rows = withoutDerivative(at: rows(z.columns(0..<lower), encoding))
    let upper = withoutDerivative(at: z.columns(lower..<latentSize).reshaped(to: [1, count, model.latentSize]))
    let density = withoutDerivative(at: encoding.features.logDensity(of: z.columns(0..<lower)))
    return density
      + model.encode(rows).logDensity(of: upper).reshaped(to: withoutDerivative(at: [z.shape[0], z.shape[1]]))
  }
}
