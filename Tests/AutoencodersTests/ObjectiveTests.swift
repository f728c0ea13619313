import Autoencoders
import Foundation
import Tensors
import Testing
import _Differentiation

struct ObjectiveTests {
  /// Three draws, four examples, two groups.
  private func evidence(_ form: DivergenceForm = .sampled) -> Evidence {
    let stream = RandomStream(seed: 1)
    return Evidence(
      logLikelihood: stream["likelihood"].normal([3, 4]) - 2,
      divergence: stream["divergence"].normal([form == .analytic ? 1 : 3, 4, 2]).scaled(by: 0.5, plus: 0.8))
  }

  private func columns(_ e: Evidence) -> [(likelihoods: [Double], divergences: [Double])] {
    let (draws, likelihood, divergence) = (e.divergence.shape[0], e.logLikelihood.scalars, e.divergence.scalars)
    return (0..<4).map { b in
      (
        (0..<3).map { Double(likelihood[$0 * 4 + b]) },
        (0..<3).map { k in (0..<2).reduce(0) { $0 + Double(divergence[((k % draws) * 4 + b) * 2 + $1]) } }
      )
    }
  }

  @Test(arguments: DivergenceForm.allCases)
  func elboIsTheMeanOverDrawsAndExamples(_ form: DivergenceForm) {
    let e = evidence(form)
    let direct = columns(e).map { $0.likelihoods.mean - 0.7 * $0.divergences.mean }.mean
    #expect(abs(Double(Objective(samples: 3, divergence: form).loss(e, beta: 0.7)) + direct) < 1e-5)
  }

  @Test func iwaeIsTheLogOfTheMeanWeight() {
    let e = evidence()
    let direct = columns(e).map { column in
      log(zip(column.likelihoods, column.divergences).map { exp($0 - $1) }.mean)
    }.mean
    #expect(abs(Double(Objective(bound: .iwae, samples: 3).loss(e, beta: 1)) + direct) < 1e-5)
  }

  @Test func iwaeSurvivesWeightsThatOverflow() {
    let e = Evidence(
      logLikelihood: Tensor([-90_000, 3000, -90_001, 3001], shape: [2, 2]),
      divergence: Tensor(repeating: 0, shape: [2, 2, 1]))
    let loss = Double(Objective(bound: .iwae, samples: 2).loss(e, beta: 1))
    let offset = log((1 + exp(-1.0)) / 2)
    #expect(abs(-loss - ((-90_000 + offset) + (3001 + offset)) / 2) < 0.02)
  }

  @Test func iwaeNeedsTheDivergenceAtTheDraws() {
    #expect(Objective(bound: .iwae, divergence: .analytic).divergence == .sampled)
    #expect(Objective(bound: .elbo, divergence: .analytic).divergence == .analytic)
  }

  @Test func combinationsThatMakeNoGradientAreNamed() {
    #expect(Objective(divergence: .pathwise).problem == nil)
    #expect(Objective(divergence: .pathwise, beta: 4).problem == nil)
    #expect(Objective(divergence: .doublyReparameterized).problem?.contains("iwae") == true)
    #expect(Objective(bound: .iwae, divergence: .pathwise).problem?.contains("biased") == true)
    #expect(Objective(bound: .iwae, divergence: .doublyReparameterized).problem == nil)
    #expect(Objective(bound: .iwae, divergence: .doublyReparameterized, beta: 2).problem != nil)
    #expect(Objective(bound: .iwae, divergence: .doublyReparameterized, warmUp: 0.1).problem != nil)
  }

  @Test func freeBitsChargeOnlyWhatIsAboveThem() {
    // Group means 0.2 and 1.5 over two draws of two examples.
    let e = Evidence(
      logLikelihood: Tensor(repeating: -3, shape: [2, 2]),
      divergence: Tensor([0.1, 1, 0.3, 2, 0.2, 1, 0.2, 2], shape: [2, 2, 2]))
    let objective = Objective(samples: 2, divergence: .sampled, freeBits: 0.5)
    let (loss, gradient) = valueWithGradient(at: e) { objective.loss($0, beta: 0.8) }
    #expect(abs(loss - (3 + 0.8 * (0.5 + 1.5))) < 1e-6)
    let charged = gradient.divergence.scalars
    for row in 0..<4 {
      #expect(charged[row * 2] == 0)
      #expect(abs(charged[row * 2 + 1] - 0.8 / 4) < 1e-7)
    }
  }

  @Test func betaRisesOverTheWarmUpAndStays() {
    let objective = Objective(beta: 2, warmUp: 0.5)
    let values = [0, 1, 24, 49, 50, 99].map { objective.beta(step: $0, of: 100) }
    for (value, expected) in zip(values, [0.04, 0.08, 1, 2, 2, 2] as [Float]) { #expect(abs(value - expected) < 1e-6) }
    #expect(Objective(beta: 3).beta(step: 0, of: 100) == 3)
    let falling = Objective(warmUp: 0.5, firstBeta: 6)
    for (step, expected) in [(0, 5.9), (24, 3.5), (49, 1), (99, 1)] as [(Int, Float)] {
      #expect(abs(falling.beta(step: step, of: 100) - expected) < 1e-6)
    }
    let cyclic = Objective(warmUp: 0.5, cycles: 4)
    for (step, expected) in [(0, 0.1), (4, 0.5), (9, 1), (19, 1), (20, 0.1), (79, 1)] as [(Int, Float)] {
      #expect(abs(cyclic.beta(step: step, of: 80) - expected) < 1e-6)
    }
  }

  @Test(
    arguments: [
      Objective(samples: 3), Objective(samples: 3, divergence: .sampled), Objective(bound: .iwae, samples: 3),
      Objective(samples: 3, freeBits: 0.9), Objective(samples: 3, divergence: .sampled, freeBits: 0.75),
    ])
  func gradientIsThatOfFiniteDifferences(_ objective: Objective) {
    let e = evidence(objective.divergence)
    let gradient = gradient(at: e) { objective.loss($0, beta: 0.6) }
    check(\.logLikelihood, gradient.logLikelihood)
    check(\.divergence, gradient.divergence)

    func check(_ path: WritableKeyPath<Evidence, Tensor>, _ gradient: Tensor) {
      for index in 0..<e[keyPath: path].count {
        func loss(_ step: Float) -> Float {
          var moved = e
          moved[keyPath: path].withMutablePointer { $0[index] += step }
          return objective.loss(moved, beta: 0.6)
        }
        let difference = (loss(0.01) - loss(-0.01)) / 0.02
        #expect(abs(gradient.scalars[index] - difference) < 5e-4)
      }
    }
  }

  @Test func sampledDivergenceAveragesToTheAnalyticOne() {
    let q = DiagonalGaussian(
      mean: Tensor([0.5, -1, 2, 0], shape: [2, 2]), logVariance: Tensor([0.3, -2, -5, 0], shape: [2, 2]))
    let noise = RandomStream(seed: 2).normal([40_000, 2, 2])
    let sampled = q.draw(noise: noise, divergence: .sampled).divergence.scalars
    let analytic = q.divergence()
    #expect(analytic.shape == [1, 2, 2])
    for element in 0..<4 {
      let values = stride(from: element, to: sampled.count, by: 4).map { Double(sampled[$0]) }
      #expect(abs(values.mean - Double(analytic.scalars[element])) < 4.5 * values.standardError + 1e-6)
    }
  }
}
