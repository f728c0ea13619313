import Autoencoders
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

struct HamiltonianAutoencoderTests {
  private func dense(_ seed: UInt64, moves: Int = 2, leapfrogs: Int = 2) -> HamiltonianAutoencoder<
    MLPAutoencoder<BernoulliOutput>
  > {
    HamiltonianAutoencoder(
      Bars.model(seed: seed, hidden: [6]), moves: moves, leapfrogs: leapfrogs, hidden: 5,
      stream: RandomStream(seed: seed))
  }

  private func convolutional(_ seed: UInt64, moves: Int = 1) -> HamiltonianAutoencoder<
    ConvolutionalAutoencoder<BernoulliPixels>
  > {
    let base = ConvolutionalAutoencoder(
      imageShape: [4, 4, 1], maps: [6], blocks: 0, latentSize: 3, activation: .tanh, distribution: BernoulliPixels(),
      stream: RandomStream(seed: seed))
    return HamiltonianAutoencoder(base, moves: moves, leapfrogs: 2, hidden: 5, stream: RandomStream(seed: seed))
  }

  private func data(_ count: Int = 3) -> Tensor {
    RandomStream(seed: 1).bernoulli(Tensor(repeating: 0.5, shape: [count, 16])).asConstant
  }

  private func noise(_ model: some LatentVariableModel, draws: Int = 2, _ count: Int = 3) -> Tensor {
    RandomStream(seed: 2).normal([draws, count, model.noiseSize])
  }

  // MARK: without steps, and with steps of nothing

  @Test(arguments: DivergenceForm.allCases) func withoutStepsItIsTheBase(_ form: DivergenceForm) {
    let base = shaken(Bars.model(seed: 1))
    let model = HamiltonianAutoencoder(base, leapfrogs: 0, stream: RandomStream(seed: 2))
    #expect(model.noiseSize == base.noiseSize && model.parameterNames == base.parameterNames.map { "base.\($0)" })
    let (x, noise) = (data(), noise(base))
    let (a, b) = (
      model.evidence(of: x, noise: noise, divergence: form), base.evidence(of: x, noise: noise, divergence: form)
    )
    #expect(a.logLikelihood == b.logLikelihood && a.divergence == b.divergence)
    let (mine, its) = (model.encode(x), base.encode(x))
    let z = model.latents(of: mine, noise: noise)
    #expect(z == base.latents(of: its, noise: noise))
    #expect(model.logPosterior(of: z, given: mine) == base.logPosterior(of: z, given: its))
    #expect(model.posterior(mine).mean == its.mean && model.posterior(mine).deviation == its.deviation)
    let objective = Objective(samples: 2, divergence: form)
    let gradients = (
      model.parts(
        of: gradient(at: model) { objective.loss($0.evidence(of: x, noise: noise, divergence: form), beta: 1) }),
      base.parts(of: gradient(at: base) { objective.loss($0.evidence(of: x, noise: noise, divergence: form), beta: 1) })
    )
    #expect(gradients.0 == gradients.1)
  }

  @Test func stepsOfNothingCostNothing() {
    let base = shaken(Bars.model(seed: 1))
    var model = HamiltonianAutoencoder(base, leapfrogs: 3, stream: RandomStream(seed: 2))
    model.moves.layers[0].logSteps = Tensor(repeating: -20, shape: [3, 3])
    let (x, noise) = (data(), noise(model))
    for form in [DivergenceForm.analytic, .sampled, .pathwise] {
      let (a, b) = (
        model.evidence(of: x, noise: noise, divergence: form),
        base.evidence(of: x, noise: noise.columns(0..<3), divergence: form)
      )
      for (a, b) in zip(a.logWeight.scalars, b.logWeight.scalars) { #expect(abs(a - b) < 1e-4) }
    }
  }

  // MARK: the bound

  /// log p(x, z_T) - log q(z0|x) + sum of log r - log q, computed anew in double precision from the definitions.
  @Test(arguments: [DivergenceForm.sampled, .pathwise]) func weightIsThatOfThePaper(_ form: DivergenceForm) {
    let model = shaken(dense(3), by: 0.2)
    let (x, noise) = (data(), noise(model))
    let encoding = model.encode(x)
    let found = model.evidence(of: x, given: encoding, noise: noise, divergence: form).logWeight
    func logNormal(_ x: Tensor, _ mean: Tensor, _ logVariance: Tensor) -> [Double] {
      let unit = 0.5 * (square(x - mean) / exp(logVariance) + logVariance)
      return unit.sumOverLast().scalars.map { -Double($0) - 1.5 * Foundation.log(2 * Double.pi) }
    }
    let q = encoding.posterior
    var z = gaussianSample(q.mean, q.logVariance, noise: noise.columns(0..<3))
    var expected = logNormal(z, q.mean, q.logVariance).map { -$0 }
    func slope(_ z: Tensor) -> Tensor {
      let (value, pullback) = valueWithPullback(at: z) { model.logLikelihood(of: x, given: $0) }
      return pullback(Tensor(repeating: 1, shape: value.shape)) - z
    }
    for (index, move) in model.moves.layers.enumerated() {
      let mass = exp(move.logMass)
      var v = sqrt(mass) * noise.columns(3 * (index + 1)..<3 * (index + 2))
      let zero = Tensor(repeating: 0, shape: [3])
      for (i, value) in logNormal(v, zero, move.logMass).enumerated() { expected[i] -= value }
      for leap in 0..<move.leapfrogs {
        let step = exp(move.logSteps.rows(leap..<leap + 1).reshaped(to: [3]))
        v = v + 0.5 * step * slope(z)
        z = z + step * v / mass
        v = v + 0.5 * step * slope(z)
      }
      let r = move.reverse(z, slope: slope(z), q)
      for (i, value) in logNormal(v, r.mean, r.logVariance).enumerated() { expected[i] += value }
    }
    let zero = Tensor(repeating: 0, shape: [3])
    let joint = zip(model.logLikelihood(of: x, given: z).scalars, logNormal(z, zero, zero)).map { Double($0) + $1 }
    for (i, value) in found.scalars.enumerated() {
      let truth = expected[i] + joint[i]
      #expect(abs(Double(value) - truth) < 2e-4 * max(1, abs(truth)))
    }
    #expect(
      model.latents(of: encoding, noise: noise) == z
        || (model.latents(of: encoding, noise: noise) - z).sumOfSquares < 1e-8)
  }

