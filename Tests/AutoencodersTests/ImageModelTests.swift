import Autoencoders
import Datasets
import Networks
import Tensors
import Testing
import _Differentiation

/// Small models of pictures: odd sides, two channels, every kind of layer.
private func convolutional(seed: UInt64, blocks: Int = 1) -> ConvolutionalAutoencoder<BernoulliPixels> {
  ConvolutionalAutoencoder(
    imageShape: [8, 9, 2], maps: [3, 4], blocks: blocks, latentSize: 2, activation: .tanh,
    distribution: BernoulliPixels(channels: 2), stream: RandomStream(seed: seed))
}

private func hierarchical(seed: UInt64) -> HierarchicalAutoencoder<BernoulliPixels> {
  HierarchicalAutoencoder(
    imageShape: [4, 6, 2], blocks: [1, 2, 1], width: 4, narrow: 3, latents: 2, activation: .tanh,
    distribution: BernoulliPixels(channels: 2), stream: RandomStream(seed: seed))
}

struct ImageModelTests {
  private func data(_ model: some LatentVariableModel, _ count: Int = 3) -> Tensor {
    RandomStream(seed: 1).bernoulli(Tensor(repeating: 0.5, shape: [count, model.inputSize])).asConstant
  }

  private func noise(_ model: some LatentVariableModel, draws: Int = 2, _ count: Int = 3) -> Tensor {
    RandomStream(seed: 2).normal([draws, count, model.noiseSize])
  }

  @Test func everyParameterOfAConvolutionalModelLearns() { everyParameterLearns(convolutional(seed: 3)) }
  @Test func everyParameterOfAHierarchicalModelLearns() { everyParameterLearns(hierarchical(seed: 3)) }

  private func everyParameterLearns<Model: LatentVariableModel>(_ model: Model) {
    let model = shaken(model)
    let (x, noise) = (data(model), noise(model))
    let objective = Objective(samples: 2)
    let gradient = gradient(at: model) {
      objective.loss($0.evidence(of: x, noise: noise, divergence: .analytic), beta: 1)
    }
    let names = model.parameterNames
    #expect(Set(names).count == names.count && names.count > 20)
    for (name, part) in zip(names, model.parts(of: gradient)) {
      #expect(!part.isSymbolicZero && part.sumOfSquares > 1e-14, "\(name) gets no gradient")
    }
  }

  @Test(arguments: [
    Objective(samples: 2), Objective(samples: 2, divergence: .sampled), Objective(bound: .iwae, samples: 2),
  ])
  func gradientsAreThoseOfFiniteDifferences(_ objective: Objective) {
    compareWithDifferences(shaken(convolutional(seed: 4)), objective)
    compareWithDifferences(shaken(hierarchical(seed: 4), by: 0.15), objective)
  }

  /// Along random directions of each parameter: every number counts, and a test takes seconds.
  private func compareWithDifferences<Model: LatentVariableModel>(_ model: Model, _ objective: Objective) {
    let (x, noise) = (data(model), noise(model))
    let gradient = gradient(at: model) {
      objective.loss($0.evidence(of: x, noise: noise, divergence: objective.divergence), beta: 1)
    }
    let (names, parameters) = (model.parameterNames, model.parameters)
    for (index, part) in model.parts(of: gradient).enumerated() {
      let direction = RandomStream(seed: 5)[index].normal(part.shape)
      let length = Float(direction.sumOfSquares.squareRoot())
      func loss(_ step: Float) -> Double {
        var moved = parameters
        moved[index] = moved[index] + direction.scaled(by: step / length)
        let there = model.replacingParameters(with: moved)
        return Double(objective.loss(there.evidence(of: x, noise: noise, divergence: objective.divergence), beta: 1))
      }
      let h: Float = 0.05
      let difference = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / Double(12 * h)
      let found = Double((part * direction).sum() / length)
      #expect(abs(found - difference) < 2e-3 + 5e-3 * abs(difference), "\(names[index]): \(found), \(difference)")
    }
  }

  @Test func picturesComeBackInTheirOwnSize() {
    for side in [(7, 9), (28, 20), (5, 4)] {
      let model = ConvolutionalAutoencoder(
        imageShape: [side.0, side.1, 3], maps: [2, 3], blocks: 0, latentSize: 2, activation: .relu,
        distribution: LogisticPixels(channels: 3), stream: RandomStream(seed: 1))
      #expect(model.expectation(given: Tensor(repeating: 0, shape: [2, 2])).shape == [2, side.0 * side.1 * 3])
    }
  }

