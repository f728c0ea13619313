import Autoencoders
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

private let distributions: [any PixelDistribution] = [1, 3].flatMap { channels -> [any PixelDistribution] in
  [
    BernoulliPixels(channels: channels), GaussianPixels(channels: channels),
    GaussianPixels(channels: channels, isBounded: false), LogisticPixels(channels: channels),
    MixturePixels(channels: channels, components: 2), MixturePixels(channels: channels, components: 10),
  ]
}

struct PixelDistributionTests {
  private func drawn(_ shape: Shape, _ pixels: some PixelDistribution, seed: UInt64 = 1) -> Tensor {
    sampleTensor(shape.appending(pixels.numbersPerPixel), seed: seed, bound: 1)
  }

  @Test(arguments: distributions.indices)
  func rawNumbersOfAnyShapeAreImages(_ index: Int) {
    func check(_ pixels: some PixelDistribution) {
      let raw = drawn([2, 3, 4, 5], pixels)  // [K, B, H, W, numbers]
      let image = pixels(raw)
      let size = 20 * pixels.channels
      #expect(image.mean.shape == [2, 3, size])
      let flat = pixels(raw.reshaped(to: [2, 3, 20 * pixels.numbersPerPixel]))
      #expect(flat.mean == image.mean)
      let x = image.sample(RandomStream(seed: 2)).rows(0..<1).reshaped(to: [3, size])
      #expect(x.isFinite && image.mean.isFinite)
      #expect(image.logProbability(of: x) == flat.logProbability(of: x))
      #expect(image.logProbability(of: x).shape == [2, 3])
    }
    check(distributions[index])
  }

  @Test(arguments: distributions.indices.filter { distributions[$0].numbersPerPixel < 50 })
  func gradientReachesEveryNumber(_ index: Int) {
    func check<Pixels: PixelDistribution>(_ pixels: Pixels) {
      let x = Tensor([0, 1, 77 / 255, 128 / 255, 3 / 255, 1, 0, 0, 9 / 255, 20 / 255, 200 / 255, 254 / 255])
        .rows(0..<4 * pixels.channels).reshaped(to: [2, 2 * pixels.channels])
      // From where they begin, so that scales are wide against the steps of the differences.
      let start = Tensor(pixels.start).broadcast(to: [2, 2, 2, pixels.numbersPerPixel])
      let raw = start + drawn([2, 2, 2], pixels).scaled(by: 0.5)
      expectGradient(at: raw) { pixels($0).logProbability(of: x) }
      let slope = gradientParts(at: raw) { pixels($0).logProbability(of: x) }[0]
      #expect(slope.scalars.filter { $0 == 0 }.count <= slope.count / 10)
    }
    check(distributions[index])
  }

