import Foundation
import Tensors
import TestSupport
import Testing

@testable import Autoencoders

/// Estimates of log p(x), and what is said of their error, where log p(x) is known.
struct EstimatorTests {
  /// Each example's estimate against its truth, in units of the stated error.
  private func deviations(_ report: EstimateReport, _ truth: [Double]) -> [Double] {
    zip(zip(report.values, report.errors), truth).map { ($0.0 - $1) / $0.1 }
  }

  /// A bar of 1.96 errors must hold the truth in 95 of 100 examples. With 400 of them, between 91 and 98.5 is within four
  /// standard deviations.
  private func expectCoverage(
    _ report: EstimateReport, _ truth: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let covered = deviations(report, truth).filter { abs($0) < 1.96 }.count
    let part = Double(covered) / Double(truth.count)
    #expect(part > 0.905 && part < 0.99, "covered \(part)", sourceLocation: sourceLocation)
    #expect(report.warning == nil, sourceLocation: sourceLocation)
    #expect(
      abs(report.estimate - truth.mean) < 4 * report.monteCarloError + 2 * report.expectedShortfall + 1e-4,
      sourceLocation: sourceLocation)
    #expect(abs(report.standardError / truth.standardError - 1) < 0.1, sourceLocation: sourceLocation)
  }

  @Test(arguments: [(2, 500), (8, 1000), (32, 4000), (64, 8000)])
  func importanceSamplingStatesItsError(latents: Int, samples: Int) {
    let model = LinearGaussianModel.sparse(latents: latents, seed: 1, offset: 0.1, widening: 0.2)
    let x = model.draws(400, seed: 2)
    let report = Evaluator(threads: 2, seed: 3).importanceEstimate(model, on: examples(x), samples: samples)
    expectCoverage(report, model.marginal.logDensities(x))
  }

  @Test func priorSamplingStatesItsErrorWithFewLatents() {
    let model = LinearGaussianModel.entangled(latents: 2, size: 4, noise: 1, seed: 4)
    let x = model.draws(400, seed: 5)
    let report = Evaluator(threads: 2, seed: 6).priorEstimate(model, on: examples(x), samples: 4000)
    expectCoverage(report, model.marginal.logDensities(x))
  }

  /// Both estimators are near the truth of each example, so their difference is far better known than either mean.
  @Test func estimatesOfTheSameExamplesAreSetSideBySide() {
    let model = LinearGaussianModel.entangled(latents: 4, size: 8, noise: 0.5, seed: 25)
    let x = model.draws(200, seed: 26)
    let evaluator = Evaluator(threads: 2, seed: 27)
    let annealed = evaluator.annealedEstimate(model, on: examples(x), plan: AnnealedImportance(temperatures: 200))
      .forward
    let sampled = evaluator.importanceEstimate(model, on: examples(x), samples: 5000)
    let difference = annealed.difference(from: sampled)
    let means = annealed.estimate - sampled.estimate
    #expect(abs(difference.mean - means) < 1e-9)
    #expect(difference.standardError < 0.2 * annealed.standardError)
    let shortfall = annealed.expectedShortfall + sampled.expectedShortfall
    #expect(abs(difference.mean) < 4 * difference.standardError + shortfall)
  }

  /// The tutorial's point: with 64 latents no number of draws from the prior that one could wait for will do, and the
  /// report says so.
  @Test func priorSamplingFailsWithManyLatentsAndSaysSo() {
    let model = LinearGaussianModel.entangled(latents: 64, size: 80, noise: 0.1, seed: 7)
    let x = model.draws(40, seed: 8)
    let report = Evaluator(threads: 2, seed: 9).priorEstimate(model, on: examples(x), samples: 2000)
    let truth = model.marginal.logDensities(x)
    #expect(report.estimate < truth.mean - 50)
    #expect(report.doubtful > 35)
    #expect(report.warning?.contains("too low") == true)
  }

  @Test(.tags(.slow), arguments: [(2, 150), (8, 400), (32, 300), (64, 300)])
  func annealingStatesItsError(latents: Int, temperatures: Int) {
    let model = LinearGaussianModel.entangled(latents: latents, size: latents + 8, noise: 0.5, seed: 10)
    let count = latents > 16 ? 64 : 400
    let x = model.draws(count, seed: 11)
    let plan = AnnealedImportance(chains: 32, temperatures: temperatures, leapfrogs: 6)
    let report = Evaluator(threads: 2, seed: 12).annealedEstimate(model, on: examples(x), plan: plan)
    let truth = model.marginal.logDensities(x)
    #expect(report.acceptance > 0.5 && report.acceptance < 0.9)
    if count == 400 {
      expectCoverage(report.forward, truth)
    } else {
      let covered = deviations(report.forward, truth).filter { abs($0) < 1.96 }.count
      #expect(Double(covered) / Double(count) > 0.8)
      #expect(abs(report.forward.estimate - truth.mean) < 0.2)
    }
  }

  /// Too low on one side, too high on the other, and closer with more temperatures.
  @Test(arguments: [2, 16, 64]) func bracketHoldsTheTruthAndNarrows(latents: Int) {
    let model = LinearGaussianModel.entangled(latents: latents, size: latents + 8, noise: 0.3, seed: 13)
    let evaluator = Evaluator(threads: 2, seed: 14)
    let count = 96
    // The examples that the bracket makes up, made up again.
    let stream = evaluator.stream["bracket"]
    let x = Inference.sample(model, stream["z"].normal([count, latents]), stream["x"])
    let truth = model.marginal.logDensities(x).mean
    let brackets = [10, 40, 160].map {
      evaluator.bracket(model, count: count, plan: AnnealedImportance(chains: 4, temperatures: $0, leapfrogs: 6))
    }
    for bracket in brackets {
      #expect(bracket.lower.estimate < truth + 3 * bracket.lower.monteCarloError + 0.01)
      // The chains of an example share their beginning, so the spread over examples is what there is to go by.
      let misses = zip(bracket.upper.values, model.marginal.logDensities(x)).map { $0 - $1 }
      #expect(bracket.upper.estimate > truth - 4 * misses.standardError - 0.01)
      #expect(bracket.gap > -4 * bracket.gapError)
    }
    #expect(brackets[0].gap > 0.05, "a gap of nothing would prove nothing")
    #expect(brackets[1].gap < 0.7 * brackets[0].gap)
    #expect(brackets[2].gap < 0.5 * brackets[1].gap + 0.02)
  }

  @Test(arguments: [2, 3, 5]) func appendixDStatesItsErrorWithFewLatents(latents: Int) {
    let model = LinearGaussianModel.entangled(latents: latents, size: 10, noise: 0.5, seed: 15)
    let x = model.draws(400, seed: 16)
    let plan = PosteriorDensityEstimate(chains: 40, draws: 60, leapfrogs: 6)
    let (report, acceptance) = Evaluator(threads: 2, seed: 17).posteriorDensityEstimate(
      model, on: examples(x), plan: plan)
    expectCoverage(report, model.marginal.logDensities(x))
    #expect(acceptance > 0.5 && acceptance < 0.95)
  }

  @Test func appendixDWarnsWithManyLatents() {
    let model = LinearGaussianModel.entangled(latents: 64, size: 72, noise: 0.5, seed: 18)
    let plan = PosteriorDensityEstimate(chains: 4, draws: 40, leapfrogs: 6)
    let (report, _) = Evaluator(threads: 2, seed: 19).posteriorDensityEstimate(
      model, on: examples(model.draws(8, seed: 20)), plan: plan)
    #expect(report.warning != nil && report.doubtful == 8)
  }

  @Test func nothingDependsOnThreads() {
    let model = LinearGaussianModel.entangled(latents: 3, size: 6, noise: 0.5, seed: 21)
    let x = examples(model.draws(50, seed: 22))
    let plan = AnnealedImportance(chains: 3, temperatures: 8, leapfrogs: 2)
    let density = PosteriorDensityEstimate(chains: 4, draws: 5, leapfrogs: 2)
    let values = [1, 2, 3].map { threads -> [[Double]] in
      let evaluator = Evaluator(threads: threads, seed: 23)
      let bracket = evaluator.bracket(model, count: 40, plan: plan)
      return [
        evaluator.annealedEstimate(model, on: x, plan: plan).forward.values,
        evaluator.priorEstimate(model, on: x, samples: 90).values, bracket.lower.values, bracket.upper.values,
        evaluator.posteriorDensityEstimate(model, on: x, plan: density).report.values,
      ]
    }
    #expect(values[0] == values[1] && values[0] == values[2])
  }
}
