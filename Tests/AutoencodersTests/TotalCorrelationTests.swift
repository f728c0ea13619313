import Foundation
import Tensors
import TestSupport
import Testing
import _Differentiation

@testable import Autoencoders

struct TotalCorrelationTests {
  private func evidence(means: [Float], deviation: Float, examples: Int, draws: Int) -> Evidence {
    let mean = Tensor(means, shape: [examples, means.count / examples])
    let q = DiagonalGaussian(
      mean: mean, bentLogVariance: Tensor(repeating: 2 * log(deviation), shape: mean.shape))
    let noise = RandomStream(seed: 4).normal([draws, examples, mean.shape[1]])
    return Evidence(
      logLikelihood: Tensor(repeating: 0, shape: [draws, examples]), draw: q.draw(noise: noise, divergence: .sampled))
  }

  /// E log q(z|x) - log p(z) at the same draws.
  @Test func partsAddUpToTheSampledDivergence() {
    let e = evidence(means: sampleTensor([6, 3], seed: 1).scalars, deviation: 0.7, examples: 6, draws: 5)
    for examples in [6, 1000] {
      let parts = e.divergenceParts(of: examples)
      expectClose(
        parts.mutualInformation + parts.totalCorrelation + parts.dimensionwise, e.divergence.sum() / 30, relative: 1e-5)
    }
  }

  @Test func latentsThatDoNotVaryTellNothing() {
    let parts = evidence(
      means: [Float](repeating: 0.5, count: 8), deviation: 0.6, examples: 4, draws: 3
    ).divergenceParts(of: 4)
    expectClose(parts.mutualInformation, 0, absolute: 1e-5)
    expectClose(parts.totalCorrelation, 0, absolute: 1e-5)
  }

  /// Two far points on the diagonal: either latent tells the example, log 2, and with it the other.
  @Test func latentsThatSayTheSameAreCorrelated() {
    let parts = evidence(means: [-9, -9, 9, 9], deviation: 0.1, examples: 2, draws: 4).divergenceParts(of: 2)
    expectClose(parts.mutualInformation, Float(log(2.0)), relative: 1e-4)
    expectClose(parts.totalCorrelation, Float(log(2.0)), relative: 1e-4)
  }

  /// Four far points on the corners of a square: log 4 is told, by latents that know nothing of each other.
  @Test func latentsThatSayDifferentThingsAreNot() {
    let parts = evidence(means: [-9, -9, -9, 9, 9, -9, 9, 9], deviation: 0.1, examples: 4, draws: 4)
      .divergenceParts(of: 4)
    expectClose(parts.mutualInformation, Float(log(4.0)), relative: 1e-4)
    expectClose(parts.totalCorrelation, 0, absolute: 1e-4)
  }

  @Test func joinedShardsAreTheWhole() {
    let model = Bars.model(seed: 2)
    let x = Bars.examples(9).batch(ArraySlice(0..<9), stream: RandomStream(seed: 0)).asConstant
    let noise = RandomStream(seed: 1).normal([2, 9, 3])
    func part(_ range: Range<Int>) -> Evidence {
      let draws = (0..<2).map {
        noise.rows($0..<$0 + 1).reshaped(to: [9, 3]).rows(range).reshaped(to: [1, range.count, 3])
      }
      return model.evidence(of: x.rows(range), noise: Tensor.stacked(draws), divergence: .analytic)
    }
    let (whole, joined) = (part(0..<9), Evidence.joining([part(0..<4), part(4..<6), part(6..<9)]))
    for path in [\Evidence.z, \.mean, \.logVariance, \.logLikelihood, \.divergence] {
      expectClose(joined[keyPath: path], whole[keyPath: path])
    }
    let gradient = gradient(at: whole) { $0.totalCorrelation(of: 50) }
    let parts = [0..<4, 4..<6, 6..<9].map { whole.gradient(gradient, ofExamples: $0) }
    expectClose(Tensor.stacked(parts.map(\.mean)), gradient.mean)
    expectClose(Tensor.stacked(parts.map(\.logVariance)), gradient.logVariance)
    #expect(parts.map(\.z.shape) == [[2, 4, 3], [2, 2, 3], [2, 3, 3]])
    expectClose(parts.map { $0.z.sum() }.reduce(0, +), gradient.z.sum(), absolute: 1e-5)
    #expect(parts.allSatisfy { $0.logLikelihood.isSymbolicZero })
  }

