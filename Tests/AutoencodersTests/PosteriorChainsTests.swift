import Autoencoders
import Foundation
import Tensors
import Testing

struct PosteriorChainsTests {
  private let model = LinearGaussianModel.sparse(latents: 3, seed: 1)

  private func moved(_ temperature: Float, seed: UInt64, moves: Int) -> PosteriorChains<LinearGaussianModel> {
    let x = model.draws(4, seed: 2)
    var chains = PosteriorChains(model, x: x, chains: 1500, stream: RandomStream(seed: seed)["start"])
    for i in 0..<moves {
      chains.move(
        temperature: temperature, steps: [0.3, 0.3, 0.25, 0.2], leapfrogs: 5, stream: RandomStream(seed: seed)[i])
    }
    return chains
  }

  /// The posterior of the linear model is the encoder's q(z|x), exactly.
  @Test func chainsReachThePosterior() {
    let chains = moved(1, seed: 3, moves: 40)
    let q = model.encode(chains.x)
    for cell in 0..<12 {
      let values = (0..<1500).map { Double(chains.z.scalars[$0 * 12 + cell]) }
      let deviation = Foundation.exp(0.5 * Double(q.logVariance.scalars[cell]))
      #expect(abs(values.mean - Double(q.mean.scalars[cell])) < 4.5 * deviation / 1500.0.squareRoot())
      let found = values.standardError * 1500.0.squareRoot()
      #expect(abs(found / deviation - 1) < 4.5 / 3000.0.squareRoot())
    }
  }

  @Test func chosenStartsAreNearlyPosteriorDraws() {
    let x = model.draws(4, seed: 2)
    let q = model.encode(x)
    func distances(_ chains: PosteriorChains<LinearGaussianModel>) -> [Double] {
      (0..<12).map { cell in
        let values = (0..<200).map { Double(chains.z.scalars[$0 * 12 + cell]) }
        let deviation = Foundation.exp(0.5 * Double(q.logVariance.scalars[cell]))
        return abs(values.mean - Double(q.mean.scalars[cell])) / deviation
      }
    }
    let stream = RandomStream(seed: 6)
    let chosen = distances(PosteriorChains(model, x: x, chains: 200, of: 20_000, stream: stream))
    let prior = distances(PosteriorChains(model, x: x, chains: 200, stream: stream))
    #expect(chosen.max()! < 0.4, "in deviations of the posterior: \(chosen)")
    #expect(prior.max()! > 1)
  }

  @Test func atTemperatureZeroChainsStayInThePrior() {
    let chains = moved(0, seed: 4, moves: 10)
    let values = chains.z.scalars.map(Double.init)
    #expect(abs(values.mean) < 4.5 / 18_000.0.squareRoot())
    #expect(abs(values.map { $0 * $0 }.mean - 1) < 4.5 * (2 / 18_000.0).squareRoot())
  }

  @Test func likelihoodsAreThoseOfWhereChainsAre() {
    let chains = moved(1, seed: 5, moves: 3)
    let expected = model.logLikelihood(of: chains.x, given: chains.z).scalars
    for (a, b) in zip(chains.logLikelihoods, expected) { #expect(abs(a - b) < 1e-3 * (1 + abs(b))) }
  }

  /// Small steps keep the energy, so that all is accepted; at steps beyond the leapfrog's limit nothing is.
  @Test func acceptanceFallsWithTheStep() {
    let x = model.draws(4, seed: 6)
    func acceptance(_ step: Float) -> Double {
      var chains = PosteriorChains(model, x: x, from: Tensor(repeating: 0.1, shape: [200, 4, 3]))
      let chances = chains.move(steps: [step, step, step, step], leapfrogs: 5, stream: RandomStream(seed: 7))
      return chances.map(Double.init).mean
    }
    #expect(acceptance(0.01) > 0.99)
    #expect(acceptance(0.3) < acceptance(0.05))
    #expect(acceptance(20) < 0.01)
  }

  @Test func tunerFindsTheAcceptanceItIsAskedFor() {
    let x = model.draws(4, seed: 8)
    var chains = PosteriorChains(model, x: x, chains: 64, stream: RandomStream(seed: 9)["start"])
    var tuner = StepTuner(examples: 4, from: 0.02, target: 0.8)
    var last: [Float] = []
    for i in 0..<300 {
      let chances = chains.move(steps: tuner.steps, leapfrogs: 5, stream: RandomStream(seed: 9)[i])
      tuner.take(chances)
      if i >= 250 { last += chances }
    }
    #expect(abs(last.map(Double.init).mean - 0.8) < 0.04)
  }

  @Test func sameSeedSameChains() {
    let (a, b) = (moved(1, seed: 10, moves: 2), moved(1, seed: 10, moves: 2))
    #expect(a.z == b.z && a.logLikelihoods == b.logLikelihoods)
    #expect(moved(1, seed: 11, moves: 2).z != a.z)
  }

  @Test func trapsOnStartsThatDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      let model = LinearGaussianModel.sparse(latents: 3, seed: 1)
      _ = PosteriorChains(model, x: model.draws(4, seed: 2), from: Tensor(repeating: 0, shape: [2, 3, 3]))
    }
  }
}
