import Autoencoders
import Datasets
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

struct ConditionalTests {
  /// The upper two bars are given.
  private static let part = ExamplePart(isGiven: (0..<16).map { $0 < 8 })

  private typealias Model = ConditionalAutoencoder<ConditionalMLP<BernoulliOutput>>

  private func model(share: Float = 1, seed: UInt64 = 3) -> Model {
    ConditionalAutoencoder(
      ConditionalMLP(
        inputSize: 8, conditionSize: 8, hidden: [7, 6], latentSize: 2, recognizes: share > 0, activation: .tanh,
        inputScaling: .center, stream: RandomStream(seed: seed)
      ) { BernoulliOutput(features: $0, size: 8, stream: $1) }, share: share)
  }

  private func inTraining<R>(_ body: () -> R) -> R {
    TrainingPass(stream: RandomStream(seed: 1), rows: 0..<3, of: 3, draws: 2).run(body)
  }

  @Test(arguments: [1, 0.5, 0] as [Float])
  func everyParameterLearns(_ share: Float) { expectEveryParameterLearns(model(share: share)) }

  @Test(arguments: [
    Objective(samples: 2), Objective(samples: 2, divergence: .sampled), Objective(bound: .iwae, samples: 2),
  ])
  func gradientsAreThoseOfDifferences(_ objective: Objective) {
    expectGradientsOfDifferences(shaken(model(), by: 0.15), objective, skipped: { $0.hasPrefix("networks.baseline") })
  }

  @Test func latentsAreStandardNormalUnderThePrior() {
    expectOneSetOfLatents(shaken(model()))
    expectOneSetOfLatents(shaken(model(share: 0)))
  }

