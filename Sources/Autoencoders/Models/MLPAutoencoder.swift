import Networks
import Tensors
import _Differentiation

/// A Gaussian autoencoder of fully connected layers, any number of them.
public struct MLPAutoencoder<Head: OutputLayer>: GaussianAutoencoder {
  /// x to features.
  public var encoder: Stack<Dense>
  /// Features to the posterior's means.
  public var posteriorMean: Dense
  /// Features to the posterior's log-variances.
  public var posteriorLogVariance: Dense
  /// z to features.
  public var decoder: Stack<Dense>
  /// Features to p(x|z).
  public var output: Head
  /// Numbers in one example.
  @noDerivative public let inputSize: Int
  /// Latent units.
  @noDerivative public let latentSize: Int

  /// - Parameters:
  ///   - hidden: widths of the encoder's hidden layers; the decoder mirrors them. None makes the model linear.
  ///   - output: makes the last layer from the number of features it gets.
  public init(
    inputSize: Int, hidden: [Int], latentSize: Int, activation: Activation, initializer: Initializer = .uniformFanIn,
    stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
  ) {
    func stack(_ widths: [Int], _ stream: RandomStream) -> Stack<Dense> {
      Stack(
        zip(widths, widths.dropFirst()).enumerated().map { index, pair in
          Dense(pair.0, pair.1, activation: activation, initializer: initializer, stream: stream[index])
        })
    }
    let features = hidden.last ?? inputSize
    encoder = stack([inputSize] + hidden, stream["encoder"])
    posteriorMean = Dense(features, latentSize, initializer: initializer, stream: stream["posterior mean"])
    posteriorLogVariance = Dense(
      features, latentSize, initializer: initializer, stream: stream["posterior log variance"])
    decoder = stack([latentSize] + hidden.reversed(), stream["decoder"])
    self.output = output(hidden.first ?? latentSize, stream["output"])
    self.inputSize = inputSize
    self.latentSize = latentSize
  }

  /// q(z|x) = N(mean(h), diag exp(logVariance(h))) with h = encoder(x), [B, D].
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> DiagonalGaussian {
    let h = encoder(x)  // [B, H]
    return DiagonalGaussian(mean: posteriorMean(h), logVariance: posteriorLogVariance(h))
  }

  /// p(x|z) for latents [K, B, latentSize].
  @differentiable(reverse)
  public func decode(_ z: Tensor) -> Head.Output { output(decoder(z)) }
}
