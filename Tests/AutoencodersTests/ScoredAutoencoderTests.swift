import Autoencoders
import Foundation
import Networks
import Tensors
import Testing
import _Differentiation

/// Every kind of decoder that knows its score.
private func models() -> [any ScoredAutoencoder] {
  func model(_ activation: Activation, _ likelihood: LikelihoodSpecification) -> any ScoredAutoencoder {
    MLPSpecification.make(ExampleForm(shape: [5])) {
      ($0.hidden, $0.latent, $0.activation, $0.likelihood) = ([4, 3], 2, activation, likelihood)
    }.makeModel(RandomStream(seed: 1)) as! any ScoredAutoencoder
  }
  let gaussians = VarianceForm.allCases.flatMap { form in
    [true, false].map {
      model(.tanh, .gaussian(.init(variance: form, leastDeviation: 0.3), isBounded: $0))
    }
  }
  let dense = [model(.tanh, .bernoulli), model(.silu, .bernoulli)] + gaussians
  let convolutional: [any ScoredAutoencoder] = [
    convolutional(BernoulliPixels(channels: 2)), convolutional(GaussianPixels(channels: 2, leastDeviation: 0.3)),
    convolutional(GaussianPixels(channels: 2, isBounded: false, leastDeviation: 0.3)),
  ]
  return dense + convolutional
}

private func convolutional<Pixels: PixelDistribution>(_ pixels: Pixels) -> ConvolutionalAutoencoder<Pixels> {
  ConvolutionalAutoencoder(
    imageShape: [8, 9, 2], maps: [3, 4], blocks: 0, latentSize: 2, activation: .tanh, distribution: pixels,
    stream: RandomStream(seed: 2))
}

/// Data whose mean and deviation free means are learned in.
private struct Rows: BatchSource {
  let x: Tensor
  var count: Int { x.shape[0] }
  var exampleSize: Int { x.shape[1] }
  func batch(_ positions: ArraySlice<Int>, stream: RandomStream) -> Tensor {
    Tensor.stacked(positions.map { x.rows($0..<$0 + 1) })
  }
}

struct ScoredAutoencoderTests {
  private func data(_ model: some LatentVariableModel) -> Tensor {
    RandomStream(seed: 3).uniform([3, model.inputSize]).asConstant
  }

  @Test func scoreIsTheGradientOfTheLogLikelihood() {
    for model in models() { compareWithPullback(model) }
  }

  private func compareWithPullback<Model: ScoredAutoencoder>(_ given: Model) {
    var model = given
    let x = data(model)
    model.adapt(to: Rows(x: x))
    let z = RandomStream(seed: 4).normal([2, 3, 2])
    let (value, pullback) = valueWithPullback(at: model, z) { $0.logLikelihood(of: x, given: $1) }
    let score = pullback(Tensor(repeating: 1, shape: value.shape)).1
    let found = model.scored(of: x, given: z)
    #expect(found.score.shape == z.shape)
    for (a, b) in zip(found.value.scalars, value.scalars) { #expect(abs(a - b) < 1e-4 * max(1, abs(b))) }
    for (a, b) in zip(found.score.scalars, score.scalars) { #expect(abs(a - b) < 1e-4 * max(1, abs(b))) }
  }

  /// Of a function of value and score together, with respect to z and to every parameter, along random directions.
  @Test func derivativesAreThoseOfDifferences() {
    for model in models() { compareWithDifferences(model) }
  }

  private func compareWithDifferences<Model: ScoredAutoencoder>(_ model: Model) {
    var model = shaken(model)
    let (x, z) = (data(model), RandomStream(seed: 4).normal([2, 3, 2]))
    model.adapt(to: Rows(x: x))
    let adapted = model
    let weights = RandomStream(seed: 5).normal([2, 3, 2])
    let (dModel, dz) = gradient(at: model, z) { Self.total($0, x, $1, weights) }
    let byZ = direction(z, 6)
    expectDirectional((dz * byZ).sum(), "z") { Self.total(adapted, x, z + byZ.scaled(by: $0), weights) }
    let (names, parameters) = (model.parameterNames, model.parameters)
    for (index, part) in model.parts(of: dModel).enumerated()
    where !names[index].hasPrefix("encoder") && !names[index].hasPrefix("posterior") {
      let by = direction(parameters[index], 7 + UInt64(index))
      #expect(!part.isSymbolicZero, "\(Model.self) \(names[index])")
      expectDirectional((part * by).sum(), "\(Model.self) \(names[index])") { step in
        var moved = parameters
        moved[index] = moved[index] + by.scaled(by: step)
        return Self.total(model.replacingParameters(with: moved), x, z, weights)
      }
    }
  }

  @differentiable(reverse,wrt: (model, z))
  private static func total<Model: ScoredAutoencoder>(
    _ model: Model, _ x: Tensor, _ z: Tensor, _ weights: Tensor
  ) -> Float {
    let found = model.scored(of: x, given: z)
    return (found.score * weights).sum() + 0.3 * found.value.sum()
  }

  private func direction(_ point: Tensor, _ seed: UInt64) -> Tensor {
    let normal = RandomStream(seed: seed).normal(point.shape)
    return normal.scaled(by: 1 / Float(normal.sumOfSquares.squareRoot()))
  }

  private func expectDirectional(_ found: Float, _ what: String, _ f: (Float) -> Float) {
    let h: Float = 0.03
    let near = Double(f(h)) - Double(f(-h))
    let far = Double(f(2 * h)) - Double(f(-2 * h))
    let difference = (8 * near - far) / Double(12 * h)
    #expect(abs(Double(found) - difference) < 4e-3 + 4e-3 * abs(difference), "\(what): \(found), \(difference)")
  }
}
