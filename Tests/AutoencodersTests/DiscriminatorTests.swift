import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

@testable import Autoencoders

struct DiscriminatorTests {
  @Test func gradientReachesEveryWeightAndIsThatOfDifferences() {
    let (a, b) = (sampleTensor([6, 3], seed: 2), sampleTensor([6, 3], seed: 3))
    // Without hidden layers, whose bends differences would step over.
    expectGradient(at: Discriminator(latents: 3, hidden: [], stream: RandomStream(seed: 1)), tolerance: 2e-3) {
      softplus(-$0.logRatio(a)) + softplus($0.logRatio(b))
    }
    let point = Discriminator(latents: 3, hidden: [5, 4], stream: RandomStream(seed: 1))
    let gradient = gradient(at: point) { $0.loss(drawn: a, shuffled: b) }
    #expect(point.parts(of: gradient).allSatisfy { !$0.isSymbolicZero && $0.scalars.contains { $0 != 0 } })
  }

  @Test func chargeHasTheGradientOfItsValue() {
    let critic = Critic(DiscriminatorSettings(hidden: [6]), latents: 2, stream: RandomStream(seed: 1))
    let z = sampleTensor([2, 3, 2], seed: 5)
    let (value, gradient) = critic.totalCorrelation(z)
    #expect(gradient.shape == z.shape)
    for index in 0..<12 {
      func moved(_ step: Float) -> Float {
        var z = z
        z.withMutablePointer { $0[index] += step }
        return critic.totalCorrelation(z).value
      }
      expectClose(gradient.scalars[index], (moved(0.01) - moved(-0.01)) / 0.02, absolute: 1e-3)
    }
    #expect(value.isFinite)
  }

  @Test func shufflingKeepsEachLatentsNumbers() {
    let z = sampleTensor([50, 3], seed: 1)
    let shuffled = Critic.shuffled(z, RandomStream(seed: 2))
    for column in 0..<3 {
      #expect(
        shuffled.columns(column..<column + 1).scalars.sorted() == z.columns(column..<column + 1).scalars.sorted())
    }
    #expect(shuffled != z && shuffled == Critic.shuffled(z, RandomStream(seed: 2)))
    // Rows are broken up: the orders are different ones.
    let pairs = Set(zip(z.columns(0..<1).scalars, z.columns(1..<2).scalars).map { [$0, $1] })
    #expect(
      zip(shuffled.columns(0..<1).scalars, shuffled.columns(1..<2).scalars).count { pairs.contains([$0, $1]) } < 10)
  }

  /// Of two normal numbers with correlation r it is -log(1 - r^2) / 2.
  @Test func criticLearnsTheTotalCorrelationOfGaussians() {
    let correlation: Float = 0.9
    var critic = Critic(
      DiscriminatorSettings(hidden: [32, 32], rate: 0.003), latents: 2, stream: RandomStream(seed: 1))
    func draws(_ count: Int, _ stream: RandomStream) -> Tensor {
      let e = stream.normal([count, 2]).scalars
      return Tensor(
        (0..<count).flatMap { (row: Int) -> [Float] in
          [e[2 * row], correlation * e[2 * row] + sqrt(1 - correlation * correlation) * e[2 * row + 1]]
        },
        shape: [1, count, 2])
    }
    let stream = RandomStream(seed: 7)
    for step in 0..<1500 {
      critic.learn(from: draws(256, stream["draws"][step]), stream: stream["order"][step], threads: 2)
    }
    let found = critic.totalCorrelation(draws(20_000, stream["judged"])).value
    expectClose(found, -0.5 * log(1 - correlation * correlation), absolute: 0.1)
  }

  @Test func shardsMakeOneStep() {
    func learned(_ threads: Int) -> [Tensor] {
      var critic = Critic(DiscriminatorSettings(hidden: [7]), latents: 3, stream: RandomStream(seed: 1))
      critic.learn(from: sampleTensor([2, 9, 3], seed: 4), stream: RandomStream(seed: 2), threads: threads)
      return critic.discriminator.parameters
    }
    for (a, b) in zip(learned(1), learned(3)) { expectClose(a, b, absolute: 1e-6) }
  }
}
