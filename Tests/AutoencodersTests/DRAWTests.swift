import Datasets
import Networks
import Tensors
import Testing
import _Differentiation

@testable import Autoencoders

/// Small drawing models of 4 x 5 pixels in two channels.
private func attentive(
  steps: Int = 3, segment: Int? = nil, seed: UInt64 = 1
) -> DRAW<AttentiveGaze, BernoulliPixels> {
  let image: Shape = [4, 5, 2]
  return DRAW(
    imageShape: image, steps: steps, units: 6, latentsPerStep: 2, segment: segment,
    distribution: BernoulliPixels(channels: 2), stream: RandomStream(seed: seed)
  ) {
    AttentiveGaze(
      units: 6, imageShape: image, numbersPerPixel: 2, read: 2, write: 3, initializer: .uniformFanIn, stream: $0)
  }
}

private func whole(seed: UInt64 = 1) -> DRAW<WholeGaze, LogisticPixels> {
  let pixels = LogisticPixels(channels: 1)
  return DRAW(
    imageShape: [4, 4, 1], steps: 2, units: 6, latentsPerStep: 2, distribution: pixels, stream: RandomStream(seed: seed)
  ) { WholeGaze(units: 6, size: 16, raw: 32, initializer: .uniformFanIn, stream: $0) }
}

struct DRAWTests {
  @Test func everyParameterLearns() {
    expectEveryParameterLearns(attentive())
    expectEveryParameterLearns(whole())
  }

  @Test(arguments: [
    Objective(samples: 2), Objective(samples: 2, divergence: .sampled), Objective(bound: .iwae, samples: 2),
  ])
  func gradientsAreThoseOfFiniteDifferences(_ objective: Objective) {
    expectGradientsOfDifferences(shaken(attentive(), by: 0.15), objective)
    expectGradientsOfDifferences(shaken(whole(), by: 0.05), objective)
  }

  @Test func latentsAreStandardNormalUnderThePrior() {
    expectOneSetOfLatents(shaken(attentive(), by: 0.15))
    expectOneSetOfLatents(shaken(whole(), by: 0.05))
  }

  /// What is computed again is what was computed: the same bits, whatever is kept.
  @Test(arguments: [1, 2, 4]) func segmentsChangeNothing(segment: Int) {
    let (kept, again) = (shaken(attentive(steps: 5)), shaken(attentive(steps: 5, segment: segment)))
    let (x, noise) = (sampleData(kept), sampleNoise(kept))
    let objective = Objective(samples: 2)
    let a = valueWithGradient(at: kept) {
      objective.loss($0.evidence(of: x, noise: noise, divergence: .analytic), beta: 1)
    }
    let b = valueWithGradient(at: again) {
      objective.loss($0.evidence(of: x, noise: noise, divergence: .analytic), beta: 1)
    }
    #expect(a.value == b.value)
    for (one, other) in zip(kept.parts(of: a.gradient), again.parts(of: b.gradient)) {
      let difference = (one - other).sumOfSquares.squareRoot()
      #expect(difference <= 1e-5 * max(1e-3, one.sumOfSquares.squareRoot()))
    }
  }

  /// Less is kept, and it shows.
  @Test func segmentsSaveMemory() {
    func kept(_ segment: Int?) -> Int {
      let model = attentive(steps: 24, segment: segment)
      let (x, noise) = (sampleData(model), sampleNoise(model))
      let before = Tensor.liveCount
      let (_, pullback) = valueWithPullback(at: model) {
        $0.evidence(of: x, noise: noise, divergence: .analytic).logLikelihood
      }
      return withExtendedLifetime(pullback) { Tensor.liveCount - before }
    }
    // Other tests make tensors at the same time.
    func median(_ segment: Int?) -> Int { (0..<15).map { _ in kept(segment) }.sorted()[7] }
    let (all, few) = (median(nil), median(4))
    #expect(few * 3 < all, "\(few) tensors kept in segments, \(all) without")
  }

  @Test func divergencesOfStepsAgree() {
    let model = shaken(attentive(), by: 0.2)
    let x = sampleData(model, 1)
    let noise = RandomStream(seed: 8).normal([6000, 1, model.noiseSize])
    func means(_ form: DivergenceForm) -> [Float] {
      let all = model.evidence(of: x, given: model.encode(x), noise: noise, divergence: form).divergence  // [K, 1, T]
      return all.meanOverFirst().scalars
    }
    let (analytic, sampled) = (means(.analytic), means(.sampled))
    #expect(analytic.count == 3)
    for (a, s) in zip(analytic, sampled) {
      #expect(a > 0 && abs(a - s) < 0.03 + 0.05 * a, "\(a) in closed form, \(s) drawn")
    }
  }

