import Autoencoders
import Datasets
import Foundation
import Networks
import Tensors
import Testing

/// Linear models of Gaussian noise, in which each class is a Gaussian whose density is known.
struct SemiSupervisedTruthTests {
  private let data: Tensor = RandomStream(seed: 8).normal([4, 3]).asConstant

  private var examples: Examples {
    Examples(Dataset(name: "points", exampleShape: [3], values: .floats(data.scalars)))
  }

  /// Two classes, two latents, no bend anywhere; q(z|x, y) is linear and not the posterior.
  private func model(seed: UInt64, size: Int = 3) -> SemiSupervisedAutoencoder<GaussianOutput> {
    let model = SemiSupervisedAutoencoder(
      inputSize: size, classes: 2, hidden: [4], latentSize: 2, activation: .identity, classifierWeight: 1,
      stream: RandomStream(seed: seed)
    ) { GaussianOutput(features: $0, size: size, meanActivation: .identity, form: .shared, stream: $1) }
    return shaken(model, by: 0.2)
  }

  /// mean(z) = linear' z + bias, for one class.
  private func map(_ size: Int, _ latents: Int, _ mean: (Tensor) -> Tensor) -> (linear: [Double], bias: [Double]) {
    let bias = mean(Tensor(repeating: 0, shape: [1, latents])).scalars.map(Double.init)
    let linear = (0..<latents).flatMap { unit -> [Double] in
      let z = Tensor((0..<latents).map { $0 == unit ? Float(1) : 0 }, shape: [1, latents])
      return zip(mean(z).scalars, bias).map { Double($0) - $1 }
    }
    return (linear, bias)
  }

  /// The variance of a Gaussian with as much in every direction, from its density at the mean.
  private func variance(_ logDensity: Float, _ size: Int) -> Double {
    Foundation.exp(-2 * Double(logDensity) / Double(size)) / (2 * Double.pi)
  }

  /// log p(x, y) of every example and class, from truth.
  private func joint(_ truth: [ExactGaussian]) -> [[Double]] {
    (0..<4).map { b -> [Double] in
      truth.map { density -> Double in
        density.logDensity(data.scalars[b * 3..<b * 3 + 3]) - Foundation.log(Double(truth.count))
      }
    }
  }

  private func logSum(_ values: [Double]) -> Double {
    Foundation.log(values.reduce(0.0) { (sum: Double, value: Double) -> Double in sum + Foundation.exp(value) })
  }

  private func truth(_ model: SemiSupervisedAutoencoder<GaussianOutput>) -> [ExactGaussian] {
    (0..<2).map { c in
      let (linear, bias) = map(3, 2) { model.expectation(style: $0, classes: [c]) }
      // Both classes have the same noise: ask for it where x is what is expected.
      let z = Tensor(repeating: 0, shape: [1, 2])
      let x = model.expectation(style: z, classes: [c])
      let own = x.joined(with: Tensor((0..<2).map { $0 == c ? Float(1) : 0 }, shape: [1, 2])).asConstant
      let density = model.logLikelihood(of: own, given: z.reshaped(to: [1, 1, 2])).scalars[0] + log(Float(2))
      return ExactGaussian(linear: linear, bias: bias, noise: variance(density, 3))
    }
  }

