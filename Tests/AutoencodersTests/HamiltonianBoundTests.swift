import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

@testable import Autoencoders

extension LinearGaussianModel: ScoredAutoencoder {
  /// W (x - mean) / variance.
  @differentiable(reverse,wrt: (self, z))
  func scored(of x: Tensor, given z: Tensor) -> ScoredLogProbability {
    let made = decode(z)
    let pull = (x - made.mean) * exp(-made.logVariance)
    return ScoredLogProbability(value: made.logProbability(of: x), score: transposedDense(pull, decoderWeight))
  }
}

/// The bound where log p(x) is known, or known to lie in a bracket.
struct HamiltonianBoundTests {
  private typealias Model = HamiltonianAutoencoder<LinearGaussianModel>

  private let truth = LinearGaussianModel.entangled(latents: 3, size: 6, noise: 0.2, seed: 1)

  /// q(z|x) with so many steps, trained; p(x, z) stays as it is.
  private func trained(leapfrogs: Int, moves: Int = 1) -> Model {
    var model = Model(truth, moves: moves, leapfrogs: leapfrogs, hidden: 16, stream: RandomStream(seed: 2))
    var optimizer = Optimizer(OptimizerSettings(.adam), for: model)
    let steps = 3000
    for step in 0..<steps {
      let x = truth.draws(64, seed: UInt64(10 + step)).asConstant
      let noise = RandomStream(seed: 3)[step].normal([1, 64, model.noiseSize])
      var gradient = gradient(at: model) {
        Objective().loss($0.evidence(of: x, noise: noise, divergence: .analytic), beta: 1)
      }
      gradient.base.decoderWeight = .zero
      gradient.base.decoderBias = .zero
      gradient.base.logVariance = .zero
      optimizer.update(&model, along: [gradient], rate: 0.01 * (1 - Float(step) / Float(steps)), threads: 1)
    }
    #expect(model.base.decoderWeight == truth.decoderWeight)
    return model
  }

  /// No diagonal Gaussian is the posterior here; leapfrogs, which ask the decoder, come nearer to it.
  @Test func boundRisesWithStepsAndStaysBelowTheTruth() {
    let x = truth.draws(300, seed: 4)
    let exact = truth.marginal.logDensities(x).mean
    let gaps = [(0, 1), (1, 1), (4, 1), (2, 2)].map { leapfrogs, moves in
      let model = trained(leapfrogs: leapfrogs, moves: moves)
      return exact - Evaluator(threads: 2, seed: 5).bound(model, on: examples(x), samples: 300).bound
    }
    // The bound is a mean of 90,000 draws of deviation two or so.
    #expect(gaps[0] > 0.1, "\(gaps)")
    #expect(gaps[1] < 0.8 * gaps[0], "\(gaps)")
    #expect(gaps[2] < 0.8 * gaps[1], "\(gaps)")
    #expect(gaps[3] < 0.9 * gaps[1], "\(gaps)")
    #expect(gaps.allSatisfy { $0 > -0.03 }, "\(gaps)")
  }

  /// Weights are unbiased whatever the steps, masses and reverse model are: that is what keeping volume is for.
  @Test func importanceEstimateRisesToTheEvidence() {
    let model = shaken(Model(truth, moves: 2, leapfrogs: 2, hidden: 4, stream: RandomStream(seed: 6)), by: 0.05)
    var off = model
    off.base = truth
    off.moves.layers[0].logMass = Tensor([0.4, -0.5, 0.2])
    let x = truth.draws(200, seed: 7)
    let exact = truth.marginal.logDensities(x).mean
    let reports = [1, 10, 100, 20_000].map {
      Evaluator(threads: 2, seed: 8).importanceEstimate(off, on: examples(x), samples: $0)
    }
    let gaps = reports.map { exact - $0.estimate }
    #expect(gaps[0] > 0.5 && gaps[1] < 0.7 * gaps[0] && gaps[2] < 0.7 * gaps[1], "\(gaps)")
    #expect(abs(gaps[3]) < 0.02 + 4 * reports[3].monteCarloError, "\(gaps)")
  }

  /// On data that the model made up, log p(x) lies in the bracket of annealing; bound and estimate lie below its top.
  @Test func boundIsBelowTheBracket() throws {
    let start = HamiltonianAutoencoder(Bars.model(seed: 1), leapfrogs: 3, hidden: 16, stream: RandomStream(seed: 2))
    var trainer = Trainer(start, settings: Bars.settings(epochs: 15) { $0.optimizer.rate = 0.01 })
    try trainer.fit(Bars.examples(1000))
    let (model, evaluator) = (trainer.evaluatedModel, Evaluator(threads: 2, seed: 3))
    let count = 200
    let bracket = evaluator.bracket(
      model, count: count, plan: AnnealedImportance(chains: 8, temperatures: 100, leapfrogs: 5))
    let stream = evaluator.stream["bracket"]
    let x = examples(Inference.sample(model, stream["z"].normal([count, 3]), stream["x"]))
    let bound = evaluator.bound(model, on: x, samples: 50).bound
    let estimate = evaluator.importanceEstimate(model, on: x, samples: 500).estimate
    #expect(bracket.gap < 0.1, "\(bracket.gap)")
    #expect(
      bound < estimate && estimate < bracket.upper.estimate + 0.03, "\(bound), \(estimate), \(bracket.upper.estimate)")
    #expect(abs(estimate - bracket.lower.estimate) < 0.1, "\(estimate), \(bracket.lower.estimate)")
    #expect(bound > estimate - 1.5, "\(bound), \(estimate)")
  }
}