  @Test func gradientsAreThoseOfDifferences() {
    for objective in [
      Objective(samples: 2), Objective(samples: 2, divergence: .sampled), Objective(bound: .iwae, samples: 2),
    ] {
      compareWithDifferences(shaken(dense(4), by: 0.2), objective)
      compareWithDifferences(shaken(convolutional(4), by: 0.2), objective)
    }
  }

  private func compareWithDifferences<Model: LatentVariableModel>(_ model: Model, _ objective: Objective) {
    let (x, noise) = (data(), noise(model))
    let gradient = gradient(at: model) {
      objective.loss($0.evidence(of: x, noise: noise, divergence: objective.divergence), beta: 1)
    }
    let (names, parameters) = (model.parameterNames, model.parameters)
    for (index, part) in model.parts(of: gradient).enumerated() {
      let normal = RandomStream(seed: 5)[index].normal(part.shape)
      let direction = normal.scaled(by: 1 / Float(normal.sumOfSquares.squareRoot()))
      func loss(_ step: Float) -> Double {
        var moved = parameters
        moved[index] = moved[index] + direction.scaled(by: step)
        let there = model.replacingParameters(with: moved)
        return Double(objective.loss(there.evidence(of: x, noise: noise, divergence: objective.divergence), beta: 1))
      }
      let h: Float = 0.05
      let difference = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / Double(12 * h)
      let found = Double((part * direction).sum())
      #expect(abs(found - difference) < 2e-3 + 5e-3 * abs(difference), "\(names[index]): \(found), \(difference)")
    }
  }

  @Test func everyParameterLearns() {
    func check<Model: LatentVariableModel>(_ model: Model, _ form: DivergenceForm) {
      let model = shaken(model)
      let (x, noise) = (data(), noise(model))
      let gradient = gradient(at: model) {
        Objective(samples: 2, divergence: form).loss($0.evidence(of: x, noise: noise, divergence: form), beta: 1)
      }
      let names = model.parameterNames
      #expect(Set(names).count == names.count)
      for name in ["logSteps", "logMass", "reverse.fromPosterior.weight"] { #expect(names.contains("moves.0.\(name)")) }
      for (name, part) in zip(names, model.parts(of: gradient)) {
        #expect(!part.isSymbolicZero && part.sumOfSquares > 1e-14, "\(name) gets no gradient")
      }
    }
    for form in [DivergenceForm.analytic, .sampled, .pathwise] {
      check(dense(5), form)
      check(convolutional(5), form)
    }
  }

  /// Sticking the landing is another estimator of the same gradient.
  @Test func pathwiseGradientIsTheSameOnAverage() {
    let model = shaken(dense(6, moves: 1, leapfrogs: 1), by: 0.2)
    let x = data(1)
    let noise = RandomStream(seed: 7).normal([60_000, 1, model.noiseSize])
    func parts(_ form: DivergenceForm) -> [Tensor] {
      model.parts(
        of: gradient(at: model) {
          Objective(samples: 60_000, divergence: form).loss($0.evidence(of: x, noise: noise, divergence: form), beta: 1)
        })
    }
    let (sampled, pathwise) = (parts(.sampled), parts(.pathwise))
    var differences = 0
    for (index, name) in model.parameterNames.enumerated() {
      let off = (sampled[index] - pathwise[index]).sumOfSquares.squareRoot()
      let size = sampled[index].sumOfSquares.squareRoot()
      #expect(off < 0.02 + 0.05 * size, "\(name): \(off) of \(size)")
      if off > 1e-5 { differences += 1 }
    }
    #expect(differences > 4, "two that never differ prove nothing")
  }

  // MARK: learning

  @Test func trainsResumesAndComesBackFromAFile() throws {
    try expectRoundTrip {
      HamiltonianAutoencoder(Bars.model(seed: $0), leapfrogs: 2, hidden: 8, stream: RandomStream(seed: $0))
    }
    try expectRoundTrip { convolutional($0, moves: 2) }
  }
}
