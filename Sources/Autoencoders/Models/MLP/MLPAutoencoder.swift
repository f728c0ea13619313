import Networks
import Tensors
import _Differentiation

/// A Gaussian autoencoder of fully connected layers, any number of them.
public struct MLPAutoencoder<Head: OutputLayer>: GaussianAutoencoder, InputScaled {
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
  public var inputMean: StateTensor
  /// What the encoder's input is divided by: the training data's deviations; nothing without.
  public var inputDeviation: StateTensor
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
      Stack(widths: widths, activation: activation, initializer: initializer, stream: stream)
    }
    let features = hidden.last ?? inputSize
    encoder = stack([inputSize] + hidden, stream["encoder"])
    posteriorMean = Dense(features, latentSize, initializer: initializer, stream: stream["posterior mean"])
    posteriorLogVariance = Dense(
      features, latentSize, initializer: initializer, stream: stream["posterior log variance"])
    decoder = stack([latentSize] + hidden.reversed(), stream["decoder"])
    self.output = output(hidden.first ?? latentSize, stream["output"])
    (inputMean, inputDeviation) = inputScaling.states(inputSize)
    self.inputSize = inputSize
    self.latentSize = latentSize
  }

  /// q(z|x) = N(mean(h), diag exp(logVariance(h))) with h = encoder(x), [B, D].
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> DiagonalGaussian { inferred(withoutDerivative(at: scaled(x))) }

  /// q(z|x) for input that has been scaled, [B, D].
  @differentiable(reverse)
  private func inferred(_ input: Tensor) -> DiagonalGaussian {
    let h = encoder(input)  // [B, H]
    return DiagonalGaussian(mean: posteriorMean(h), logVariance: posteriorLogVariance(h))
  }

  /// Takes in the data's mean and deviations, as far as the input's and the output's scaling ask for them.
  public mutating func adapt(to data: any BatchSource) {
    if let scale = adaptInput(to: data, for: output) { output.adapt(to: scale) }
  }

  /// p(x|z) for latents [K, B, latentSize].
  @differentiable(reverse)
  public func decode(_ z: Tensor) -> Head.Output { output(decoder(z)) }
}

extension MLPAutoencoder: PseudoInputEncoder {
  /// Sigmoids of the numbers as data; as they are where the encoder's input is standardised.
  @differentiable(reverse)
  public func encode(pseudoInputs raw: Tensor) -> DiagonalGaussian {
    let isStandardized = withoutDerivative(at: !inputDeviation.isEmpty)
    if isStandardized { return inferred(raw) }
    return inferred(sigmoid(raw) - withoutDerivative(at: inputOffset))
  }

  /// What is subtracted from the encoder's input.
  private var inputOffset: Tensor { inputMean.isEmpty ? Tensor(repeating: 0, shape: [inputSize]) : inputMean.value }
}
