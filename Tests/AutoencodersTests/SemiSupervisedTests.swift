import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

/// Small models of 16 zeros and ones in three classes.
private func model(seed: UInt64 = 1, isSupervised: Bool = false) -> SemiSupervisedAutoencoder<BernoulliOutput> {
  SemiSupervisedAutoencoder(
    inputSize: 16, classes: 3, hidden: [7, 6], latentSize: 2, activation: .tanh, classifierWeight: 2,
    isSupervised: isSupervised, stream: RandomStream(seed: seed)
  ) { BernoulliOutput(features: $0, size: 16, stream: $1) }
}

private func stacked(seed: UInt64 = 1) -> StackedAutoencoder<MLPAutoencoder<BernoulliOutput>> {
  let upper = SemiSupervisedAutoencoder(
    inputSize: 3, classes: 3, hidden: [6], latentSize: 2, activation: .tanh, classifierWeight: 2,
    stream: RandomStream(seed: seed)
  ) { GaussianOutput(features: $0, size: 3, meanActivation: .identity, stream: $1) }
  return StackedAutoencoder(upper, on: Bars.model(seed: 4))
}

/// Rows [x | y] of the given classes, none where one is nil.
private func rows(_ x: Tensor, _ labels: [Int?], classes: Int = 3) -> Tensor {
  let y = labels.flatMap { label in (0..<classes).map { c in label.map { $0 == c ? Float(1) : 0 } ?? .nan } }
  return x.joined(with: Tensor(y, shape: [labels.count, classes])).asConstant
}

struct SemiSupervisedTests {
  @Test func everyParameterLearns() {
    expectEveryParameterLearns(model())
    expectEveryParameterLearns(stacked())
  }

  @Test(arguments: [
    Objective(samples: 2), Objective(samples: 2, divergence: .sampled), Objective(bound: .iwae, samples: 2),
  ])
  func gradientsAreThoseOfTheBound(_ objective: Objective) {
    expectGradientsOfDifferences(shaken(model()), objective)
    expectGradientsOfDifferences(shaken(stacked()), objective)
  }

