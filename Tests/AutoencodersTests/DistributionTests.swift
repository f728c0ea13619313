import Autoencoders
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

struct DistributionTests {
  @Test func posteriorDeviationIsBounded() {
    let wild: [Float] = [-1e30, -1000, -1, 0, 1, 1000, 1e30]
    let q = DiagonalGaussian(mean: Tensor(repeating: 0, shape: [1, 7]), logVariance: Tensor(wild, shape: [1, 7]))
    let logVariances = q.logVariance.scalars
    #expect(logVariances.allSatisfy { abs($0) <= DiagonalGaussian.logVarianceLimit })
    #expect(zip(logVariances, logVariances.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(abs(logVariances[2] + 1) < 0.01 && logVariances[3] == 0 && abs(logVariances[4] - 1) < 0.01)
    #expect(q.deviation.isFinite && q.deviation.scalars.allSatisfy { $0 > 0 })
    #expect(q.divergence().isFinite)
  }

  @Test func posteriorDivergenceIsZeroOnlyAtThePrior() {
    let prior = DiagonalGaussian(mean: Tensor([0], shape: [1, 1]), logVariance: Tensor([0], shape: [1, 1]))
    #expect(prior.divergence().scalar == 0)
    // KL(N(1, e^0.5) || N(0, 1)) = (1 + e^0.5 - 1 - 0.5) / 2, but for the bend of the log-variance.
    let other = DiagonalGaussian(mean: Tensor([1], shape: [1, 1]), logVariance: Tensor([0.5], shape: [1, 1]))
    #expect(abs(Double(other.divergence().scalar) - (Foundation.exp(0.5) - 0.5) / 2) < 1e-3)
  }

  @Test func posteriorDensityIsThatOfItsUnits() {
    let (draws, batch, size) = (3, 2, 4)
    let stream = RandomStream(seed: 5)
    let (mean, raw) = (stream["m"].normal([batch, size]), stream["v"].normal([batch, size]))
    let z = stream["z"].normal([draws, batch, size])
    let q = DiagonalGaussian(mean: mean, logVariance: raw)
    let found = q.logDensity(of: z)
    #expect(found.shape == [draws, batch])
    for k in 0..<draws {
      for b in 0..<batch {
        let expected = (0..<size).reduce(0.0) { sum, u in
          let v = Double(q.logVariance.scalars[b * size + u])
          let d = Double(z.scalars[(k * batch + b) * size + u] - mean.scalars[b * size + u])
          return sum - 0.5 * (Foundation.log(2 * Double.pi) + v + d * d / Foundation.exp(v))
        }
        #expect(abs(Double(found.scalars[k * batch + b]) - expected) < 1e-4)
      }
    }
    // Where z came from, the log-ratio to the prior says the same.
    let noise = stream["e"].normal([draws, batch, size])
    let draw = gaussianSample(q.mean, q.logVariance, noise: noise)
    let ratio = gaussianLogRatio(draw, q.logVariance, noise: noise).sumOverLast()
    let prior = DiagonalGaussian(
      mean: Tensor(repeating: 0, shape: mean.shape), logVariance: Tensor(repeating: 0, shape: mean.shape))
    expectClose(
      q.logDensity(of: draw) - prior.logDensity(of: draw), ratio.scalars.map(Double.init), shape: [draws, batch],
      relative: 1e-4, absolute: 1e-4)
    expectGradient(at: Pair(mean, raw), "log q(z|x)") {
      DiagonalGaussian(mean: $0.a, logVariance: $0.b).logDensity(of: z)
    }
  }

  @Test(arguments: VarianceForm.allCases)
  func gaussianFloorHoldsWhateverTheParameters(_ form: VarianceForm) {
    var output = GaussianOutput(features: 3, size: 4, form: form, leastDeviation: 0.1, stream: RandomStream(seed: 1))
    output.logVariance.bias = output.logVariance.bias - 1e6
    let p = output(RandomStream(seed: 2).normal([2, 5, 3]))
    #expect(p.logVariance.shape == [2, 5, 4])
    let floor = 2 * Foundation.log(Float(0.1))
    #expect(p.logVariance.scalars.allSatisfy { abs($0 - floor) < 1e-5 })
  }

  @Test(arguments: VarianceForm.allCases)
  func densityOfConstantDataStopsAtTheFloor(_ form: VarianceForm) throws {
    let size = 6
    let configuration = MLPSpecification.make(ExampleForm(shape: [size])) {
      ($0.hidden, $0.latent) = ([8], 2)
      $0.likelihood = .gaussian(.init(variance: form, leastDeviation: 0.05), isBounded: true)
    }
    var settings = TrainingSettings()
    settings.optimizer.rate = 0.05
    settings.epochs = 150
    settings.batchSize = 16
    func train<Model: LatentVariableModel>(_ model: Model) throws -> Double {
      var trainer = Trainer(model, settings: settings)
      let data = examples(Tensor(repeating: 0.5, shape: [32, size]))
      try trainer.fit(data)
      return Evaluator().bound(trainer.evaluatedModel, on: data).bound
    }
    let bound = try train(configuration.makeModel(RandomStream(seed: 3)))
    let greatest = Double(size) * (-0.5 * Foundation.log(2 * Double.pi) - Foundation.log(0.05))
    #expect(bound <= greatest + 1e-4)
    #expect(bound > greatest - 1, "training should have driven the density to its floor")
  }

