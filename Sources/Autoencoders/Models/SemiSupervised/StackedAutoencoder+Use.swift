import Networks
import Tensors
import _Differentiation

extension StackedAutoencoder {
  /// Draws of z1 and, given them, of z2.
  public func latents(of encoding: Encoding, noise: Tensor) -> Tensor {
    let (draws, batch, lower) = (noise.shape[0], noise.shape[1], features.latentSize)
    let z = encoding.features.sample(noise: noise.columns(0..<lower))
    let rest = noise.columns(lower..<noiseSize).reshaped(to: [1, draws * batch, noiseSize - lower])
    let upper = model.latents(of: model.encode(rows(z, encoding)), noise: rest)
    return z.joined(with: upper.reshaped(to: [draws, batch, model.latentSize]))
  }

  /// Means and deviations of q(z1|x), and of q(z2|z1) at its means.
  public func posterior(_ encoding: Encoding) -> (mean: Tensor, deviation: Tensor) {
    let lower = encoding.features
    let upper = model.posterior(model.encode(rows(lower.mean.reshaped(to: lower.mean.shape.prepending(1)), encoding)))
    return (lower.mean.joined(with: upper.mean), lower.deviation.joined(with: upper.deviation))
  }

  /// log p(z1, z2) - log N(z; 0, I), where p(z1|z2) is the mean over classes of p(z1|y, z2).
  public func logPriorRatio(of z: Tensor) -> (value: Tensor, gradient: Tensor)? {
    let (value, pullback) = valueWithPullback(at: z) { ratio(of: $0) }
    return (value, pullback(Tensor(repeating: 1, shape: value.shape)))
  }

  @differentiable(reverse,wrt: z)
  private func ratio(of z: Tensor) -> Tensor {
    let lower = withoutDerivative(at: features.latentSize)
    let count = withoutDerivative(at: z.shape[0] * z.shape[1])
    let z1 = z.columns(0..<lower).reshaped(to: withoutDerivative(at: [count, lower]))
    let z2 = z.columns(lower..<latentSize).reshaped(to: withoutDerivative(at: [1, count, latentSize - lower]))
    let p = model.decode(forAll: z2)  // [C, count, L1]
    let distances = square(z1 - p.mean) / exp(p.logVariance)
    let densities = -0.5 * (distances + p.logVariance + logTwoPi).sumOverLast()  // [C, count]
    return (densities.logMeanExpOverFirst() - standardNormalLogDensity(z1))
      .reshaped(to: withoutDerivative(at: [z.shape[0], z.shape[1]]))
  }

  /// z2 from N(0, I), a class, and z1 given both.
  public func priorSample(_ count: Int, _ stream: RandomStream, temperature: Float) -> Tensor {
    let z2 = stream.normal([count, model.latentSize]).scaled(by: temperature)
    let labels = SemiSupervisedAutoencoder<GaussianOutput>.classes(count, of: classes, stream["classes"])
    let mean = model.expectation(style: z2, classes: labels)
    let drawn = model.sample(style: z2, classes: labels, stream["features"])
    return (mean + (drawn - mean).scaled(by: temperature)).joined(with: z2)
  }

  /// The lower model's.
  public func expectation(given z: Tensor) -> Tensor {
    features.expectation(given: z.columns(0..<features.latentSize))
  }

  /// Draws of the lower model.
  public func sample(given z: Tensor, _ stream: RandomStream) -> Tensor {
    features.sample(given: z.columns(0..<features.latentSize), stream)
  }

  /// The upper model learns the scale of draws of z1.
  public mutating func adapt(to data: any BatchSource) { model.adapt(to: DrawnFeatures(data, by: features)) }

  /// q(y|z1) at the mean of q(z1|x).
  public func classLogProbabilities(_ x: Tensor) -> Tensor {
    model.classLogProbabilities(features.encode(x.examples(ofSize: inputSize)).mean)
  }

  /// The mean of q(z2|z1, y), z1 the mean of q(z1|x).
  public func style(of x: Tensor, classes: [Int]) -> Tensor {
    model.style(of: features.encode(x.examples(ofSize: inputSize)).mean, classes: classes)
  }

  /// What the lower model expects for the mean of p(z1|y, z2).
  public func expectation(style: Tensor, classes: [Int]) -> Tensor {
    features.expectation(given: model.expectation(style: style, classes: classes))
  }

  /// Draws of p(x|z1), z1 from p(z1|y, z2).
  public func sample(style: Tensor, classes: [Int], _ stream: RandomStream) -> Tensor {
    features.sample(given: model.sample(style: style, classes: classes, stream["features"]), stream)
  }
}

/// Draws from q(z|x) of examples: other data, of the latents' size. What is behind an example in a row is left out.
public struct DrawnFeatures<Model: GaussianAutoencoder>: BatchSource {
  let data: any BatchSource
  let model: Model

  /// What `model` draws for `data`.
  public init(_ data: any BatchSource, by model: Model) { (self.data, self.model) = (data, model) }

  /// As many as examples.
  public var count: Int { data.count }

  /// Latents.
  public var exampleSize: Int { model.latentSize }

  /// Draws [indices.count, latents]: those of an example are a function of `stream` and its number.
  public func batch(_ indices: ArraySlice<Int>, stream: RandomStream) -> Tensor {
    let q = model.encode(data.batch(indices, stream: stream).examples(ofSize: model.inputSize))
    let noise = Tensor.stacked(indices.map { stream["features"].normal([1, exampleSize], first: $0 * exampleSize) })
    return q.sample(noise: noise.reshaped(to: [1, indices.count, exampleSize]))
      .reshaped(to: [indices.count, exampleSize]).asConstant
  }
}