  /// L(x, y) and U(x) of the paper from one product and from a pass for each class.
  @Test func classesAreSummedOut() {
    let model = shaken(model())
    let (x, noise) = (sampleData(model), sampleNoise(model))
    func evidence(_ rows: Tensor, _ form: DivergenceForm) -> Evidence {
      model.evidence(of: rows, noise: noise, divergence: form)
    }
    let q = exp(model.classLogProbabilities(x))  // [B, C]
    for i in 0..<3 { #expect(abs(q.rows(i..<i + 1).sum() - 1) < 1e-5) }
    let passes = (0..<3).map { evidence(rows(x, [$0, $0, $0]), .analytic) }
    let whole = evidence(rows(x, [nil, nil, nil]), .analytic)
    let plain = evidence(x, .analytic)
    #expect(plain.logLikelihood == whole.logLikelihood && plain.divergence == whole.divergence)
    #expect(whole.divergence.shape == [1, 3, 3], "a group for each latent and one for the class")
    for k in 0..<2 {
      for b in 0..<3 {
        var (bound, entropy): (Float, Float) = (0, 0)
        for c in 0..<3 {
          let probability = q.scalars[b * 3 + c]
          bound += probability * passes[c].logWeight.scalars[k * 3 + b]
          entropy -= probability * log(probability)
        }
        #expect(abs(whole.logWeight.scalars[k * 3 + b] - bound - entropy) < 1e-3)
      }
    }
    // p(y) counts where the class is known.
    for b in 0..<3 { #expect(abs(passes[1].divergence.scalars[b * 3 + 2] - log(Float(3))) < 1e-5) }
    // Known and unknown rows do not disturb each other.
    let mixed = evidence(rows(x, [2, nil, 0]), .analytic).logWeight.scalars
    #expect(abs(mixed[0] - passes[2].logWeight.scalars[0]) < 1e-4)
    #expect(abs(mixed[1] - whole.logWeight.scalars[1]) < 1e-4)
    #expect(abs(mixed[2] - passes[0].logWeight.scalars[2]) < 1e-4)
    // The weight of a draw: log of the sum over classes of that of each.
    let weights = (0..<3).map { evidence(rows(x, [$0, $0, $0]), .sampled).logWeight.scalars }
    let sum = evidence(x, .sampled).logWeight.scalars
    for i in 0..<6 {
      let total = weights.reduce(0.0) { (sum: Double, each: [Float]) -> Double in sum + Foundation.exp(Double(each[i]))
      }
      let expected: Double = Foundation.log(total)
      #expect(abs(Double(sum[i]) - expected) < 1e-3)
    }
  }

  /// In training, log q(y|x) is learned beside the bound and is no part of it.
  @Test func classifierIsTaughtBesideTheBound() {
    let model = shaken(model())
    let (noise, x) = (sampleNoise(model), rows(sampleData(model), [1, nil, 2]))
    let objective = Objective(samples: 2)
    func slope(_ pass: TrainingPass?) -> (
      value: Float, gradient: SemiSupervisedAutoencoder<BernoulliOutput>.TangentVector
    ) {
      func compute() -> (Float, SemiSupervisedAutoencoder<BernoulliOutput>.TangentVector) {
        let (value, gradient) = valueWithGradient(at: model) {
          objective.loss($0.evidence(of: x, noise: noise, divergence: .analytic), beta: 1)
        }
        return (value, gradient)
      }
      let result = pass.map { $0.run(compute) } ?? compute()
      return (result.0, result.1)
    }
    let judged = slope(nil)
    let trained = slope(TrainingPass(stream: RandomStream(seed: 0), rows: 0..<3, of: 3, draws: 2))
    #expect(judged.value == trained.value)
    // 2 / 3 of minus the sum of the logs of the two classes that are known.
    let alone = shaken(SemiSupervisedTests.supervised)
    let taught = gradient(at: alone) { model in
      2 * objective.loss(model.evidence(of: x, noise: noise, divergence: .analytic), beta: 1)
    }
    let parts = zip(model.parts(of: trained.gradient), model.parts(of: judged.gradient))
    for (index, (with, without)) in parts.enumerated() {
      let expected = alone.parts(of: taught)[index]
      let difference = with - without
      if expected.isSymbolicZero {
        #expect(difference.isSymbolicZero || difference.sumOfSquares < 1e-10, "\(model.parameterNames[index])")
      } else {
        #expect(
          (difference - expected).sumOfSquares < 1e-8 + 1e-6 * expected.sumOfSquares, "\(model.parameterNames[index])")
      }
    }
  }

  /// The classifier of ``model`` without a bound.
  private static let supervised = model(isSupervised: true)

  @Test func latentsOfAKnownClassAreItsOwn() {
    let model = shaken(model())
    let (x, noise) = (sampleData(model), sampleNoise(model))
    let known = model.encode(rows(x, [2, 2, 2]))
    let z = model.latents(of: known, noise: noise)
    #expect(z.shape == [2, 3, 2])
    let means = model.style(of: x, classes: [2, 2, 2])
    let drawn = model.latents(of: known, noise: Tensor(repeating: 0, shape: [1, 3, 3]))
    for (a, b) in zip(drawn.scalars, means.scalars) { #expect(abs(a - b) < 1e-5) }
    let moments = model.posterior(known)
    for (a, b) in zip(moments.mean.scalars, means.scalars) { #expect(abs(a - b) < 1e-5) }
    #expect(moments.deviation.isFinite)
    // Sizes that generic code relies on.
    let both = shaken(stacked())
    let latents = both.latents(of: both.encode(x), noise: sampleNoise(both))
    #expect(latents.shape == [2, 3, 5] && both.latentLayers == [3, 2])
    #expect(both.logPosterior(of: latents, given: both.encode(x)).shape == [2, 3])
    #expect(both.posterior(both.encode(x)).deviation.shape == [3, 5])
    #expect(both.expectation(style: both.style(of: x, classes: [0, 1, 2]), classes: [0, 1, 2]).shape == [3, 16])
    #expect(both.priorSample(4, RandomStream(seed: 1), temperature: 1).shape == [4, 5])
  }

  @Test func runsAreCutAndGoneOnWith() throws {
    try expectRoundTrip { model(seed: $0) }
    // The features stay as they were drawn, so there is less to learn and to tell.
    try expectRoundTrip(gain: 0.2, divergence: 0.03) { stacked(seed: $0) }
  }

  /// From 300 labels and 2,000 pictures, most of them without, in a few epochs.
  @Test(.needs("mnist")) func realDigitsAreClassified() throws {
    let data = try TestData.locator.load("mnist", limit: 2000)
    let test = try #require(data.test)
    let known = Set((0..<2000).filter { $0 % 7 == 0 }.prefix(280))
    let shown = (0..<2000).filter { !known.contains($0) } + known.sorted() + known.sorted() + known.sorted()
    let train = Examples(
      data.train, indices: shown, binarization: .dynamic, condition: .label(classes: 10, known: known))
    let configuration = SemiSupervisedSpecification.make(ExampleForm(shape: [28, 28])) {
      ($0.hidden, $0.latent) = ([100], 20)
      $0.classes = SemiSupervision(classes: 10, labelledShare: 0.33)
    }
    var settings = TrainingSettings()
    (settings.epochs, settings.batchSize, settings.threads, settings.optimizer.rate) = (4, 50, 2, 0.003)
    let model = try #require(
      configuration.makeModel(RandomStream(seed: 1)) as? SemiSupervisedAutoencoder<BernoulliOutput>)
    var trainer = Trainer(model, settings: settings)
    try trainer.fit(train)
    let held = Examples(test, indices: Array(0..<1000))
    let scores = trainer.model.classLogProbabilities(held.batch(ArraySlice(0..<1000), stream: RandomStream(seed: 0)))
      .scalars
    let labels = try #require(held.labels)
    let wrong = labels.indices.count { (i: Int) -> Bool in
      let own = scores[i * 10 + labels[i]]
      return (0..<10).contains { (c: Int) -> Bool in scores[i * 10 + c] > own }
    }
    #expect(wrong < 400, "\(wrong) of 1,000 wrong; by guessing it were 900")
    let unlabelled = Examples(test, indices: Array(0..<200), binarization: .dynamic)
    let bounds = [model, trainer.model].map { Evaluator(threads: 2).bound($0, on: unlabelled).bound }
    #expect(bounds[1] > bounds[0] + 300, "\(bounds)")
  }
}