  @Test func bernoulliProbabilitiesAreOfTheDataAndSurviveHugeLogits() {
    let logits: [Float] = [0, 2, -3, 80, -80, 1e5]
    let p = Bernoulli(logits: Tensor(logits, shape: [1, 1, 6]))
    let x: [Float] = [1, 0, 1, 1, 0, 1]
    let expected = -[1, Foundation.exp(2.0), Foundation.exp(3.0)].reduce(0) { $0 + Foundation.log(1 + $1) }
    #expect(abs(Double(p.logProbability(of: Tensor(x, shape: [1, 6])).scalar) - expected) < 1e-5)
    #expect(abs(p.mean.scalars[1] - 0.880797) < 1e-5)
    #expect(p.mean.scalars.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test func drawsHaveTheDistributionsMoments() {
    let stream = RandomStream(seed: 4)
    let ones = Bernoulli(logits: Tensor(repeating: 1, shape: [20_000, 1, 1])).sample(stream["b"])
      .scalars.map(Double.init)
    #expect(Set(ones) == [0, 1])
    #expect(abs(ones.mean - 0.7310586) < 0.013)
    let normal = Gaussian(
      mean: Tensor(repeating: 3, shape: [20_000, 1, 1]),
      logVariance: Tensor(repeating: 2 * Foundation.log(Float(0.5)), shape: [20_000, 1, 1]))
    let values = normal.sample(stream["g"]).scalars.map(Double.init)
    #expect(abs(values.mean - 3) < 0.016)
    #expect(abs(values.standardError * Double(values.count).squareRoot() - 0.5) < 0.012)
  }

  @Test(arguments: VarianceForm.allCases)
  func logisticFloorHoldsWhateverTheParameters(_ form: VarianceForm) {
    var output = DiscretizedLogisticOutput(
      features: 3, size: 4, form: form, leastDeviation: 0.1, stream: RandomStream(seed: 1))
    output.logScale.bias = output.logScale.bias - 1e6
    let p = output(RandomStream(seed: 2).normal([2, 5, 3]))
    #expect(p.logScale.shape == [2, 5, 4])
    let floor = Float(Foundation.log(0.1 * 3.0.squareRoot() / Double.pi))
    #expect(p.logScale.scalars.allSatisfy { abs($0 - floor) < 1e-5 })
  }

  @Test func logisticMeanAndDrawsAreThoseOfItsValues() {
    for (location, logScale) in [(0.4, -3.0), (-0.05, -2.5), (1.2, -1), (0.501, -7)] as [(Float, Float)] {
      let shape: Shape = [20_000, 1, 1]
      let p = DiscretizedLogistic(
        location: Tensor(repeating: location, shape: shape), logScale: Tensor(repeating: logScale, shape: shape))
      let one = DiscretizedLogistic(
        location: Tensor(repeating: location, shape: [1, 256, 1]),
        logScale: Tensor(repeating: logScale, shape: [1, 256, 1]))
      let values = (0..<256).map { Float($0) / 255 }
      let masses = one.logProbability(of: Tensor(values, shape: [256, 1])).scalars.map { Foundation.exp(Double($0)) }
      let mean = zip(values, masses).reduce(0) { $0 + Double($1.0) * $1.1 }
      #expect(abs(Double(p.mean.scalars[0]) - mean) < 1 / 510 + 1e-4, "location \(location), log-scale \(logScale)")
      let drawn = p.sample(RandomStream(seed: 5)).scalars
      #expect(drawn.allSatisfy { $0 >= 0 && $0 <= 1 && abs($0 * 255 - ($0 * 255).rounded()) < 1e-3 })
      #expect(abs(drawn.map(Double.init).mean - mean) < 0.02)
      // Half of the draws' mass in one value, and the values beside: shares, not only the mean.
      let likeliest = masses.indices.max { masses[$0] < masses[$1] }!
      let share = Double(drawn.filter { abs($0 - values[likeliest]) < 1e-4 }.count) / Double(drawn.count)
      #expect(abs(share - masses[likeliest]) < 0.015)
    }
  }

  @Test func gaussianLogProbabilityIsTheDensity() {
    let p = Gaussian(mean: Tensor([0, 1], shape: [1, 1, 2]), logVariance: Tensor([0, 1], shape: [1, 1, 2]))
    let expected = -0.5 * (2 * Foundation.log(2 * Double.pi) + 1 + 0.25 + 4 / Foundation.exp(1.0))
    #expect(abs(Double(p.logProbability(of: Tensor([0.5, 3], shape: [1, 2])).scalar) - expected) < 1e-5)
  }
}
