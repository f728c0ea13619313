@testable import Autoencoders
import Datasets
import Foundation
import LatentAnalysis
import Networks
import SyntheticData
import Tensors
import TestSupport
import Testing
import _Differentiation

private func model(
  seed: UInt64, image: Shape = [8, 9, 2], latents: Int = 4, causes: Int = 2, invariance: Float = 0.01
) -> InverseGraphicsAutoencoder<ConvolutionalAutoencoder<BernoulliPixels>> {
  InverseGraphicsAutoencoder(
    ConvolutionalAutoencoder(
      imageShape: image, maps: [3, 4], blocks: 1, latentSize: latents, activation: .tanh,
      distribution: BernoulliPixels(channels: image[2]), stream: RandomStream(seed: seed)),
    widths: [Int](repeating: 1, count: causes), invariance: invariance)
}

private func pass(varying: Int?, rows: Range<Int> = 0..<3, of batch: Int = 3, groups: [Int]? = nil) -> TrainingPass {
  TrainingPass(
    stream: RandomStream(seed: 3), rows: rows, of: batch, draws: 2,
    structure: varying.map { OneCause($0, groups: groups ?? [batch]) })
}

struct InverseGraphicsTests {
  @Test func everyParameterLearns() {
    expectEveryParameterLearns(model(seed: 1))
    // With one latent active, too: the others' weights learn from their pull, all from the divergence.
    let model = shaken(model(seed: 1))
    let (x, noise) = (sampleData(model), sampleNoise(model))
    let slopes = pass(varying: 1).run {
      gradient(at: model) { Objective().loss($0.evidence(of: x, noise: noise, divergence: .analytic), beta: 1) }
    }
    for (name, part) in zip(model.parameterNames, model.parts(of: slopes)) {
      #expect(!part.isSymbolicZero && part.sumOfSquares > 1e-14, "\(name) gets no gradient")
    }
  }

  @Test func outsideOfTrainingItIsThePlainModel() {
    let model = shaken(model(seed: 2), by: 0.15)
    expectOneSetOfLatents(model)
    expectGradientsOfDifferences(model, Objective(samples: 2))
    let (x, noise) = (sampleData(model), sampleNoise(model))
    let plain = model.base.evidence(of: x, noise: noise, divergence: .analytic)
    #expect(model.evidence(of: x, noise: noise, divergence: .analytic).logLikelihood == plain.logLikelihood)
    let unsaid = pass(varying: nil).run { model.evidence(of: x, noise: noise, divergence: .analytic) }
    #expect(unsaid.logLikelihood == plain.logLikelihood)
  }

  /// The decoder is given the group's means of what does not vary; the divergence is that of q(z|x).
  @Test func inactiveLatentsAreShared() {
    let model = shaken(model(seed: 3))
    let (x, noise) = (sampleData(model), sampleNoise(model))
    let z = model.latents(of: model.encode(x), noise: noise)
    for (cause, active) in [(0, 0..<1), (1, 1..<2), (2, 2..<4)] {
      #expect(model.active(cause) == active)
      let found = pass(varying: cause).run { model.evidence(of: x, noise: noise, divergence: .analytic) }
      let shared = z.clamped(except: active, within: [0..<3], pulling: model.encode(x).mean, by: 0)
      #expect(found.logLikelihood == model.logLikelihood(of: x, given: shared))
      // Of two groups one has a single example, which stays as it is.
      let parted = pass(varying: cause, groups: [2, 1]).run {
        model.evidence(of: x, noise: noise, divergence: .analytic)
      }
      let parts = z.clamped(except: active, within: [0..<2], pulling: model.encode(x).mean, by: 0)
      #expect(parted.logLikelihood == model.logLikelihood(of: x, given: parts))
      #expect(found.divergence == model.evidence(of: x, noise: noise, divergence: .analytic).divergence)
    }
  }

  /// Two latents of a cause that comes round again are a direction: how far out they lie says nothing.
  @Test func aCircleIsADirection() {
    let base = model(seed: 3, latents: 5).base
    let model = shaken(InverseGraphicsAutoencoder(base, widths: [1, 2], invariance: 0.1))
    #expect(model.active(0) == 0..<1 && model.active(1) == 1..<3 && model.active(2) == 3..<5)
    let x = sampleData(model)
    let z = Tensor((0..<15).map { 2 + Float($0 % 4) }, shape: [1, 3, 5])
    let farther = Tensor(z.scalars.enumerated().map { 1..<3 ~= $0 % 5 ? 100 * $1 : $1 }, shape: z.shape)
    expectClose(model.logLikelihood(of: x, given: z), model.logLikelihood(of: x, given: farther), relative: 1e-3)
    let (near, far) = (z.reshaped(to: [3, 5]), farther.reshaped(to: [3, 5]))
    expectClose(model.expectation(given: near), model.expectation(given: far), relative: 1e-2)
    #expect(model.logLikelihood(of: x, given: z) == model.base.logLikelihood(of: x, given: z.onCircles(at: [1..<3])))
    expectEveryParameterLearns(model)
    // Away from the middle, where a small step is a large turn.
    var turned = shaken(InverseGraphicsAutoencoder(base, widths: [1, 2]), by: 0.15)
    turned.base.posteriorMean.bias = Tensor(repeating: 2, shape: [5])
    expectGradientsOfDifferences(turned, Objective(samples: 2))
  }

