import Networks
import Tensors
import _Differentiation

/// A level of the way up: features, and what they say of this level's latents.
public struct RecognitionLevel: Differentiable, Sendable {
  /// Features of the level below to those of this one.
  public var hidden: Stack<Dense>
  /// Features to means.
  public var mean: Dense
  /// Features to log-variances.
  public var logVariance: Dense

  /// Features, and what they say in addition to what was said below.
  @differentiable(reverse)
  func callAsFunction(_ state: RecognitionState) -> RecognitionState {
    let h = hidden(state.features)
    return RecognitionState(
      features: h,
      said: GaussianOpinion(
        mean: state.said.mean.joined(with: mean(h)), logVariance: state.said.logVariance.joined(with: logVariance(h))))
  }
}

/// What the data alone say of all latents: a mean and a log-variance for each, [B, D]. Not a posterior yet.
public struct GaussianOpinion: Differentiable, Sendable {
  /// [B, D]
  public var mean: Tensor
  /// [B, D]
  public var logVariance: Tensor
}

/// How far the way up has come.
struct RecognitionState: Differentiable {
  var features: Tensor
  var said: GaussianOpinion
}

/// The ladder variational autoencoder (Sønderby et al. 2016): a way up collects what the data say of each level of latents; on
/// the way down, that is merged with what the level above expects, each weighted by its precision.
public struct LadderAutoencoder<Head: OutputLayer>: HierarchyModel {
  /// The first level of the way up.
  public var first: RecognitionLevel
  /// The levels above it, upwards.
  public var above: Stack<RecognitionLevel>
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
    func level(_ index: Int) -> RecognitionLevel {
      let widths = [index == 0 ? inputSize : hidden[index - 1].last!] + hidden[index]
      let stream = stream["up"][index]
      func head(_ stream: RandomStream) -> Dense {
        Dense(widths[widths.count - 1], latents[index], initializer: initializer, stream: stream)
      }
      return RecognitionLevel(
        hidden: Stack(widths: widths, activation: activation, initializer: initializer, stream: stream["hidden"]),
        mean: head(stream["mean"]), logVariance: head(stream["log variance"]))
    }
    generator = GaussianHierarchy(
      hidden: hidden, latents: latents, activation: activation, initializer: initializer, stream: stream["down"],
      output: output)
    first = level(0)
    above = Stack(latents.indices.dropFirst().map(level))
    (inputMean, inputDeviation) = inputScaling.states(inputSize)
    self.inputSize = inputSize
  }

  /// What x [B, D] says of all latents.
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> GaussianOpinion {
    let h = first.hidden(withoutDerivative(at: scaled(x)))
    let begun = RecognitionState(
      features: h, said: GaussianOpinion(mean: first.mean(h), logVariance: first.logVariance(h)))
    return above.fold(begun, Nothing()) { level, state, _ in level(state) }.said
  }

  /// log p(x|z) [K, B] and the divergence of each level's latents, nearest to the data first,
  /// [K, B, levels].
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: GaussianOpinion, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    require(
      divergence != .doublyReparameterized || noise.shape[0] == 1,
      "LadderAutoencoder: doubly reparameterised gradients need draws that share a posterior; use iwae, or stl")
    let (draws, batch) = withoutDerivative(at: (noise.shape[0], noise.shape[1]))
    let pass = passing(encoding, noise, .noise(divergence))
    let (lowest, levels) = withoutDerivative(at: (pass.z.shape[1], pass.costs.shape[1]))
    let z = pass.z.reshaped(to: withoutDerivative(at: Shape([draws, batch, lowest])))
    return Evidence(
      logLikelihood: generator.likelihood(z).logProbability(of: x),
      divergence: pass.costs.reshaped(to: withoutDerivative(at: Shape([draws, batch, levels]))))
  }

  /// log p(x|z) of given latents [K, B, latentSize]: [K, B].
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor { generator.decode(z).logProbability(of: x) }

  /// log q(z|x) of given latents [K, B, latentSize]: [K, B].
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: GaussianOpinion) -> Tensor {
    let shape = withoutDerivative(at: Shape([z.shape[0], z.shape[1]]))
    return passing(encoding, z, .given).costs.sumOverLast().reshaped(to: shape)
  }

  /// The way down with noise or latents [K, B, latentSize], as [K B, ...].
  @differentiable(reverse,wrt: (self, encoding))
  private func passing(_ encoding: GaussianOpinion, _ values: Tensor, _ source: LatentSource) -> LadderPass {
    let all = withoutDerivative(at: values.shape)
    let rows = withoutDerivative(at: Shape([all[0] * all[1], all[2]]))
    let flat = withoutDerivative(at: values.reshaped(to: rows))
    let said = GaussianOpinion(
      mean: encoding.mean.broadcast(to: all).reshaped(to: rows),
      logVariance: encoding.logVariance.broadcast(to: all).reshaped(to: rows))
    let range = withoutDerivative(at: generator.topmost)
    let q = DiagonalGaussian(mean: said.mean.columns(range), logVariance: said.logVariance.columns(range))
    let top = q.step(flat.columns(range), source)
    return generator.levels.fold(LadderPass(z: top.z, costs: top.cost), said) { level, pass, said in
      level.merging(pass, said, flat, source)
    }
  }

  /// Latents as `noise` [K, B, latentSize] makes them, in units of their prior.
  public func latents(of encoding: GaussianOpinion, noise: Tensor) -> Tensor {
    let (draws, batch) = (noise.shape[0], noise.shape[1])
    func repeated(_ x: Tensor) -> Tensor {
      x.broadcast(to: noise.shape).reshaped(to: [draws * batch, latentSize])
    }
    let said = GaussianOpinion(mean: repeated(encoding.mean), logVariance: repeated(encoding.logVariance))
    return merged(said, noise: noise.reshaped(to: [draws * batch, latentSize])).units.reshaped(to: noise.shape)
  }

  /// Means and deviations in units of their prior, where all levels above had theirs at the mean.
  public func posterior(_ encoding: GaussianOpinion) -> (mean: Tensor, deviation: Tensor) {
    let found = merged(encoding, noise: Tensor(repeating: 0, shape: encoding.mean.shape))
    return (found.units, found.deviations)
  }

  /// Latents [N, latentSize] in units of their prior as noise makes them, and the deviations of the Gaussians that they
  /// are drawn from.
  private func merged(_ said: GaussianOpinion, noise: Tensor) -> (units: Tensor, deviations: Tensor) {
    let range = generator.topmost
    let q = DiagonalGaussian(mean: said.mean.columns(range), logVariance: said.logVariance.columns(range))
    var z = q.placed(noise.columns(range))
    var (units, deviations) = (z, q.deviation)
    for level in generator.levels.layers {
      let prior = level(z)
      let q = level.relative(to: prior, said)
      let here = q.placed(noise.columns(level.range))
      z = prior.placed(here)
      (units, deviations) = (here.joined(with: units), q.deviation.joined(with: deviations))
    }
    return (units, deviations)
  }
}