  /// By differences, through the model and both of its halves.
  @Test func gradientReachesTheEncoder() {
    let model = Bars.model(seed: 3)
    let x = Bars.examples(6).batch(ArraySlice(0..<6), stream: RandomStream(seed: 0)).asConstant
    let noise = RandomStream(seed: 1).normal([1, 6, 3])
    func charge(_ weight: Tensor) -> Float {
      var moved = model
      moved.posteriorMean.weight = weight
      return moved.evidence(of: x, noise: noise, divergence: .analytic).totalCorrelation(of: 40)
    }
    let slope = gradient(at: model) {
      $0.evidence(of: x, noise: noise, divergence: .analytic).totalCorrelation(of: 40)
    }.posteriorMean.weight
    for index in [0, 7, 20, 35] {
      func moved(_ step: Float) -> Float {
        var weight = model.posteriorMean.weight
        weight.withMutablePointer { $0[index] += step }
        return charge(weight)
      }
      expectClose(slope.scalars[index], (moved(0.02) - moved(-0.02)) / 0.04, relative: 0.01, absolute: 2e-3)
    }
  }

  @Test func noWeightIsThePlainBound() throws {
    func trained(_ correlation: TotalCorrelation?) throws -> [Tensor] {
      var trainer = Trainer(
        Bars.model(seed: 1), settings: Bars.settings { $0.objective.totalCorrelation = correlation })
      try trainer.fit(Bars.examples(60))
      return trainer.model.parameters
    }
    let small = DiscriminatorSettings(hidden: [8])
    let plain = try trained(nil)
    #expect(try trained(TotalCorrelation(.minibatch, weight: 0)) == plain)
    #expect(try trained(TotalCorrelation(.discriminator, weight: 0, discriminator: small)) == plain)
    #expect(try trained(TotalCorrelation(.minibatch, weight: 2)) != plain)
    #expect(try trained(TotalCorrelation(.discriminator, weight: 2, discriminator: small)) != plain)
  }

  /// The more a nat costs, the fewer there are.
  @Test(arguments: [TotalCorrelation.Estimator.minibatch, .discriminator])
  func chargedLatentsDependLessOnEachOther(_ estimator: TotalCorrelation.Estimator) throws {
    let data = Bars.examples(300)
    func correlation(_ weight: Float) throws -> Float {
      let settings = Bars.settings(epochs: 60) {
        $0.optimizer.rate = 0.01
        $0.objective.totalCorrelation = TotalCorrelation(
          estimator, weight: weight, discriminator: DiscriminatorSettings(hidden: [32, 32], rate: 0.003))
      }
      var trainer = Trainer(Bars.model(seed: 1, latent: 6), settings: settings)
      try trainer.fit(data)
      let x = data.batch(ArraySlice(0..<300), stream: RandomStream(seed: 0)).asConstant
      let noise = RandomStream(seed: 1).normal([4, 300, 6])
      return trainer.model.evidence(of: x, noise: noise, divergence: .analytic).totalCorrelation(of: 300)
    }
    let (free, dear) = (try correlation(0), try correlation(10))
    #expect(dear < 0.6 * free, "\(free) nats free of charge, \(dear) at 10")
  }

  @Test func combinationsThatMakeNoSenseAreNamed() {
    var settings = TrainingSettings()
    settings.objective = Objective(totalCorrelation: TotalCorrelation(.minibatch, weight: 5))
    #expect(settings.problem == nil)
    settings.algorithm = .wakeSleep
    #expect(settings.problem?.contains("wake-sleep") == true)
    #expect(Objective(bound: .iwae, totalCorrelation: TotalCorrelation(.minibatch, weight: 5)).problem != nil)
    #expect(TotalCorrelation(.minibatch, weight: 1, discriminator: DiscriminatorSettings()).discriminator == nil)
    #expect(TotalCorrelation(.discriminator, weight: 1).discriminator?.hidden.count == 6)
  }
}
