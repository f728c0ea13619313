import Networks
import Tensors
import _Differentiation

/// The deep latent Gaussian model of Rezende, Mohamed and Wierstra 2014: layers of latents xi ~ N(0, I), each of which is
/// added to what the layers above have made; q(z|x) is a Gaussian for each layer, or any other ``Posterior``.
///
/// z is all layers' xi side by side, that nearest to the data first. With one layer it is an ``MLPAutoencoder`` but for a
/// linear layer more.
public struct DeepLatentGaussianModel<Recognition: PosteriorLayer, Head: OutputLayer>: Autoencoder, InputScaled {
  /// x to features.
  public var encoder: Stack<Dense>
  /// Features to q(z|x).
  public var recognition: Recognition
  /// xi of the topmost layer to its h; linear.
  public var top: Dense
  /// The layers below it, downwards.
  public var layers: Stack<StochasticLayer>
  /// h of the lowest layer to features.
  public var decoder: Stack<Dense>
  /// Features to p(x|z).
  public var output: Head
  /// Subtracted from the encoder's input; nothing without.
  public var inputMean: StateTensor
  /// What the encoder's input is divided by; nothing without.
  public var inputDeviation: StateTensor
  /// Numbers in one example.
  @noDerivative public let inputSize: Int
  /// The layers' latents, nearest to the data first.
  @noDerivative public let groups: LatentGroups

  /// Latents of all layers.
  public var latentSize: Int { groups.count }
  /// Nearest to the data first.
  public var latentLayers: [Int] { groups.sizes }

  /// - Parameters:
  ///   - hidden: widths of the encoder's hidden layers, one at least; the decoder mirrors them. The last is that of h.
  ///   - latents: of each layer, nearest to the data first.
  ///   - recognition: makes the encoder's last layer from the number of features it gets.
  ///   - output: makes the decoder's last layer.
  public init(
    inputSize: Int, hidden: [Int], latents: [Int], activation: Activation, initializer: Initializer = .uniformFanIn,
    inputScaling: InputScaling = .none, stream: RandomStream,
    recognition: (_ features: Int, _ groups: LatentGroups, _ stream: RandomStream) -> Recognition,
    output: (_ features: Int, _ stream: RandomStream) -> Head
  ) {
    require(!hidden.isEmpty, "DeepLatentGaussianModel: no hidden layers; the latents are added to one")
    let groups = LatentGroups(latents)
    let width = hidden[hidden.count - 1]
    func stack(_ widths: [Int], _ stream: RandomStream) -> Stack<Dense> {
      Stack(widths: widths, activation: activation, initializer: initializer, stream: stream)
    }
    func injection(_ layer: Int) -> Dense {
      Dense(latents[layer], width, initializer: initializer, stream: stream["injection"][layer])
    }
    encoder = stack([inputSize] + hidden, stream["encoder"])
    self.recognition = recognition(width, groups, stream["recognition"])
    top = injection(latents.count - 1)
    layers = Stack(
      latents.indices.dropLast().reversed().map { layer in
        StochasticLayer(
          transform: stack([width, width], stream["transform"][layer]), injection: injection(layer),
          range: groups.ranges[layer])
      })
    decoder = stack([width] + hidden.reversed(), stream["decoder"])
    self.output = output(hidden[0], stream["output"])
    (inputMean, inputDeviation) = inputScaling.states(inputSize)
    self.inputSize = inputSize
    self.groups = groups
  }

  /// q(z|x) of a batch [B, D].
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> Recognition.Output {
    recognition(encoder(withoutDerivative(at: scaled(x))))
  }

  /// p(x|z) for latents [K, B, latentSize].
  @differentiable(reverse)
  public func decode(_ z: Tensor) -> Head.Output {
    let topmost = withoutDerivative(at: groups.ranges[groups.ranges.count - 1])
    let h = layers.fold(top(z.columns(topmost)), z) { $0($1, $2) }
    return output(decoder(h))
  }

  /// Takes in the data's mean and deviations, as far as the input's and the output's scaling ask for them.
  public mutating func adapt(to data: any BatchSource) {
    if let scale = adaptInput(to: data, for: output) { output.adapt(to: scale) }
  }
}

extension DeepLatentGaussianModel: GaussianAutoencoder where Recognition.Output == DiagonalGaussian {}
