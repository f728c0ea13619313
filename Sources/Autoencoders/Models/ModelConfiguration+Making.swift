import Networks
import Tensors

/// Models as they are asked for.
extension ModelConfiguration {
  /// The model with weights drawn from `stream`.
  public func makeModel(_ stream: RandomStream) -> any LatentVariableModel {
    withLeapfrogs(makePlainModel(stream), stream["hamiltonian"])
  }

  private func makePlainModel(_ stream: RandomStream) -> any LatentVariableModel {
    if family.isOfPictures { return makeImageModel(pixelDistribution, stream) }
    switch likelihood {
    case .bernoulli:
      return makeDenseModel(stream) {
        BernoulliOutput(features: $0, size: inputSize, initializer: initializer, stream: $1)
      }
    case .gaussian:
      return makeDenseModel(stream) {
        GaussianOutput(
          features: $0, size: inputSize, meanActivation: boundedMean ? .sigmoid : .identity, form: variance,
          leastDeviation: leastDeviation, initializer: initializer, stream: $1)
      }
    case .logistic:
      return makeDenseModel(stream) {
        DiscretizedLogisticOutput(
          features: $0, size: inputSize, form: variance, leastDeviation: leastDeviation, initializer: initializer,
          stream: $1)
      }
    case .mixture:
      return makeDenseModel(stream) {
        PixelOutput(features: $0, size: inputSize, mixturePixels, initializer: initializer, stream: $1)
      }
    }
  }

  private func makeDenseModel<Head: OutputLayer>(
    _ stream: RandomStream, output: (Int, RandomStream) -> Head
  ) -> any LatentVariableModel {
    if let problem = deepProblem { fatalError("ModelConfiguration: \(problem.key): expected \(problem.expected)") }
    switch family {
    case .dlgm: return makeDeepModel(stream, output: output)
    case .ladder:
      return LadderAutoencoder(
        inputSize: inputSize, hidden: hidden.map { [$0, $0] }, latents: layers, activation: activation,
        initializer: initializer, inputScaling: inputScaling, stream: stream, output: output)
    case .bottomUp:
      return BottomUpAutoencoder(
        inputSize: inputSize, hidden: hidden.map { [$0, $0] }, latents: layers, activation: activation,
        initializer: initializer, inputScaling: inputScaling, stream: stream, output: output)
    case .m2:
      return makeClassModel(of: inputSize, scaling: inputScaling, stream, output: output)
    case .m1m2: fatalError("ModelConfiguration: a model of another's latents is made by makeModel(on:_:)")
    case .mlp, .conv, .dcign, .hierarchical, .draw:
      if let conditionSize { return makeConditional(conditionSize, stream, output: output) }
      return withPrior(
        MLPAutoencoder(
          inputSize: inputSize, hidden: hidden, latentSize: latent, activation: activation, initializer: initializer,
          inputScaling: inputScaling, stream: stream, output: output), stream["prior"])
    }
  }

  private func withPrior<Base: PseudoInputEncoder>(_ base: Base, _ stream: RandomStream) -> any LatentVariableModel {
    let count = priorComponents ?? Self.defaultPriorComponents
    switch prior ?? .standard {
    case .standard: return base
    case .mixture:
      return PriorAutoencoder(base, prior: MixturePrior(count: count, latents: latent, stream: stream))
    case .vamp: return PriorAutoencoder(base, prior: VampPrior(count: count, size: inputSize, stream: stream))
    }
  }

  /// Gaussians of a learned prior where nothing is said.
  public static let defaultPriorComponents = 100

  private func makeDeepModel<Head: OutputLayer>(
    _ stream: RandomStream, output: (Int, RandomStream) -> Head
  ) -> any LatentVariableModel {
    func model<Recognition: PosteriorLayer>(
      _ recognition: (Int, LatentGroups, RandomStream) -> Recognition
    ) -> any LatentVariableModel {
      DeepLatentGaussianModel(
        inputSize: inputSize, hidden: hidden, latents: layers, activation: activation, initializer: initializer,
        inputScaling: inputScaling, stream: stream, recognition: recognition, output: output)
    }
    switch posterior ?? .diagonal {
    case .diagonal:
      return model { DiagonalGaussianLayer(features: $0, latents: $1.count, initializer: initializer, stream: $2) }
    case .rankOne: return model { RankOneGaussianLayer(features: $0, groups: $1, initializer: initializer, stream: $2) }
    case .full:
      return model { FullGaussianLayer(features: $0, latents: $1.count, initializer: initializer, stream: $2) }
    case .flow:
      return model {
        FlowLayer(
          features: $0, latents: $1.count, steps: flowSteps ?? 4, hidden: $0, activation: activation,
          initializer: initializer, stream: $2)
      }
    }
  }

  /// Latents of each layer, nearest to the data first.
  public var layers: [Int] { latents ?? [latent] }

  /// Why no model is of these sizes, layers of latents and prior; nil if one is.
  public var deepProblem: (key: String, expected: String)? {
    guard 1...100_000 ~= priorComponents ?? 1 else { return ("model.prior_components", "1 to 100,000") }
    if family != .mlp && prior ?? .standard != .standard { return ("model.prior", "standard for \(family.rawValue)") }
    guard family.isDeep else { return nil }
    guard !layers.isEmpty, layers.count <= 20, layers.allSatisfy({ 1...100_000 ~= $0 }) else {
      return ("model.latents", "one to twenty layers' sizes")
    }
    guard !hidden.isEmpty else { return ("model.hidden", "one width at least for a \(family.rawValue) model") }
    if family == .dlgm {
      let isRich = posterior == .full || posterior == .flow
      if isRich && layers.reduce(0, +) < 2 { return ("model.posterior", "diagonal for a single latent") }
      guard 1...100 ~= flowSteps ?? 4 else { return ("model.flow_steps", "1 to 100") }
    } else if hidden.count != layers.count {
      return ("model.hidden", "a width for each of the \(layers.count) layers of latents, got \(hidden.count)")
    }
    return nil
  }
}
