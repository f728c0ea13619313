import Networks
import Tensors

extension SemiSupervisedAutoencoder {
  /// Latents of q(z|x): the noise's last number chooses the class, the others a draw of its Gaussian.
  public func latents(of encoding: ClassPosterior, noise: Tensor) -> Tensor {
    let (draws, batch) = (noise.shape[0], noise.shape[1])
    let chosen = encoding.drawnClasses(noise.columns(latentSize..<latentSize + 1))
    let (means, deviations) = (encoding.gaussians.mean, encoding.gaussians.deviation)
    return Tensor(shape: [draws, batch, latentSize]) { out in
      for i in 0..<draws * batch {
        let row = (chosen[i] * batch + i % batch) * latentSize
        for l in 0..<latentSize {
          out[i * latentSize + l] =
            means.pointer[row + l] + deviations.pointer[row + l] * noise.pointer[i * (latentSize + 1) + l]
        }
      }
    }
  }

  /// Means and deviations of q(z|x), a mixture over classes.
  public func posterior(_ encoding: ClassPosterior) -> (mean: Tensor, deviation: Tensor) { encoding.moments }

  /// The mean over classes.
  public func expectation(given z: Tensor) -> Tensor {
    decode(forAll: z.reshaped(to: z.shape.prepending(1))).mean.meanOverFirst()
  }

  /// Data of classes drawn at random.
  public func sample(given z: Tensor, _ stream: RandomStream) -> Tensor {
    sample(style: z, classes: Self.classes(z.shape[0], of: classes, stream["classes"]), stream)
  }

  /// Takes in the data's scale; the class behind an example has none.
  public mutating func adapt(to data: any BatchSource) {
    let examples = ExamplesAlone(data, size: inputSize)
    if let scale = adaptInput(to: examples, for: output) { output.adapt(to: scale) }
  }

  /// Latent units.
  public var styleSize: Int { latentSize }

  /// The classifier's.
  public func classLogProbabilities(_ x: Tensor) -> Tensor {
    classLogits(classifier(scaled(x.examples(ofSize: inputSize)))).classLogProbabilities().swappingFirstAxes()
  }

  /// The mean of q(z|x, y).
  public func style(of x: Tensor, classes labels: [Int]) -> Tensor {
    let means = encode(x.examples(ofSize: inputSize)).gaussians.mean
    let batch = x.shape[0]
    return Tensor.stacked(
      labels.enumerated().map { row, label in
        means.rows(label * batch + row..<label * batch + row + 1)
      })
  }

  /// The decoder's means.
  public func expectation(style: Tensor, classes labels: [Int]) -> Tensor {
    decode(style, labels).mean.reshaped(to: [style.shape[0], inputSize])
  }

  /// Draws from the decoder's distribution.
  public func sample(style: Tensor, classes labels: [Int], _ stream: RandomStream) -> Tensor {
    decode(style, labels).sample(stream).reshaped(to: [style.shape[0], inputSize])
  }

  /// log p(x|y, z) of rows, each with a latent and a class, [N].
  func logLikelihood(of x: Tensor, style: Tensor, classes labels: [Int]) -> Tensor {
    decode(style, labels).logProbability(of: x).reshaped(to: [x.shape[0]])
  }

  /// p(x|y, z) of latents [N, L], each with its class: [1, N, D].
  private func decode(_ z: Tensor, _ labels: [Int]) -> Head.Output {
    require(
      labels.count == z.shape[0] && labels.allSatisfy { 0..<classes ~= $0 },
      "semi-supervised model: \(z.shape[0]) latents need as many classes, each 0 to \(classes - 1)")
    let rows = Tensor.stacked(labels.map { decoderClasses.rows($0..<$0 + 1) })
    let sums = decoderInput(z) + rows
    return output(decoder(activate(sums, with: activation).reshaped(to: [1, z.shape[0], rows.shape[1]])))
  }

  /// Uniform classes.
  static func classes(_ count: Int, of classes: Int, _ stream: RandomStream) -> [Int] {
    (0..<count).map { stream.integer(below: classes, at: $0) }
  }
}

/// Examples without what stands behind them in a row.
struct ExamplesAlone: BatchSource {
  let data: any BatchSource
  let exampleSize: Int

  init(_ data: any BatchSource, size: Int) { (self.data, exampleSize) = (data, size) }

  var count: Int { data.count }

  func batch(_ indices: ArraySlice<Int>, stream: RandomStream) -> Tensor {
    data.batch(indices, stream: stream).examples(ofSize: exampleSize)
  }
}
