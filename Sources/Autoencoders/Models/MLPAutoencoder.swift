import Networks
import Tensors
import _Differentiation

/// What is done to an encoder's input.
public enum InputScaling: String, Codable, Sendable, CaseIterable {
  /// Nothing.
  case none
  /// The training data's mean is subtracted.
  case center
  /// The mean is subtracted, and each number divided by its standard deviation.
  case standardize
}

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
  /// Subtracted from the encoder's input: the training data's mean; nothing without.
  @noDerivative public let inputMean: StateTensor?
  /// What the encoder's input is divided by: the training data's deviations; nothing without.
  @noDerivative public let inputDeviation: StateTensor?
  /// Numbers in one example.
  @noDerivative public let inputSize: Int
  /// Latent units.
  @noDerivative public let latentSize: Int

  /// - Parameters:
  ///   - hidden: widths of the encoder's hidden layers; the decoder mirrors them. None makes the model linear.
  ///   - inputScaling: what is done to the encoder's input; centred, learning is faster.
  ///   - output: makes the last layer from the number of features it gets.
  public init(
    inputSize: Int, hidden: [Int], latentSize: Int, activation: Activation, initializer: Initializer = .uniformFanIn,
    inputScaling: InputScaling = .none, stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
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
    inputMean = inputScaling == .none ? nil : StateTensor(Tensor(repeating: 0, shape: [inputSize]))
    inputDeviation = inputScaling == .standardize ? StateTensor(Tensor(repeating: 1, shape: [inputSize])) : nil
    self.inputSize = inputSize
    self.latentSize = latentSize
  }

  /// q(z|x) = N(mean(h), diag exp(logVariance(h))) with h = encoder(x), [B, D].
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> DiagonalGaussian {
    let h = encoder(withoutDerivative(at: scaled(x)))  // [B, H]
    return DiagonalGaussian(mean: posteriorMean(h), logVariance: posteriorLogVariance(h))
  }

  /// What the encoder sees; where a number is missing, its mean, or 0 if the data are not centred.
  private func scaled(_ x: Tensor) -> Tensor {
    guard let inputMean else { return x.missingAsZero }
    let centered = (x - inputMean.value).missingAsZero
    return (inputDeviation.map { centered / $0.value } ?? centered).asConstant
  }

  /// Takes in the data's mean and deviations, as far as the input's and the output's scaling ask for them.
  public func adapt(to data: any BatchSource) {
    guard inputMean != nil || output.adaptsToData else { return }
    let mean = data.mean()
    inputMean?.value = mean
    guard inputDeviation != nil || output.adaptsToData else { return }
    let deviation = data.deviation(about: mean)
    inputDeviation?.value = deviation
    output.adapt(mean: mean, deviation: deviation)
  }

  /// p(x|z) for latents [K, B, latentSize].
  @differentiable(reverse)
  public func decode(_ z: Tensor) -> Head.Output { output(decoder(z)) }
}