/// How far the way down has come.
struct LadderPass: Differentiable {
  /// The latents of the level reached, [N, L].
  var z: Tensor
  /// What the latents so far cost, [N, levels], nats.
  var costs: Tensor
}

/// A context without content.
struct Nothing: Differentiable {}

extension ConditionalLevel {
  /// q(z_l | z_l+1, x) in units of p(z_l | z_l+1): the product of what the level above expects and of what the data say, so
  /// never wider than the prior.
  @differentiable(reverse,wrt: (prior, said))
  func relative(to prior: DiagonalGaussian, _ said: GaussianOpinion) -> DiagonalGaussian {
    let gap = prior.logVariance - said.logVariance.columns(range)
    let pull = (said.mean.columns(range) - prior.mean) * exp(-0.5 * prior.logVariance)
    return DiagonalGaussian(mean: sigmoid(gap) * pull, logVariance: -1 * softplus(gap))
  }

  /// One level down; `values` [N, latentSize] are noise or latents of all levels.
  @differentiable(reverse,wrt: (self, pass, said))
  func merging(_ pass: LadderPass, _ said: GaussianOpinion, _ values: Tensor, _ source: LatentSource) -> LadderPass {
    let prior = self(pass.z)
    let step = relative(to: prior, said).step(withoutDerivative(at: values.columns(range)), source)
    return LadderPass(z: prior.placed(step.z), costs: step.cost.joined(with: pass.costs))
  }
}
