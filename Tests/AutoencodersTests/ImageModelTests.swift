import Autoencoders
import Networks
import Tensors
import Testing
import _Differentiation

/// Small models of pictures: odd sides, two channels, every kind of layer.
private func convolutional(seed: UInt64, blocks: Int = 1) -> ConvolutionalAutoencoder<BernoulliPixels> {
  ConvolutionalAutoencoder(
    imageShape: [8, 9, 2], maps: [3, 4], blocks: blocks, latentSize: 2, activation: .tanh,
    distribution: BernoulliPixels(channels: 2), stream: RandomStream(seed: seed))
}

private func hierarchical(seed: UInt64) -> HierarchicalAutoencoder<BernoulliPixels> {
  HierarchicalAutoencoder(
    imageShape: [4, 6, 2], blocks: [1, 2, 1], width: 4, narrow: 3, latents: 2, activation: .tanh,
    distribution: BernoulliPixels(channels: 2), stream: RandomStream(seed: seed))
}

struct ImageModelTests {
  @Test func everyParameterOfAConvolutionalModelLearns() { expectEveryParameterLearns(convolutional(seed: 3)) }
  @Test func everyParameterOfAHierarchicalModelLearns() { expectEveryParameterLearns(hierarchical(seed: 3)) }

  @Test(arguments: [
    Objective(samples: 2), Objective(samples: 2, divergence: .sampled), Objective(bound: .iwae, samples: 2),
  ])
  func gradientsAreThoseOfFiniteDifferences(_ objective: Objective) {
    expectGradientsOfDifferences(shaken(convolutional(seed: 4)), objective)
    expectGradientsOfDifferences(shaken(hierarchical(seed: 4), by: 0.15), objective)
  }

  @Test func picturesComeBackInTheirOwnSize() {
    for side in [(7, 9), (28, 20), (5, 4)] {
      let model = ConvolutionalAutoencoder(
        imageShape: [side.0, side.1, 3], maps: [2, 3], blocks: 0, latentSize: 2, activation: .relu,
        distribution: LogisticPixels(channels: 3), stream: RandomStream(seed: 1))
      #expect(model.expectation(given: Tensor(repeating: 0, shape: [2, 2])).shape == [2, side.0 * side.1 * 3])
    }
  }

  @Test func latentsOfAHierarchyAreStandardNormalUnderThePrior() {
    let model = shaken(hierarchical(seed: 6), by: 0.15)
    #expect(model.latentSize == 2 * (1 + 2 * 6 + 24))
    expectOneSetOfLatents(model)
  }

  /// The closed form of each block's divergence is the mean of what is drawn.
  @Test func divergencesOfAHierarchyAgree() {
    let model = shaken(hierarchical(seed: 7), by: 0.15)
    let x = sampleData(model, 1)
    let encoding = model.encode(x)
    let noise = RandomStream(seed: 8).normal([4000, 1, model.noiseSize])
    func means(_ form: DivergenceForm) -> Tensor {
      let all = model.evidence(of: x, given: encoding, noise: noise, divergence: form).divergence  // [K, 1, G]
      return all.meanOverFirst()
    }
    let (analytic, sampled) = (means(.analytic).scalars, means(.sampled).scalars)
    #expect(analytic.count == 4)
    for (a, s) in zip(analytic, sampled) {
      #expect(a > 0 && abs(a - s) < 0.05 + 0.05 * a, "\(a) in closed form, \(s) drawn")
    }
  }

  @Test func aHierarchyBeginsWithoutCost() {
    let model = hierarchical(seed: 9)
    let x = sampleData(model)
    let evidence = model.evidence(of: x, noise: sampleNoise(model), divergence: .analytic)
    #expect(evidence.divergence.scalars.allSatisfy { abs($0) < 1e-5 })
  }

  @Test func resolutionsEndInOnePixel() {
    #expect(BottomUpLevel.sizes(of: Extent(28), levels: 4) == [28, 14, 7, 1])
    #expect(BottomUpLevel.sizes(of: Extent(height: 28, width: 20), levels: 3)?.last == Extent(height: 7, width: 5))
    #expect(BottomUpLevel.sizes(of: Extent(4), levels: 3) == [4, 2, 1])
    #expect(BottomUpLevel.sizes(of: Extent(4), levels: 4) == nil)
  }

  @Test func trainsResumesAndComesBackFromAFile() throws {
    try expectRoundTrip { hierarchical4x4($0) }
    try expectRoundTrip {
      ConvolutionalAutoencoder(
        imageShape: [4, 4, 1], maps: [12], blocks: 1, latentSize: 3, activation: .silu,
        distribution: BernoulliPixels(), stream: RandomStream(seed: $0))
    }
  }

  private func hierarchical4x4(_ seed: UInt64) -> HierarchicalAutoencoder<BernoulliPixels> {
    HierarchicalAutoencoder(
      imageShape: [4, 4, 1], blocks: [1, 1, 1], width: 8, narrow: 4, latents: 1, activation: .silu,
      distribution: BernoulliPixels(), stream: RandomStream(seed: seed))
  }
}
