import Autoencoders
import Foundation
import Tensors
import TestSupport
import Testing

struct MixtureFitTests {
  /// Four components in three dimensions, of different sizes and weights, that touch.
  private let truth = GaussianMixture(
    weights: [0.4, 0.3, 0.2, 0.1],
    means: Tensor([0, 0, 0, 3, 0, -1, -2, 2, 1, 0, -3, 2], shape: [4, 3]),
    deviations: Tensor([1, 0.5, 0.7, 0.4, 1, 0.6, 0.8, 0.3, 0.5, 0.6, 0.6, 0.2], shape: [4, 3]))

  @Test func drawsHaveTheMomentsOfTheMixture() {
    let count = 200_000
    let draws = truth.sample(count, RandomStream(seed: 1)).scalars.map(Double.init)
    let (m, s) = (truth.means.scalars.map(Double.init), truth.deviations.scalars.map(Double.init))
    for d in 0..<3 {
      let values = stride(from: d, to: draws.count, by: 3).map { draws[$0] }
      var (mean, second) = (0.0, 0.0)
      for k in 0..<4 {
        let (center, deviation) = (m[k * 3 + d], s[k * 3 + d])
        mean += truth.weights[k] * center
        second += truth.weights[k] * (center * center + deviation * deviation)
      }
      #expect(abs(values.mean - mean) < 4 * values.standardError)
      let squares = values.map { $0 * $0 }
      #expect(abs(squares.mean - second) < 4 * squares.standardError)
    }
    // Without noise, a draw is a component's mean, as often as its weight says.
    let middles = truth.sample(count, RandomStream(seed: 1), temperature: 0).scalars
    for k in 0..<4 {
      let hits = (0..<count).filter { middles[$0 * 3] == Float(m[k * 3]) && middles[$0 * 3 + 1] == Float(m[k * 3 + 1]) }
      let error = (truth.weights[k] * (1 - truth.weights[k]) / Double(count)).squareRoot()
      #expect(abs(Double(hits.count) / Double(count) - truth.weights[k]) < 4 * error)
    }
  }

  @Test func likelihoodNeverFallsAndComesNearTheTruthOnOtherData() {
    let points = truth.sample(20_000, RandomStream(seed: 2))
    let other = truth.sample(20_000, RandomStream(seed: 3))
    let best = truth.logDensity(other).scalars.map(Double.init).mean
    let one = MixtureFit(to: points, components: 1, stream: RandomStream(seed: 4))
    let fit = MixtureFit(to: points, components: 4, stream: RandomStream(seed: 4))
    for (before, after) in zip(fit.logLikelihoods, fit.logLikelihoods.dropFirst()) { #expect(after > before - 1e-5) }
    #expect(fit.logLikelihoods.count > 3)
    let found = fit.mixture.logDensity(other).scalars.map(Double.init).mean
    #expect(found > best - 0.01 && found < best + 0.001)
    #expect(found > one.mixture.logDensity(other).scalars.map(Double.init).mean + 0.5)
    #expect(abs(fit.logLikelihoods.last! - fit.mixture.logDensity(points).scalars.map(Double.init).mean) < 1e-5)
    for (weight, truth) in zip(fit.mixture.weights.sorted(by: >), truth.weights) { #expect(abs(weight - truth) < 0.02) }
  }

  @Test func oneComponentIsTheMomentsOfThePoints() {
    let points = truth.sample(5000, RandomStream(seed: 5))
    let fit = MixtureFit(to: points, components: 1, stream: RandomStream(seed: 6))
    let numbers = points.scalars.map(Double.init)
    for d in 0..<3 {
      let values = stride(from: d, to: numbers.count, by: 3).map { numbers[$0] }
      expectClose(fit.mixture.means.scalars[d], values.mean, absolute: 1e-5)
      let variance = values.map { ($0 - values.mean) * ($0 - values.mean) }.mean
      expectClose(fit.mixture.deviations.scalars[d], variance.squareRoot(), absolute: 1e-5)
    }
  }

  @Test func theSeedDecidesAndThreadsDoNot() {
    let points = truth.sample(9000, RandomStream(seed: 7))
    let fits = [(8, 1), (8, 2), (8, 3), (9, 1)].map {
      MixtureFit(to: points, components: 6, stream: RandomStream(seed: $0.0), threads: $0.1)
    }
    for other in fits[1...2] {
      #expect(other.mixture.means == fits[0].mixture.means && other.mixture.deviations == fits[0].mixture.deviations)
      #expect(other.mixture.weights == fits[0].mixture.weights && other.logLikelihoods == fits[0].logLikelihoods)
    }
    #expect(fits[3].mixture.means != fits[0].mixture.means)
  }

  @Test func noComponentShrinksOntoAPoint() {
    // As many components as points, a number that never varies, and a point twice.
    let points = Tensor([0, 5, 1, 5, 2, 5, 2, 5, 10, 5], shape: [5, 2])
    let fit = MixtureFit(to: points, components: 5, stream: RandomStream(seed: 10))
    let values: [Double] = [0, 1, 2, 2, 10]
    let variance = values.map { ($0 - 3) * ($0 - 3) }.mean
    let least = (MixtureFit.leastVariance * variance).squareRoot()
    for k in 0..<5 { #expect(Double(fit.mixture.deviations.scalars[2 * k]) >= 0.999 * least) }
    #expect(fit.mixture.means.isFinite && fit.mixture.deviations.isFinite && fit.logLikelihoods.last!.isFinite)
    for (before, after) in zip(fit.logLikelihoods, fit.logLikelihoods.dropFirst()) { #expect(after > before - 1e-5) }
  }
}