  @Test func estimatesMeetTheTruth() {
    let model = model(seed: 2)
    let joint = joint(truth(model))
    let exact = joint.map(logSum)
    let report = Evaluator(seed: 1).importanceEstimate(model, on: examples, samples: 20_000)
    for b in 0..<4 {
      #expect(abs(report.values[b] - exact[b]) < 4 * report.errors[b] + 0.01, "\(report.values[b]), \(exact[b])")
    }
    let bound = Evaluator(seed: 1).bound(model, on: examples, samples: 500)
    #expect(bound.bound < exact.reduce(0, +) / 4)
    // Of a known class: p(x, y).
    var labelled = examples.dataset
    labelled.labels = [0, 1, 1, 0]
    let known = Examples(labelled, condition: .label(classes: 2, known: nil))
    let of = Evaluator(seed: 1).importanceEstimate(model, on: known, samples: 20_000)
    for b in 0..<4 {
      let truth = joint[b][[0, 1, 1, 0][b]]
      #expect(abs(of.values[b] - truth) < 4 * of.errors[b] + 0.01, "\(of.values[b]), \(truth)")
    }
    let prior = Evaluator(seed: 1).priorEstimate(model, on: examples, samples: 20_000)
    for b in 0..<4 { #expect(abs(prior.values[b] - exact[b]) < 4 * prior.errors[b] + 0.02) }
  }

  /// Draws, their density and what they explain agree: their weights have p(x) for a mean.
  private func expectWeightsMeet<Model: LatentVariableModel>(_ model: Model, _ exact: [Double]) {
    let draws = 20_000
    let encoding = model.encode(data)
    let z = model.latents(of: encoding, noise: RandomStream(seed: 5).normal([draws, 4, model.noiseSize]))
    let perUnit: Float = 0.918_938_5
    var weights = model.logLikelihood(of: data, given: z) - model.logPosterior(of: z, given: encoding)
    weights = weights - (0.5 * square(z).sumOverLast() + perUnit * Float(model.latentSize))
    if let ratio = model.logPriorRatio(of: z) { weights = weights + ratio.value }
    for (b, value) in weights.logMeanExpOverFirst().scalars.enumerated() {
      #expect(abs(Double(value) - exact[b]) < 0.08, "\(value), \(exact[b])")
    }
  }

  @Test func latentsAreDrawnFromWhatIsStated() {
    let model = model(seed: 2)
    expectWeightsMeet(model, joint(truth(model)).map(logSum))
  }

  /// x of z1 of (y, z2), all linear.
  @Test func stackedModelMeetsTheTruth() {
    let features = shaken(
      MLPAutoencoder(inputSize: 3, hidden: [], latentSize: 2, activation: .identity, stream: RandomStream(seed: 6)) {
        GaussianOutput(features: $0, size: 3, meanActivation: .identity, form: .shared, stream: $1)
      }, by: 0.2)
    let upper = model(seed: 3, size: 2)
    let stacked = StackedAutoencoder(upper, on: features)
    let (below, offset) = map(3, 2) { features.expectation(given: $0) }
    let zero = Tensor(repeating: 0, shape: [1, 2])
    let x = features.expectation(given: zero).asConstant
    let noise = variance(features.logLikelihood(of: x, given: zero.reshaped(to: [1, 1, 2])).scalars[0], 3)
    let truth = (0..<2).map { c -> ExactGaussian in
      let (above, bias) = map(2, 2) { upper.expectation(style: $0, classes: [c]) }
      let own = upper.expectation(style: zero, classes: [c])
        .joined(with: Tensor((0..<2).map { $0 == c ? Float(1) : 0 }, shape: [1, 2])).asConstant
      let inner = variance(
        upper.logLikelihood(of: own, given: zero.reshaped(to: [1, 1, 2])).scalars[0] + log(Float(2)), 2)
      // Of z1: [i][j], by latents of z2.
      func spread(_ i: Int, _ j: Int) -> Double {
        let own: Double = i == j ? inner : 0
        return own + above[i] * above[j] + above[2 + i] * above[2 + j]
      }
      let mean: [Double] = (0..<3).map { d in
        let shift: Double = below[d] * bias[0] + below[3 + d] * bias[1]
        return offset[d] + shift
      }
      let covariance: [[Double]] = (0..<3).map { d -> [Double] in
        (0..<3).map { e -> Double in
          var sum = d == e ? noise : 0
          for i in 0..<2 { for j in 0..<2 { sum += below[i * 3 + d] * spread(i, j) * below[j * 3 + e] } }
          return sum
        }
      }
      return ExactGaussian(mean: mean, covariance: covariance)
    }
    let exact: [Double] = joint(truth).map(logSum)
    let report = Evaluator(seed: 1).importanceEstimate(stacked, on: examples, samples: 40_000)
    for b in 0..<4 {
      #expect(abs(report.values[b] - exact[b]) < 4 * report.errors[b] + 0.02, "\(report.values[b]), \(exact[b])")
    }
    #expect(Evaluator(seed: 1).bound(stacked, on: examples, samples: 200).bound < exact.reduce(0, +) / 4)
    expectWeightsMeet(stacked, exact)
  }
}