  /// What comes back to the latents: the decoder's gradient to the active one, the pull per example to the others.
  @Test func gradientsAreThePapers() {
    let model = shaken(model(seed: 4, invariance: 0.5))
    let (x, noise) = (sampleData(model), sampleNoise(model, draws: 1))
    struct Point: Differentiable { var encoding: DiagonalGaussian }
    let encoding = model.encode(x)
    let slope = pass(varying: 1, of: 6).run {
      gradient(at: encoding) {
        -model.evidence(of: x, given: $0, noise: noise, divergence: .analytic).logLikelihood.mean()
      }
    }
    let z = model.latents(of: encoding, noise: noise)
    let shared = z.clamped(except: 1..<2, within: [0..<3], pulling: encoding.mean, by: 0)
    let decoder = gradient(at: shared) { -model.logLikelihood(of: x, given: $0).mean() }
    let middle = encoding.mean.meanOverFirst().scalars
    for (place, found) in slope.mean.scalars.enumerated() {
      let expected =
        place % 4 == 1 ? decoder.scalars[place] : 0.5 / 6 * (encoding.mean.scalars[place] - middle[place % 4])
      #expect(abs(found - expected) < 1e-5, "latent \(place % 4) of example \(place / 4)")
    }
  }

  /// Shards keep groups together; one that is large is cut, and has a mean for each part, of eight examples at least.
  @Test func shardsHaveMeansOfTheirOwn() {
    let model = shaken(model(seed: 5))
    let (x, noise) = (sampleData(model, 4), sampleNoise(model, 4))
    func likelihoods(_ rows: Range<Int>) -> [Float] {
      let part = Tensor.stacked(
        (0..<2).map { noise.reshaped(to: [8, 4]).rows($0 * 4 + rows.lowerBound..<$0 * 4 + rows.upperBound) })
      return pass(varying: 0, rows: rows, of: 4).run {
        model.evidence(
          of: x.rows(rows), noise: part.reshaped(to: [2, rows.count, 4]), divergence: .analytic
        ).logLikelihood.scalars
      }
    }
    let (whole, first) = (likelihoods(0..<4), likelihoods(0..<2))
    #expect(first[0] != whole[0], "the mean of two is not that of four")
    func shards(_ groups: [Int], _ threads: Int) -> [Range<Int>] {
      Batch([Int](0..<groups.reduce(0, +))[...], structure: OneCause(0, groups: groups)).shards(threads)
    }
    #expect(shards([20], 8) == [0..<10, 10..<20])
    #expect(shards([4], 8) == [0..<4])
    #expect(shards([11, 11, 10], 2) == [0..<11, 11..<32])
    #expect(shards([3, 3, 3, 3, 3, 3], 2) == [0..<9, 9..<18])
    #expect(shards([6, 6, 6, 6], 3) == [0..<6, 6..<18, 18..<24])
    #expect(OneCause(0, groups: [3, 3, 10]).groups(in: 3..<14) == [0..<3, 3..<11])
    #expect(Batch([Int](0..<20)[...]).shards(8).count == 8)
  }

  @Test func specificationsThatCannotBeAreNamed() {
    let form = ExampleForm(shape: [8, 8])
    var specification = InverseGraphicsSpecification(for: form)
    specification.latent = 3
    #expect(specification.problem(for: form)?.setting == "factors")
    specification.graphics = InverseGraphics(factors: ["a", "b"])
    #expect(specification.problem(for: form) == nil)
    #expect(specification.makeModel(for: form, RandomStream(seed: 1)).latentSize == 3)
    specification.latent = 2
    #expect(specification.problem(for: form)?.setting == "latent")
    (specification.latent, specification.graphics) = (3, InverseGraphics(factors: ["a", "b"], circular: ["b"]))
    #expect(specification.graphics.latents == [0..<1, 1..<3] && specification.graphics.latents(of: "b") == 1..<3)
    #expect(specification.problem(for: form)?.setting == "latent")
    #expect(specification.problem(for: ExampleForm(shape: [64]))?.setting == "model")
  }
}
