import Datasets
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

@testable import Autoencoders

/// Data with holes through models, statistics and training.
private let picture = ExampleForm(shape: [8, 8])

struct MissingDataTests {
  private let holes = RandomHoles(part: 0.5, stream: RandomStream(seed: 1)["holes"])

  @Test func statisticsLeaveMissingNumbersOut() {
    let rows = examples(Tensor([1, .nan, 7, 3, .nan, 7, 5, .nan, .nan, .nan, .nan, 7], shape: [4, 3]))
    let mean = rows.mean()
    #expect(mean.scalars == [3, 0, 7])
    let deviation = rows.deviation(about: mean).scalars
    #expect(abs(deviation[0] - (8 / 3 as Float).squareRoot()) < 1e-6 && deviation[1] == 1 && deviation[2] == 1)
    #expect(rows.missingPart == 0.5)
  }

  @Test func holesAreTheSameWheneverTheyAreLookedAt() {
    let whole = Bars.examples(300)
    let data = Examples(whole.dataset, binarization: .dynamic, holes: holes)
    func missing(_ positions: ArraySlice<Int>, _ epoch: Int) -> [Bool] {
      data.batch(positions, stream: RandomStream(seed: 2)[epoch]).scalars.map(\.isNaN)
    }
    let first = missing([3, 4, 5], 0)
    #expect(missing([3, 4, 5], 1) == first && missing([5], 7)[...] == first[32..<48])
    let all = missing(Array(0..<300)[...], 0)
    #expect(abs(Double(all.count { $0 }) / 4800 - 0.5) < 4.5 * 0.5 / 4800.0.squareRoot())
    #expect(data.missingPart == 0.5 && whole.missingPart == 0)
  }

  @Test(arguments: [Binarization.none, .threshold, .dynamic, .fixed, .dequantize])
  func missingNumbersStayMissing(_ binarization: Binarization) {
    let rows = examples(Tensor([1, .nan, 0.2, 0.6], shape: [2, 2]), binarization: binarization)
    let batch = rows.batch([0, 1], stream: RandomStream(seed: 3)).scalars
    #expect(batch.map(\.isNaN) == [false, true, false, false])
  }

  /// The score that leapfrogs follow is the slope of the observed part, and so is what passes through it.
  @Test(arguments: [LikelihoodSpecification.Name.bernoulli, .gaussian])
  func leapfrogsTakeHoles(_ likelihood: LikelihoodSpecification.Name) throws {
    let configuration = MLPSpecification.make(ExampleForm(shape: [16])) {
      ($0.hidden, $0.latent, $0.activation) = ([6], 3, .softplus)
      ($0.likelihood, $0.leapfrogs) = (LikelihoodSpecification(likelihood), LeapfrogSettings(steps: 2))
    }
    func check<Model: LatentVariableModel>(_ model: Model) {
      var x = sampleData(model)
      x.withMutablePointer { numbers in for i in stride(from: 0, to: 48, by: 5) { numbers[i] = .nan } }
      let (data, noise) = (x.asConstant, sampleNoise(model))
      let (evidence, pullback) = valueWithPullback(at: model) {
        $0.evidence(of: data, noise: noise, divergence: .sampled)
      }
      #expect(evidence.logLikelihood.isFinite && evidence.divergence.isFinite)
      let z = RandomStream(seed: 6).normal([2, 3, 3])
      let slope = gradient(at: z) { model.logLikelihood(of: data, given: $0).sum() }
      if let base = model as? HamiltonianAutoencoder<MLPAutoencoder<BernoulliOutput>> {
        expectClose(base.base.scored(of: data, given: z).score, slope, relative: 1e-4, absolute: 1e-5)
      } else if let base = model as? HamiltonianAutoencoder<MLPAutoencoder<GaussianOutput>> {
        expectClose(base.base.scored(of: data, given: z).score, slope, relative: 1e-4, absolute: 1e-4)
      } else {
        Issue.record("not a model with leapfrogs")
      }
      let ones = Tensor(repeating: 1, shape: evidence.logLikelihood.shape)
      var cotangent = Evidence.TangentVector.zero
      cotangent.logLikelihood = ones
      #expect(model.parts(of: pullback(cotangent)).allSatisfy { $0.isSymbolicZero || $0.isFinite })
    }
    let model = configuration.makeModel(RandomStream(seed: 5))
    check(model)
  }