  @Test func whatIsAskedGivenACondition() {
    let model = shaken(model())
    let (x, noise) = (sampleData(model), sampleNoise(model))
    let (c, z) = (model.condition(of: x), model.latents(of: model.encode(x), noise: noise))
    #expect(c == x.columns(8..<16) && model.target(of: x) == x.columns(0..<8))
    let mean = model.expectation(given: z, c)
    #expect(mean.shape == [2, 3, 8])
    // Of zeros and ones the mean says all.
    let likelihood = model.logLikelihood(of: x, given: z).scalars
    for draw in 0..<2 {
      for row in 0..<3 {
        let p = mean.scalars[(draw * 3 + row) * 8..<(draw * 3 + row + 1) * 8]
        let logs = zip(p, x.scalars[row * 16..<row * 16 + 8]).map { $1 > 0.5 ? log($0) : log(1 - $0) }
        #expect(abs(logs.reduce(0, +) - likelihood[draw * 3 + row]) < 1e-3)
      }
    }
    let many = Tensor.stacked([Tensor](repeating: z.rows(0..<1), count: 2000))
    let drawn = model.sample(given: many, c, RandomStream(seed: 9)).meanOverFirst().scalars
    for (a, b) in zip(drawn, mean.scalars) { #expect(abs(a - b) < 0.06) }
    #expect(model.guess(given: c).shape == [3, 8] && model.guessLogLikelihood(of: x).shape == [3])
  }

  /// The guess is trained beside the bound: nobody sees it in the bound, and the bound does not move it.
  @Test func theGuessLearnsFromItsOwnLikelihoodAlone() {
    let model = shaken(model())
    let (x, noise) = (sampleData(model), sampleNoise(model))
    let objective = Objective(samples: 2)
    func loss(_ model: Model) -> (Float, [String: Tensor]) {
      let (value, slopes) = valueWithGradient(at: model) {
        objective.loss($0.evidence(of: x, noise: noise, divergence: .analytic), beta: 1)
      }
      return (value, Dictionary(uniqueKeysWithValues: zip(model.parameterNames, model.parts(of: slopes))))
    }
    let (judged, trained) = (loss(model), inTraining { loss(model) })
    #expect(judged.0 == trained.0)
    let own = gradient(at: model) {
      -$0.networks.guess(x.columns(8..<16).asConstant).logProbability(of: x.columns(0..<8)).mean()
    }
    let alone = Dictionary(uniqueKeysWithValues: zip(model.parameterNames, model.parts(of: own)))
    for (name, slope) in trained.1 {
      if name.hasPrefix("networks.baseline") {
        #expect(judged.1[name]!.isSymbolicZero || judged.1[name]!.sumOfSquares == 0)
        for (a, b) in zip(slope.scalars, alone[name]!.scalars) { #expect(abs(a - b) < 1e-5, "\(name)") }
      } else {
        #expect(slope == judged.1[name], "\(name)")
      }
    }
  }

  /// share CVAE + (1 - share) GSNN in training; the bound itself when it is judged.
  @Test func aHybridMixesBothTerms() {
    let hybrid = shaken(model(share: 0.25))
    let (x, noise) = (sampleData(hybrid), sampleNoise(hybrid))
    #expect(noise.shape == [2, 3, 4])
    let (own, free) = (noise.columns(0..<2), noise.columns(2..<4))
    let encoding = hybrid.encode(x)
    let judged = hybrid.evidence(of: x, given: encoding, noise: noise, divergence: .analytic)
    let trained = inTraining { hybrid.evidence(of: x, given: encoding, noise: noise, divergence: .analytic) }
    let z = hybrid.latents(of: encoding, noise: noise)
    #expect(z == encoding.posterior.sample(noise: own))
    let (inferred, unaided) = (hybrid.logLikelihood(of: x, given: z), hybrid.logLikelihood(of: x, given: free))
    for i in 0..<6 {
      #expect(abs(judged.logLikelihood.scalars[i] - inferred.scalars[i]) < 1e-4)
      #expect(abs(trained.logLikelihood.scalars[i] - 0.25 * inferred.scalars[i] - 0.75 * unaided.scalars[i]) < 1e-4)
      #expect(abs(trained.divergence.scalars[i] - 0.25 * judged.divergence.scalars[i]) < 1e-5)
    }
  }

  /// Two ways to the same log p(x|c): draws from q(z|x, c) weighed, and draws from p(z|c).
  @Test func bothEstimatesAgreeAndTheBoundIsBelow() throws {
    let held = Bars.examples(40, seed: 1).given(.part(Self.part))
    var trainer = Trainer(model(), settings: Bars.settings(epochs: 6) { $0.optimizer.rate = 0.01 })
    try trainer.fit(Bars.examples(600).given(.part(Self.part)))
    let evaluator = Evaluator(threads: 2, seed: 4)
    let bound = evaluator.bound(trainer.model, on: held, samples: 50)
    let weighed = evaluator.importanceEstimate(trainer.model, on: held, samples: 4000)
    let drawn = evaluator.priorEstimate(trainer.model, on: held, samples: 20000)
    #expect(abs(weighed.estimate - drawn.estimate) < 0.05, "\(weighed.estimate), \(drawn.estimate)")
    #expect(bound.bound < weighed.estimate + 0.02)
  }

  @Test func aGSNNHasNoDivergence() {
    let gsnn = shaken(model(share: 0))
    let report = Evaluator().bound(gsnn, on: Bars.examples(20).given(.part(Self.part)))
    #expect(report.divergence == 0 && report.activeUnits == 0 && gsnn.networks.recognition.layers.isEmpty)
  }

  @Test(arguments: [1, 0.9] as [Float])
  func learnsAndGoesOnFromAFile(_ share: Float) throws {
    try expectRoundTrip(gain: 0.4, of: { $0.given(.part(Self.part)) }) { model(share: share, seed: $0) }
  }

  /// Of rows given their class, what the class says is learned and not put into latents.
  @Test func aClassIsUsed() throws {
    let labels = (0..<400).map { $0 % 2 }
    let values = labels.flatMap { label in (0..<16).map { Float(($0 < 8) == (label == 0) ? 1 : 0) } }
    let data = Dataset(name: "halves", exampleShape: [16], values: .floats(values), labels: labels)
    let examples = Examples(data, condition: .label(classes: 2, known: nil))
    let configuration = ConditionalMLPSpecification.make(ExampleForm(shape: [16], condition: .init(size: 2))) {
      ($0.hidden, $0.latent) = ([8], 2)
    }
    func bound<M: LatentVariableModel>(_ model: M) throws -> BoundReport {
      var trainer = Trainer(model, settings: Bars.settings(epochs: 10) { $0.optimizer.rate = 0.02 })
      try trainer.fit(examples)
      return Evaluator().bound(trainer.model, on: examples)
    }
    let model = configuration.makeModel(RandomStream(seed: 1))
    let report = try bound(model)
    #expect(report.bound > -1 && report.divergence < 0.2, "\(report.bound), \(report.divergence)")
  }

  @Test func whatCannotBeIsExplained() {
    let (alone, given) = (ExampleForm(shape: [16]), ExampleForm(shape: [16], condition: .init(size: 4)))
    var specification = ConditionalMLPSpecification(for: given)
    specification.cvaeShare = 0.5
    #expect(specification.problem(for: alone)?.setting == "given")
    #expect(specification.problem(for: given) == nil)
    specification.cvaeShare = 1.5
    #expect(specification.problem(for: given)?.problem == "expected 0 to 1")
    #expect(LadderSpecification(for: given).problem(for: given)?.setting == "given")
    let plain = MLPSpecification(for: given)
    #expect(plain.problem(for: given)?.setting == "given" && plain.conditional(for: given).problem(for: given) == nil)
    let image = ConditionalImagesSpecification(for: ExampleForm(shape: [8, 8]))
    #expect(
      image.problem(for: ExampleForm(shape: [8, 8], condition: .init(size: 64)))?.problem.contains("use mlp") == true)
    #expect(image.problem(for: ExampleForm(shape: [8, 8], condition: .init(size: 64, shape: [8, 8]))) == nil)
  }
}
