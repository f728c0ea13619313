import Networks
import Tensors
import _Differentiation

/// Layers of latents with an inference network that climbs them: q(z_1|x) q(z_2|z_1) ..., the architecture of Burda et al.
/// 2016 with two stochastic layers. The divergence has no closed form: it is that of the draw.
public struct BottomUpAutoencoder<Head: OutputLayer>: HierarchyModel {
  /// x to features.
  public var encoder: Stack<Dense>
  /// Features to q(z_1|x).
  public var first: DiagonalGaussianLayer
  /// q(z_2|z_1) and so on, upwards.
  public var above: Stack<ConditionalLevel>
  /// The way down.
  public var generator: GaussianHierarchy<Head>
  /// Subtracted from the encoder's input; nothing without.
  public var inputMean: StateTensor
  /// What the encoder's input is divided by; nothing without.
  public var inputDeviation: StateTensor
  /// Numbers in one example.
  @noDerivative public let inputSize: Int

  /// - Parameters:
  ///   - hidden: widths of the networks of each level, upwards; the way down mirrors them.
  ///   - latents: of each level, nearest to the data first.
  public init(
    inputSize: Int, hidden: [[Int]], latents: [Int], activation: Activation, initializer: Initializer = .uniformFanIn,
    inputScaling: InputScaling = .none, stream: RandomStream,
    output: (_ features: Int, _ stream: RandomStream) -> Head
  ) {
    generator = GaussianHierarchy(
      hidden: hidden, latents: latents, activation: activation, initializer: initializer, stream: stream["down"],
      output: output)
    let ranges = generator.groups.ranges
    func head(_ level: Int, _ stream: RandomStream) -> DiagonalGaussianLayer {
      DiagonalGaussianLayer(
        features: hidden[level].last!, latents: latents[level], initializer: initializer, stream: stream)
    }
    func stack(_ widths: [Int], _ stream: RandomStream) -> Stack<Dense> {
      Stack(widths: widths, activation: activation, initializer: initializer, stream: stream)
    }
    encoder = stack([inputSize] + hidden[0], stream["encoder"])
    first = head(0, stream["first"])
    above = Stack(
      latents.indices.dropFirst().map { level in
        let stream = stream["up"][level]
        return ConditionalLevel(
          hidden: stack([latents[level - 1]] + hidden[level], stream["hidden"]),
          gaussian: head(level, stream["gaussian"]), range: ranges[level])
      })
    (inputMean, inputDeviation) = inputScaling.states(inputSize)
    self.inputSize = inputSize
  }

  /// q(z_1|x) of a batch [B, D].
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> DiagonalGaussian { first(encoder(withoutDerivative(at: scaled(x)))) }