  /// All but the one whose data are draws of another's latents.
  @Test(arguments: [
    MLPSpecification.make(picture) { ($0.hidden, $0.latent, $0.inputScaling) = ([10], 3, .standardize) },
    ConvolutionalSpecification.make(picture) { $0.latent = 3 },
    HierarchicalSpecification.make(picture) { $0.latent = 3 },
    DeepLatentGaussianSpecification.make(picture) { ($0.hidden, $0.latent) = ([10], 3) },
    LadderSpecification.make(picture) { ($0.hidden, $0.latent) = ([10], 3) },
    BottomUpSpecification.make(picture) { ($0.hidden, $0.latent) = ([10], 3) },
    DRAWSpecification.make(picture) { ($0.hidden, $0.latent) = ([10], 3) },
    InverseGraphicsSpecification.make(picture) {
      ($0.latent, $0.graphics, $0.likelihood) = (3, InverseGraphics(factors: ["turn"]), .bernoulli)
    },
    SemiSupervisedSpecification.make(picture) { ($0.hidden, $0.latent) = ([10], 3) },
  ])
  func modelsTakeHoles(_ configuration: ModelCase) {
    let hasClasses = configuration.specification is SemiSupervisedSpecification
    func evidence<Model: LatentVariableModel>(_ fresh: Model) -> Evidence {
      var model = fresh
      let values = RandomStream(seed: 4).uniform([6 * 64]).scalars.map { $0.rounded() }
      let labels = [Int](repeating: 0, count: 6)
      let set = Dataset(name: "noise", exampleShape: [8, 8], values: .floats(values), labels: labels)
      let data = Examples(set, holes: holes, condition: hasClasses ? .label(classes: 2, known: [1]) : nil)
      model.adapt(to: data)
      let x = data.batch(Array(0..<6)[...], stream: RandomStream(seed: 5))
      let noise = RandomStream(seed: 6).normal([2, 6, model.noiseSize])
      let found = model.evidence(of: x.asConstant, noise: noise, divergence: .sampled)
      // About half of the pixels at about log 2 each.
      #expect(found.logLikelihood.scalars.allSatisfy { $0 < -8 && $0 > -60 })
      return found
    }
    let found = evidence(configuration.makeModel(RandomStream(seed: 7)))
    #expect(found.logLikelihood.isFinite && found.divergence.isFinite)
  }

  @Test func trainingOnHolesLearnsWhatIsInThem() throws {
    let whole = Bars.examples(600, binarization: .threshold)
    let data = Examples(whole.dataset, binarization: .threshold, holes: holes)
    let settings = Bars.settings(epochs: 40) {
      $0.objective = Objective(bound: .iwae, samples: 5, divergence: .sampled)
      $0.optimizer.rate = 0.01
    }
    let model = Bars.model(seed: 1, hidden: [24])
    var trainer = Trainer(model, settings: settings)
    try trainer.fit(data)
    let evaluator = Evaluator(threads: 2)
    // Of the observed part, whose bars cost log 2 each.
    func estimate(_ model: MLPAutoencoder<BernoulliOutput>) -> Double {
      evaluator.importanceEstimate(model, on: data, samples: 100).estimate
    }
    let (before, after) = (estimate(model), estimate(trainer.evaluatedModel))
    #expect(after > before + 1.5 && after < -2, "from \(before) to \(after)")

    let held = Bars.examples(200, seed: 9, binarization: .threshold)
    let truth = held.batch(Array(0..<200)[...], stream: RandomStream(seed: 0))
    let mask = ObservationMask.random(
      part: 0.5, shape: [4, 4], positions: Array(0..<200), stream: RandomStream(seed: 10))
    let x = mask.hiding(truth)
    let filled = Imputer(threads: 2).importance(trainer.evaluatedModel, x: x, samples: 200).mean
    let error = ImputationError(filled, truth: truth, missingIn: x)
    // A bar of four pixels is known unless all are missing: a sixteenth of them is a coin's throw.
    #expect(error.wrongPart! < 0.12, "\(error)")
  }
}