  /// The first bounds and gradients are those of wide distributions in the middle: near 8 bits for every value.
  @Test(arguments: distributions.indices)
  func startIsWide(_ index: Int) {
    func check(_ pixels: some PixelDistribution) {
      let values = (0..<256).map { Float($0) / 255 }
      let x = Tensor(values.flatMap { [Float](repeating: $0, count: pixels.channels) }, shape: [256, pixels.channels])
      let raw = Tensor(pixels.start, shape: [1, 1, pixels.start.count]).broadcast(to: [1, 256, pixels.start.count])
      let p = pixels(raw)
      #expect(p.mean.scalars.allSatisfy { abs($0 - 0.5) < 0.01 })
      let bits = p.logProbability(of: x).scalars.map { -Double($0) / Foundation.log(2) / Double(pixels.channels) }
      if p is LogisticMixture || p is DiscretizedLogistic { #expect(bits.allSatisfy { $0 > 1 && $0 < 11 }) }
      if p is Gaussian { #expect(bits.allSatisfy { abs($0) < 3 }) }
    }
    check(distributions[index])
  }

  /// What a dense head of two layers makes and what raw numbers, pixel by pixel, make are the same thing.
  @Test func denseHeadsAgree() {
    let (features, size) = (RandomStream(seed: 3).normal([2, 4, 5]), 6)
    func raw(_ a: Dense, _ b: Dense, _ channels: Int) -> Tensor {
      let rows: Shape = [8 * size / channels, channels]
      return a(features).reshaped(to: rows).joined(with: b(features).reshaped(to: rows))
        .reshaped(to: [2, 4, 2 * size])
    }
    for channels in [1, 3] {
      let logistic = DiscretizedLogisticOutput(features: 5, size: size, stream: RandomStream(seed: 4))
      let (a, b) = (
        logistic(features), LogisticPixels(channels: channels)(raw(logistic.location, logistic.logScale, channels))
      )
      #expect(a.location == b.location && a.logScale == b.logScale)
      for bounded in [true, false] {
        let gaussian = GaussianOutput(
          features: 5, size: size, meanActivation: bounded ? .sigmoid : .identity, stream: RandomStream(seed: 4))
        var mean = gaussian.mean
        if bounded {
          mean = Dense(5, size, stream: RandomStream(seed: 0))
          (mean.weight, mean.bias) = (gaussian.mean.weight, gaussian.mean.bias)
        }
        let (p, q) = (
          gaussian(features),
          GaussianPixels(channels: channels, isBounded: bounded)(raw(mean, gaussian.logVariance, channels))
        )
        expectClose(p.mean, q.mean, relative: 1e-6)
        expectClose(p.logVariance, q.logVariance, relative: 1e-6)
      }
    }
  }

  @Test func floorsHoldWhateverTheNumbers() {
    let low = Tensor(repeating: -1e6, shape: [1, 2, 12])
    let gaussian = GaussianPixels(channels: 3, leastDeviation: 0.1)(low)
    #expect(gaussian.logVariance.scalars.allSatisfy { abs($0 - 2 * Foundation.log(0.1)) < 1e-5 })
    let logistic = LogisticPixels(channels: 3, leastDeviation: 0.1)(low)
    let floor = Float(Foundation.log(0.1 * 3.0.squareRoot() / Double.pi))
    #expect(logistic.logScale.scalars.allSatisfy { abs($0 - floor) < 1e-5 })
  }

  @Test func mixtureSurvivesAFile() throws {
    let form = ExampleForm(shape: [2, 2, 3])
    var configuration = MLPSpecification(for: form)
    (configuration.hidden, configuration.latent, configuration.likelihood) = ([6], 2, .mixture(components: 4))
    let again = try JSONDecoder().decode(MLPSpecification.self, from: JSONEncoder().encode(configuration))
    #expect(again == configuration)
    let data = examples(DiscreteData.values([40, 12]))
    func check<Model: LatentVariableModel>(_ model: Model) throws {
      var settings = TrainingSettings()
      (settings.epochs, settings.batchSize) = (2, 10)
      var trainer = Trainer(model, settings: settings)
      try trainer.fit(data)
      try withTemporaryFolder { folder in
        let path = folder + "/c.safetensors"
        try trainer.checkpoint.write(to: path)
        func load<Other: LatentVariableModel>(_ other: Other) throws -> Double {
          Evaluator().bound(try other.loadingWeights(Safetensors(contentsOf: path), path: path), on: data).bound
        }
        let bound = Evaluator().bound(trainer.evaluatedModel, on: data).bound
        #expect(try load(again.makeModel(for: form, RandomStream(seed: 9))) == bound)
        #expect(model.parameterNames.suffix(2) == ["output.pixels.weight", "output.pixels.bias"])
      }
    }
    try check(configuration.makeModel(for: form, RandomStream(seed: 1)))
  }
}

private enum DiscreteData {
  static func values(_ shape: Shape) -> Tensor {
    Tensor(RandomStream(seed: 5).uniform(shape).scalars.map { ($0 * 255).rounded() / 255 }, shape: shape)
  }
}