  /// log p(x|z) [K, B] and the divergence of each level's latents, nearest to the data first, [K, B, levels].
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: DiagonalGaussian, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    require(
      divergence != .doublyReparameterized,
      "BottomUpAutoencoder: doubly reparameterised gradients need draws that share a posterior; use iwae, or stl")
    let (draws, batch) = withoutDerivative(at: (noise.shape[0], noise.shape[1]))
    let climb = climbing(repeated(encoding, noise), flat(noise), .noise(divergence))
    let descent = descending(climb.latents)
    let lowest = withoutDerivative(at: generator.groups.ranges[0])
    let z = climb.latents.columns(lowest).reshaped(to: withoutDerivative(at: Shape([draws, batch, lowest.count])))
    let levels = withoutDerivative(at: Shape([draws, batch, climb.densities.shape[1]]))
    return Evidence(
      logLikelihood: generator.likelihood(z).logProbability(of: x),
      divergence: (climb.densities - descent.densities).reshaped(to: levels))
  }

  /// log p(x|z) of given latents [K, B, latentSize]: [K, B].
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor { generator.decode(z).logProbability(of: x) }

  /// log q(z|x) of given latents [K, B, latentSize]: [K, B].
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: DiagonalGaussian) -> Tensor {
    let shape = withoutDerivative(at: Shape([z.shape[0], z.shape[1]]))
    let places = placed(flat(z))
    let climb = climbing(repeated(encoding, z), places.latents, .given)
    // Densities of z, where those of latents in units of their prior are asked for.
    return (climb.densities.sumOverLast() + places.logScale).reshaped(to: shape)
  }

  /// [K, B, D] to [K B, D].
  @differentiable(reverse,wrt: values)
  private func flat(_ values: Tensor) -> Tensor {
    values.reshaped(to: withoutDerivative(at: [values.shape[0] * values.shape[1], values.shape[2]]))
  }

  /// q(z_1|x) once for each draw, [K B, L].
  @differentiable(reverse,wrt: (self, encoding))
  private func repeated(_ encoding: DiagonalGaussian, _ values: Tensor) -> DiagonalGaussian {
    let size = withoutDerivative(at: encoding.mean.shape[1])
    let all = withoutDerivative(at: Shape([values.shape[0], values.shape[1], size]))
    let rows = withoutDerivative(at: Shape([values.shape[0] * values.shape[1], size]))
    return DiagonalGaussian(
      mean: encoding.mean.broadcast(to: all).reshaped(to: rows),
      bentLogVariance: encoding.logVariance.broadcast(to: all).reshaped(to: rows))
  }

  /// From z_1 upwards, with noise or latents [N, latentSize].
  @differentiable(reverse,wrt: (self, q, values))
  private func climbing(_ q: DiagonalGaussian, _ values: Tensor, _ source: LatentSource) -> Climb {
    let part = values.columns(withoutDerivative(at: generator.groups.ranges[0]))
    let step = q.climbed(part, source)
    return above.fold(Climb(latest: step.z, latents: step.z, densities: step.cost), values) { level, climb, values in
      level.climbing(climb, values, source)
    }
  }

  /// log p of each level's latents given those above, nearest to the data first, [N, levels].
  @differentiable(reverse)
  private func descending(_ latents: Tensor) -> Climb {
    let top = latents.columns(withoutDerivative(at: generator.topmost))
    let column = withoutDerivative(at: Shape([top.shape[0], 1]))
    let begun = Climb(latest: top, latents: top, densities: standardNormalLogDensity(top).reshaped(to: column))
    return generator.levels.fold(begun, latents) { $0.descending($1, $2) }
  }

  /// Latents [N, latentSize] from what they are in units of their prior, and the logarithm of how much wider that is.
  @differentiable(reverse)
  private func placed(_ units: Tensor) -> Placement {
    let top = units.columns(withoutDerivative(at: generator.topmost))
    let nothing = withoutDerivative(at: Tensor(repeating: 0, shape: [units.shape[0]]))
    return generator.levels.fold(Placement(latest: top, latents: top, logScale: nothing), units) { $0.placing($1, $2) }
  }

  /// Latents as `noise` [K, B, latentSize] makes them, in units of their prior.
  public func latents(of encoding: DiagonalGaussian, noise: Tensor) -> Tensor {
    let climb = climbing(repeated(encoding, noise), flat(noise), .noise(.sampled))
    return descending(climb.latents).latents.reshaped(to: noise.shape)
  }

  /// Means and deviations in units of their prior, where all levels below and above had theirs at the mean.
  public func posterior(_ encoding: DiagonalGaussian) -> (mean: Tensor, deviation: Tensor) {
    let batch = encoding.mean.shape[0]
    let climb = climbing(encoding, Tensor(repeating: 0, shape: [batch, latentSize]), .noise(.sampled))
    let units = descending(climb.latents).latents
    var deviations = encoding.deviation
    let ranges = generator.groups.ranges
    for (index, level) in above.layers.enumerated() {
      deviations = deviations.joined(with: level(climb.latents.columns(ranges[index])).deviation)
    }
    var scales = Tensor(repeating: 1, shape: [batch, generator.topmost.count])
    for (index, level) in generator.levels.layers.enumerated() {
      let above = climb.latents.columns(ranges[ranges.count - 1 - index])
      scales = level(above).deviation.joined(with: scales)
    }
    return (units, deviations / scales)
  }
}