  /// What everything that evaluates relies on: one set of latents, told four ways.
  @Test func latentsOfAHierarchyAreStandardNormalUnderThePrior() {
    let model = shaken(hierarchical(seed: 6), by: 0.15)
    let (x, noise) = (data(model), noise(model))
    let encoding = model.encode(x)
    let z = model.latents(of: encoding, noise: noise)
    #expect(z.shape == [2, 3, model.latentSize] && model.latentSize == 2 * (1 + 2 * 6 + 24))
    let evidence = model.evidence(of: x, given: encoding, noise: noise, divergence: .sampled)
    // log p(x|z) of those latents, without the encoder.
    let likelihood = model.logLikelihood(of: x, given: z)
    // log q(z|x) - log N(z; 0, I).
    let perUnit: Float = 0.918_938_5
    let prior = -0.5 * square(z).sumOverLast() - perUnit * Float(model.latentSize)
    let ratio = model.logPosterior(of: z, given: encoding) - prior
    let stated = evidence.divergence.sumOverLast()
    for i in 0..<6 {
      #expect(abs(likelihood.scalars[i] - evidence.logLikelihood.scalars[i]) < 1e-3)
      #expect(abs(ratio.scalars[i] - stated.scalars[i]) < 2e-3 * max(1, abs(stated.scalars[i])))
    }
  }

  /// The closed form of each block's divergence is the mean of what is drawn.
  @Test func divergencesOfAHierarchyAgree() {
    let model = shaken(hierarchical(seed: 7), by: 0.15)
    let x = data(model, 1)
    let encoding = model.encode(x)
    let noise = RandomStream(seed: 8).normal([4000, 1, model.noiseSize])
    func means(_ form: DivergenceForm) -> Tensor {
      let all = model.evidence(of: x, given: encoding, noise: noise, divergence: form).divergence  // [K, 1, G]
      return all.meanOverFirst()
    }
    let (analytic, sampled) = (means(.analytic).scalars, means(.sampled).scalars)
    #expect(analytic.count == 4)
    for (a, s) in zip(analytic, sampled) {
      #expect(a > 0 && abs(a - s) < 0.05 + 0.05 * a, "\(a) in closed form, \(s) drawn")
    }
  }

  @Test func aHierarchyBeginsWithoutCost() {
    let model = hierarchical(seed: 9)
    let x = data(model)
    let evidence = model.evidence(of: x, noise: noise(model), divergence: .analytic)
    #expect(evidence.divergence.scalars.allSatisfy { abs($0) < 1e-5 })
  }

  @Test func resolutionsEndInOnePixel() {
    #expect(BottomUpLevel.sizes(of: Extent(28), levels: 4) == [28, 14, 7, 1])
    #expect(BottomUpLevel.sizes(of: Extent(height: 28, width: 20), levels: 3)?.last == Extent(height: 7, width: 5))
    #expect(BottomUpLevel.sizes(of: Extent(4), levels: 3) == [4, 2, 1])
    #expect(BottomUpLevel.sizes(of: Extent(4), levels: 4) == nil)
  }

  @Test func trainsResumesAndComesBackFromAFile() throws {
    try roundTrip { hierarchical4x4($0) }
    try roundTrip {
      ConvolutionalAutoencoder(
        imageShape: [4, 4, 1], maps: [12], blocks: 1, latentSize: 3, activation: .silu,
        distribution: BernoulliPixels(), stream: RandomStream(seed: $0))
    }
  }

  private func hierarchical4x4(_ seed: UInt64) -> HierarchicalAutoencoder<BernoulliPixels> {
    HierarchicalAutoencoder(
      imageShape: [4, 4, 1], blocks: [1, 1, 1], width: 8, narrow: 4, latents: 1, activation: .silu,
      distribution: BernoulliPixels(), stream: RandomStream(seed: seed))
  }

  /// It learns bars, and a run that was cut in two, through a file, ends with the same bits on two threads.
  private func roundTrip<Model: LatentVariableModel>(_ make: (UInt64) -> Model) throws {
    let (data, held) = (Bars.examples(1200), Bars.examples(200, seed: 1))
    let settings = Bars.settings(epochs: 8) {
      $0.optimizer.rate = 0.01
      $0.optimizer.skipNorm = 1000
      $0.threads = 2
    }
    var whole = Trainer(make(1), settings: settings)
    let before = Evaluator().bound(whole.model, on: held).bound
    try whole.fit(data)
    let after = Evaluator().bound(whole.model, on: held)
    #expect(after.bound > before + 0.8, "from \(before) to \(after.bound)")
    #expect(after.divergence > 0.3, "latents are used")

    var first = Trainer(make(1), settings: settings)
    try first.fit(data) { $0.step == 40 ? .stop : .go }
    var second = Trainer(make(9), settings: settings)
    try withTemporaryFolder { folder in
      let path = folder + "/checkpoint.safetensors"
      try first.checkpoint.write(to: path)
      try second.restore(Safetensors(contentsOf: path), path: path)
    }
    try second.fit(data)
    for (a, b) in zip(second.checkpoint.tensors, whole.checkpoint.tensors) {
      #expect(a.tensor == b.tensor, "\(a.name)")
    }
  }
}
