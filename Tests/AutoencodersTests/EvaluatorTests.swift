import Foundation
import Tensors
import TestSupport
import Testing

@testable import Autoencoders

struct EvaluatorTests {
  private let model = Bars.model(seed: 1)
  private let data = Bars.examples(150)

  @Test func resultsDoNotDependOnThreads() {
    let bounds = [1, 2, 3].map { Evaluator(threads: $0, seed: 4).bound(model, on: data, samples: 2) }
    let estimates = [1, 2, 3].map { Evaluator(threads: $0, seed: 4).importanceEstimate(model, on: data, samples: 70) }
    for index in 1...2 {
      #expect(bounds[index].bound == bounds[0].bound)
      #expect(bounds[index].standardError == bounds[0].standardError)
      #expect(bounds[index].divergenceByGroup == bounds[0].divergenceByGroup)
      #expect(bounds[index].varianceOfMeans == bounds[0].varianceOfMeans)
      #expect(estimates[index].values == estimates[0].values)
    }
    #expect(Evaluator(seed: 5).bound(model, on: data).bound != bounds[0].bound)
  }

  @Test func boundIsLikelihoodLessDivergence() {
    let report = Evaluator().bound(model, on: data)
    #expect(report.count == 150)
    #expect(report.divergenceByGroup.count == 3)
    #expect(abs(report.bound - (report.logLikelihood - report.divergence)) < 1e-9 * abs(report.bound))
    #expect(report.divergence >= 0)
  }

  @Test func estimateOfOneDrawIsTheBoundOnAverage() {
    let many = Bars.examples(4000, seed: 2)
    let evaluator = Evaluator(threads: 2)
    let (bound, estimate) = (
      evaluator.bound(model, on: many), evaluator.importanceEstimate(model, on: many, samples: 1)
    )
    #expect(abs(bound.bound - estimate.estimate) < 4 * (bound.standardError + estimate.standardError))
    #expect(abs(bound.standardError / estimate.standardError - 1) < 0.4)
  }

  @Test func progressCountsEveryExample() {
    let counts = Counts()
    _ = Evaluator(threads: 2).importanceEstimate(model, on: data, samples: 3) { counts.add($0) }
    #expect(counts.values.sorted().last == 150)
    #expect(counts.values.count == 10)
  }

  @Test func activeUnitsAreThoseWhoseMeansMove() {
    var model = LinearGaussianModel.withExactPosterior()
    let x = model.draws(500, seed: 1)
    #expect(Evaluator().bound(model, on: examples(x)).activeUnits == 2)
    // The first unit hears nothing; the second just enough, or just too little.
    let variance = Evaluator().bound(model, on: examples(x)).varianceOfMeans[1]
    let weights = model.encoderWeight.scalars
    for (target, active) in [(0.0105, 1), (0.0095, 0)] {
      let scale = Float((target / variance).squareRoot())
      model.encoderWeight = Tensor(
        weights.enumerated().map { $0.offset % 2 == 0 ? 0 : $0.element * scale }, shape: [6, 2])
      let report = Evaluator().bound(model, on: examples(x))
      #expect(report.varianceOfMeans[0] < 1e-12)
      #expect(abs(report.varianceOfMeans[1] - target) < 1e-4)
      #expect(report.activeUnits == active)
    }
  }

  @Test func varianceOfMeansIsThatOfAllBlocks() {
    let report = Evaluator().bound(model, on: data)
    let x = data.batch(ArraySlice(0..<150), stream: RandomStream(seed: 0)["evaluation"]["data"])
    let means = model.encode(x).mean.scalars.map(Double.init)
    for unit in 0..<3 {
      let values = stride(from: unit, to: means.count, by: 3).map { means[$0] }
      let variance = values.map { ($0 - values.mean) * ($0 - values.mean) }.mean
      #expect(abs(report.varianceOfMeans[unit] - variance) < 1e-5)
    }
  }
}

private final class Counts: @unchecked Sendable {
  private let lock = NSLock()
  private(set) var values: [Int] = []

  func add(_ value: Int) {
    lock.lock()
    defer { lock.unlock() }
    values.append(value)
  }
}
