import Networks
import Tensors
import _Differentiation

/// A conditional autoencoder's networks of fully connected layers.
///
/// Prior and generation network share what they make of the condition.
public struct ConditionalMLP<Head: OutputLayer>: ConditionalNetworks, InputScaled {
  /// c to the baseline's features.
  public var baseline: Stack<Dense>
  /// Those to its p(x|c).
  public var baselineOutput: Head
  /// [c | guess] to features of the condition.
  public var conditioner: Stack<Dense>
  /// Those to p(z|c).
  public var prior: DiagonalGaussianLayer
  /// [x | c] to features, and these to means and log-variances side by side; no layers without a recognition network.
  public var recognition: Stack<Dense>
  /// [z | features of the condition] to features.
  public var generation: Stack<Dense>
  /// Those to p(x|z, c).
  public var output: Head
  /// The training data's mean of [x | c], subtracted from what the networks see; nothing without.
  public var inputMean: StateTensor
  /// What that is divided by; nothing without.
  public var inputDeviation: StateTensor
  /// Numbers in x.
  @noDerivative public let inputSize: Int
  /// Numbers in c.
  @noDerivative public let conditionSize: Int
  /// Latent units.
  @noDerivative public let latentSize: Int

  /// - Parameters:
  ///   - hidden: widths of each network's hidden layers, from the data on; at least one.
  ///   - recognizes: whether there is a q(z|x, c) to learn.
  public init(
    inputSize: Int, conditionSize: Int, hidden: [Int], latentSize: Int, recognizes: Bool = true,
    activation: Activation, initializer: Initializer = .uniformFanIn, inputScaling: InputScaling = .none,
    stream: RandomStream, output: (_ features: Int, _ stream: RandomStream) -> Head
  ) {
    require(!hidden.isEmpty, "ConditionalMLP: expected one hidden layer at least")
    func stack(_ inputs: Int, _ widths: [Int], _ name: StaticString) -> Stack<Dense> {
      Stack(widths: [inputs] + widths, activation: activation, initializer: initializer, stream: stream[name])
    }
    let features = hidden[hidden.count - 1]
    baseline = stack(conditionSize, hidden, "baseline")
    baselineOutput = output(features, stream["baseline output"])
    conditioner = stack(conditionSize + inputSize, hidden, "conditioner")
    prior = DiagonalGaussianLayer(
      features: features, latents: latentSize, initializer: initializer, stream: stream["prior"])
    recognition = Stack([])
    if recognizes {
      recognition = stack(inputSize + conditionSize, hidden, "recognition")
      // From zeros: q(z|x, c) begins as p(z|c), and the divergence as nothing.
      recognition.layers.append(
        Dense(features, 2 * latentSize, initializer: .zero, stream: stream["recognition output"]))
    }
    generation = stack(latentSize + features, hidden.reversed(), "generation")
    self.output = output(hidden[0], stream["output"])
    (inputMean, inputDeviation) = inputScaling.states(inputSize + conditionSize)
    (self.inputSize, self.conditionSize, self.latentSize) = (inputSize, conditionSize, latentSize)
  }

  /// Dense layers.
  @differentiable(reverse)
  public func guess(_ c: Tensor) -> Head.Output {
    let h = baseline(withoutDerivative(at: scaled(c, from: inputSize)))
    return baselineOutput(h.reshaped(to: withoutDerivative(at: h.shape.prepending(1))))
  }

  /// Dense layers.
  @differentiable(reverse)
  public func describe(_ c: Tensor, _ guess: Tensor) -> DescribedCondition {
    let seen = withoutDerivative(
      at: scaled(c, from: inputSize).joined(with: scaled(guess)).asConstant)
    let h = conditioner(seen)
    return DescribedCondition(prior: prior(h), features: h)
  }

  /// Dense layers.
  @differentiable(reverse)
  public func recognize(_ x: Tensor, _ c: Tensor) -> DiagonalGaussian {
    let seen = withoutDerivative(at: scaled(x).joined(with: scaled(c, from: inputSize)).asConstant)
    let size = withoutDerivative(at: latentSize)
    let parts = recognition(seen).split(rowsOf: 2 * size, at: size)
    return DiagonalGaussian(mean: parts.first, logVariance: parts.second)
  }

  /// Dense layers.
  @differentiable(reverse)
  public func generate(_ z: Tensor, _ features: Tensor) -> Head.Output {
    let shape = withoutDerivative(at: Shape([z.shape[0], z.shape[1], features.shape[1]]))
    return output(generation(z.joined(with: features.broadcast(to: shape))))
  }

  /// Takes in the mean and deviations of rows [x | c].
  public mutating func adapt(to data: any BatchSource) {
    guard let scale = adaptInput(to: data, for: output, targets: inputSize) else { return }
    output.adapt(to: scale)
    baselineOutput.adapt(to: scale)
  }
}
