import Autoencoders
import Datasets
import Foundation
import Tensors
import _Differentiation

/// x = W z + b + s e with an encoder that is linear too: probabilistic PCA (Tipping and Bishop 1999), the model whose
/// p(x) and p(z|x) are known.
struct LinearGaussianModel: GaussianAutoencoder {
  var decoderWeight: Tensor  // [latents, D]
  var decoderBias: Tensor  // [D]
  var logVariance: Tensor  // [1]
  var encoderWeight: Tensor  // [D, latents]
  var encoderBias: Tensor  // [latents]
  var posteriorLogVariance: Tensor  // [latents]
  @noDerivative let inputSize: Int
  @noDerivative let latentSize: Int

  @differentiable(reverse,wrt: self)
  func encode(_ x: Tensor) -> DiagonalGaussian {
    let mean = dense(withoutDerivative(at: x.missingAsZero), encoderWeight, encoderBias, .identity)
    let shape = withoutDerivative(at: mean.shape)
    return DiagonalGaussian(mean: mean, logVariance: posteriorLogVariance.broadcast(to: shape))
  }

  @differentiable(reverse)
  func decode(_ z: Tensor) -> Gaussian {
    let mean = dense(z, decoderWeight, decoderBias, .identity)
    let shape = withoutDerivative(at: mean.shape)
    return Gaussian(mean: mean, logVariance: logVariance.broadcast(to: shape))
  }
}

extension LinearGaussianModel {
  /// Six numbers from two latents. The rows of W share no column, so W W' is diagonal and with it the exact posterior,
  /// which this model's encoder gives.
  static func withExactPosterior() -> LinearGaussianModel {
    withExactPosterior(
      weight: [1.5, 0, -0.5, 0, 0.8, 0, 0, 0.9, 0, -0.4, 0, 0.3], bias: [0.3, -0.2, 0.1, 0, 0.5, -1], noise: 0.25)
  }

  /// Any number of latents, three numbers to each; the encoder is the exact posterior, but for `offset` on its means and
  /// `widening` on its log-variances.
  static func sparse(latents: Int, seed: UInt64, offset: Float = 0, widening: Float = 0) -> LinearGaussianModel {
    let size = 3 * latents
    let numbers = RandomStream(seed: seed)["weights"].uniform([latents, 3]).scalars
    var weight = [Float](repeating: 0, count: latents * size)
    for unit in 0..<latents {
      for i in 0..<3 { weight[unit * size + 3 * unit + i] = numbers[unit * 3 + i] - 0.3 }
    }
    var model = withExactPosterior(
      weight: weight, bias: RandomStream(seed: seed)["bias"].normal([size]).scalars, noise: 0.25)
    model.encoderBias = model.encoderBias + offset
    model.posteriorLogVariance = model.posteriorLogVariance + widening
    return model
  }

  /// Latents that all have a part in every number, so that the posterior is far from diagonal; the encoder knows nothing.
  static func entangled(latents: Int, size: Int, noise: Float, seed: UInt64) -> LinearGaussianModel {
    let stream = RandomStream(seed: seed)
    let scale = 1 / Float(latents).squareRoot()
    return LinearGaussianModel(
      decoderWeight: stream["weights"].normal([latents, size]).scaled(by: scale),
      decoderBias: stream["bias"].normal([size]), logVariance: log(Tensor([noise])),
      encoderWeight: Tensor(repeating: 0, shape: [size, latents]), encoderBias: Tensor(repeating: 0, shape: [latents]),
      posteriorLogVariance: Tensor(repeating: 0, shape: [latents]), inputSize: size, latentSize: latents)
  }

  /// The encoder that is right where the rows of `weight` [latents, D] share no column.
  private static func withExactPosterior(weight: [Float], bias: [Float], noise variance: Float) -> LinearGaussianModel {
    let size = bias.count
    let latents = weight.count / size
    var encoder = [Float](repeating: 0, count: weight.count)
    var (encoderBias, logVariances): ([Float], [Float]) = ([], [])
    for unit in 0..<latents {
      let row = weight[unit * size..<(unit + 1) * size]
      let posterior = 1 / (1 + row.reduce(0) { $0 + $1 * $1 } / variance)
      for (column, w) in row.enumerated() { encoder[column * latents + unit] = posterior / variance * w }
      encoderBias.append(-posterior / variance * zip(row, bias).reduce(0) { $0 + $1.0 * $1.1 })
      // What the bend of a posterior's log-variance turns into the one wanted.
      let limit = Double(DiagonalGaussian.logVarianceLimit)
      logVariances.append(Float(limit * atanh(Foundation.log(Double(posterior)) / limit)))
    }
    return LinearGaussianModel(
      decoderWeight: Tensor(weight, shape: [latents, size]), decoderBias: Tensor(bias),
      logVariance: log(Tensor([variance])), encoderWeight: Tensor(encoder, shape: [size, latents]),
      encoderBias: Tensor(encoderBias), posteriorLogVariance: Tensor(logVariances), inputSize: size,
      latentSize: latents)
  }

  /// The same p(x), but a q(z|x) that is off centre and too broad.
  static func withPoorPosterior() -> LinearGaussianModel {
    var model = withExactPosterior()
    model.encoderBias = model.encoderBias + 0.2
    model.posteriorLogVariance = model.posteriorLogVariance + 0.7
    return model
  }

  /// Draws from p(x), [count, D].
  func draws(_ count: Int, seed: UInt64) -> Tensor {
    let stream = RandomStream(seed: seed)
    return sample(given: stream["z"].normal([count, latentSize]), stream["x"])
  }

  /// p(x) = N(b, W'W + s^2 I), W' as in the paper being `decoderWeight` here.
  var marginal: ExactGaussian {
    let (w, b) = (decoderWeight.scalars.map(Double.init), decoderBias.scalars.map(Double.init))
    let noise = Foundation.exp(Double(logVariance.scalar))
    return ExactGaussian(linear: w, bias: b, noise: noise)
  }
}

/// Rows of a tensor as examples.
func examples(_ rows: Tensor, binarization: Binarization = .none) -> Examples {
  Examples(
    Dataset(name: "rows", exampleShape: [rows.shape[1]], values: .floats(rows.scalars)), binarization: binarization)
}