  /// The last of the pictures on the way is what the latents decode to; the way of an example ends with its own latents'.
  @Test func drawingsEndWithTheExpectation() {
    let model = shaken(attentive())
    let x = sampleData(model)
    let noise = RandomStream(seed: 4).normal([3, model.latentSize])
    let z = model.latents(of: model.encode(x), noise: noise.reshaped(to: [1, 3, model.latentSize]))
      .reshaped(to: [3, model.latentSize])
    let (made, seen) = (model.drawing(given: z), model.drawing(like: x, noise: noise))
    let expected = model.expectation(given: z)
    for steps in [made, seen] {
      #expect(steps.map(\.writing.count) == [3, 3, 3])
      for (a, b) in zip(steps.last!.pictures.scalars, expected.scalars) { #expect(abs(a - b) < 1e-5) }
    }
    #expect(seen.map(\.reading.count) == [3, 3, 3])
    #expect(made.map(\.reading.count) == [0, 0, 0])
    #expect(whole().drawing(given: Tensor(repeating: 0, shape: [1, 4]))[0].writing.isEmpty)
  }

  /// A layer that says nothing looks at all of the picture.
  @Test func attentionBeginsWithTheWholePicture() {
    var attention = Attention(units: 2, points: 4, height: 9, width: 9, stream: RandomStream(seed: 1))
    attention.place.bias = Tensor(repeating: 0, shape: [5])
    let frame = attention.frames(Tensor(repeating: 0, shape: [1, 2]))[0]
    #expect((frame.x, frame.y, frame.deviation) == (4, 4, 1))
    #expect(abs(frame.side - 8) < 1e-5)
  }

  /// Before the first step a canvas shows the data's mean, whatever the likelihood.
  @Test func canvasesBeginWithTheMeanOfTheData() {
    let picture = Tensor([0.2, 0.5, 0.7, 0.9, 0.4, 0.1])
    let distributions: [any CanvasDistribution] = [
      BernoulliPixels(channels: 3), GaussianPixels(channels: 3), GaussianPixels(channels: 3, isBounded: false),
      LogisticPixels(channels: 3),
    ]
    for distribution in distributions {
      let canvas = distribution.canvas(showing: picture)
      #expect(canvas.count == 2 * distribution.numbersPerPixel)
      let shown = distribution.shown(canvas.reshaped(to: [1, canvas.count])).scalars
      for (a, b) in zip(shown, picture.scalars) { #expect(abs(a - b) < 1e-6, "\(distribution)") }
    }
    var model = attentive()
    model.adapt(
      to: Examples(
        Dataset(name: "grey", exampleShape: [4, 5, 2], values: .floats([Float](repeating: 0.25, count: 80)))))
    for value in distribution(model.blank(2)) { #expect(abs(value - 0.25) < 1e-6) }
  }

  private func distribution(_ canvas: Tensor) -> [Float] { BernoulliPixels(channels: 2).shown(canvas).scalars }

  @Test func missingPixelsAddNothing() {
    let model = shaken(attentive())
    var x = sampleData(model, 1)
    x.withMutablePointer { $0[7] = .nan }
    let evidence = model.evidence(of: x, noise: sampleNoise(model, draws: 1, 1), divergence: .analytic)
    for value in evidence.logLikelihood.scalars + evidence.divergence.scalars { #expect(value.isFinite) }
  }

  @Test func trainsResumesAndComesBackFromAFile() throws {
    func bars<Sight: Gaze>(_ seed: UInt64, _ gaze: (RandomStream) -> Sight) -> DRAW<Sight, BernoulliPixels> {
      DRAW(
        imageShape: [4, 4, 1], steps: 3, units: 16, latentsPerStep: 3, segment: 2, distribution: BernoulliPixels(),
        stream: RandomStream(seed: seed), gaze: gaze)
    }
    try expectRoundTrip { seed in
      bars(seed) {
        AttentiveGaze(
          units: 16, imageShape: [4, 4, 1], numbersPerPixel: 1, read: 2, write: 3, initializer: .uniformFanIn,
          stream: $0)
      }
    }
    try expectRoundTrip { seed in
      bars(seed) { WholeGaze(units: 16, size: 16, raw: 16, initializer: .uniformFanIn, stream: $0) }
    }
  }
}
