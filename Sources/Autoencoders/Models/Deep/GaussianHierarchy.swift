import Networks
import Tensors
import _Differentiation

/// p(z_l | z_l+1) = N(mean(h), diag exp(logVariance(h))) with h a network of the latents above.
public struct ConditionalLevel: Differentiable, Sendable {
  /// Latents above to h.
  public var hidden: Stack<Dense>
  /// h to a Gaussian.
  public var gaussian: DiagonalGaussianLayer
  /// Which of an example's latents are this level's.
  @noDerivative public let range: Range<Int>

  /// The Gaussian for latents above, [N, L'] to one of [N, L].
  @differentiable(reverse)
  public func callAsFunction(_ above: Tensor) -> DiagonalGaussian { gaussian(hidden(above)) }

  /// This level's latents, from those above and from what all are in units of their prior.
  @differentiable(reverse)
  func placed(under above: Tensor, _ units: Tensor) -> Tensor { self(above).placed(units.columns(range)) }
}

/// Layers of Gaussian latents, each of which depends on the one above: p(z_L) p(z_L-1 | z_L) ... p(x | z_1), as in Burda et
/// al. 2016 and Sønderby et al. 2016.
///
/// Everybody else sees latents in units of their prior: e with z = mean + deviation e. Those are N(0, I) altogether.
/// They lie side by side, those of z_1 first.
public struct GaussianHierarchy<Head: OutputLayer>: Differentiable, Sendable {
  /// The levels below the topmost, downwards.
  public var levels: Stack<ConditionalLevel>
  /// z_1 to features.
  public var decoder: Stack<Dense>
  /// Features to p(x|z).
  public var output: Head
  /// Latents of each level, nearest to the data first.
  @noDerivative public let groups: LatentGroups

  /// - Parameters:
  ///   - hidden: widths of the networks between the data and z_1, z_1 and z_2 ..., upwards: one list for each level.
  ///   - latents: of each level, nearest to the data first.
  init(
    hidden: [[Int]], latents: [Int], activation: Activation, initializer: Initializer, stream: RandomStream,
    output: (_ features: Int, _ stream: RandomStream) -> Head
  ) {
    require(
      hidden.count == latents.count && hidden.allSatisfy { !$0.isEmpty },
      "GaussianHierarchy: networks of widths \(hidden) for \(latents.count) levels; expected one for each")
    let groups = LatentGroups(latents)
    levels = Stack(
      latents.indices.dropLast().reversed().map { level in
        let widths = [latents[level + 1]] + hidden[level + 1].reversed()
        let stream = stream["level"][level]
        return ConditionalLevel(
          hidden: Stack(
            widths: widths, activation: activation, initializer: initializer, stream: stream["hidden"]),
          gaussian: DiagonalGaussianLayer(
            features: widths[widths.count - 1], latents: latents[level], initializer: initializer,
            stream: stream["gaussian"]),
          range: groups.ranges[level])
      })
    decoder = Stack(
      widths: [latents[0]] + hidden[0].reversed(), activation: activation, initializer: initializer,
      stream: stream["decoder"])
    self.output = output(hidden[0][0], stream["output"])
    self.groups = groups
  }

  /// Which latents are the topmost level's.
  var topmost: Range<Int> { groups.ranges[groups.sizes.count - 1] }

  /// p(x|z) for latents in units of their prior, [K, B, D].
  @differentiable(reverse)
  public func decode(_ units: Tensor) -> Head.Output {
    let top = units.columns(withoutDerivative(at: topmost))
    return likelihood(levels.fold(top, units) { $0.placed(under: $1, $2) })
  }

  /// p(x|z_1), z_1 [K, B, L].
  @differentiable(reverse)
  func likelihood(_ lowest: Tensor) -> Head.Output { output(decoder(lowest)) }
}

/// A model of such layers, with any q(z|x).
public protocol HierarchyModel: LatentVariableModel, InputScaled {
  /// The decoder's last layer.
  associatedtype Head: OutputLayer

  /// The way down.
  var generator: GaussianHierarchy<Head> { get set }
}

extension HierarchyModel {
  /// Latents of all levels.
  public var latentSize: Int { generator.groups.count }
  /// Nearest to the data first.
  public var latentLayers: [Int] { generator.groups.sizes }

  /// The expected data for latents [N, latentSize].
  public func expectation(given z: Tensor) -> Tensor {
    generator.decode(z.reshaped(to: z.shape.prepending(1))).mean.reshaped(to: [z.shape[0], inputSize])
  }

  /// Draws from p(x|z) for latents [N, latentSize].
  public func sample(given z: Tensor, _ stream: RandomStream) -> Tensor {
    generator.decode(z.reshaped(to: z.shape.prepending(1))).sample(stream).reshaped(to: [z.shape[0], inputSize])
  }

  /// Takes in the data's mean and deviations, as far as the input's and the output's scaling ask for them.
  public mutating func adapt(to data: any BatchSource) {
    if let scale = adaptInput(to: data, for: generator.output) { generator.output.adapt(to: scale) }
  }
}
