import Foundation
import LatentAnalysis
import Tensors
import Testing

struct FactorReadingTests {
  /// Codes of which the second is the factor, a little noise beside it, and the first is noise.
  private let noise = RandomStream(seed: 1).normal([400, 2]).scalars
  private var truth: [Float] { (0..<400).map { Float($0 % 20) * 5 } }
  private var codes: Tensor {
    let pairs = (0..<400).map { index -> [Float] in
      let read: Float = 3 - 0.1 * truth[index]
      return [noise[2 * index], read + 0.1 * noise[2 * index + 1]]
    }
    return Tensor(pairs.flatMap { $0 }, shape: [400, 2])
  }

  @Test func theBestLatentIsFoundAndRead() {
    let best = FactorReading.best(of: truth, from: codes)
    #expect(best.units == [1])
    let score = best.score(truth, codes)
    // Noise of a unit of the factor, mean absolute sqrt(2 / pi).
    #expect(score.correlation > 0.999 && abs(score.error - 0.8) < 0.1, "\(score)")
    #expect(abs(best.values(from: codes)[3] - 15) < 4)
    let other = FactorReading(of: truth, from: codes, units: [0]).score(truth, codes)
    #expect(abs(other.correlation) < 0.2)
  }

  @Test func allLatentsReadWhatNoneDoesAlone() {
    let pairs = (0..<400).map { index -> [Float] in [noise[2 * index], truth[index] - 50 * noise[2 * index]] }
    let sum = Tensor(pairs.flatMap { $0 }, shape: [400, 2])
    #expect(FactorReading(of: truth, from: sum, units: [0, 1]).score(truth, sum).correlation > 0.9999)
    #expect(FactorReading.best(of: truth, from: sum).score(truth, sum).correlation < 0.8)
  }

  @Test func anglesGoRound() {
    let angles = (0..<72).map { Float($0 * 5) }
    let places = angles.map { angle -> [Float] in
      let radians = angle * .pi / 180
      return [cos(radians), 2 + sin(radians)]
    }
    let circle = Tensor(places.flatMap { $0 }, shape: [72, 2])
    let reading = FactorReading(of: angles, from: circle, units: [0, 1], period: 360)
    let score = reading.score(angles, circle)
    #expect(score.correlation > 0.9999 && score.error < 0.1)
    // One number can't go round: a half of it is lost.
    #expect(FactorReading(of: angles, from: circle, units: [0], period: 360).score(angles, circle).correlation < 0.8)
    // Of three the two that go round are found.
    let three = Tensor(places.enumerated().flatMap { [$1[0], Float($0 % 7), $1[1]] }, shape: [72, 3])
    #expect(FactorReading.best(of: angles, from: three, period: 360).units == [0, 2])
  }

  @Test func latentsThatNeverChangeDoNotMatter() {
    let scalars = codes.scalars
    let dead = Tensor(scalars.indices.map { $0 % 2 == 0 ? 0 : scalars[$0] }, shape: [400, 2])
    #expect(FactorReading(of: truth, from: dead, units: [0, 1]).score(truth, dead).correlation > 0.999)
    #expect(FactorReading(of: truth, from: dead, units: [0]).score(truth, dead).correlation == 0)
  }

  /// A latent that says the factor with one sign in one half and with the other in the other: nothing on the whole.
  @Test func partsHaveLinesOfTheirOwn() {
    let truth = (0..<40).map { Float($0 % 20) }
    let codes = Tensor((0..<40).map { ($0 < 20 ? 1 : -1) * Float($0 % 20) }, shape: [40, 1])
    #expect(abs(FactorReading(of: truth, from: codes, units: [0]).score(truth, codes).correlation) < 0.6)
    for half in [Array(0..<20), Array(20..<40)] {
      let reading = FactorReading(of: truth, from: codes, units: [0], examples: half)
      #expect(reading.score(truth, codes, examples: half).correlation > 0.9999)
      #expect(reading.score(truth, codes, examples: half).error < 1e-3)
      #expect(FactorReading.best(of: truth, from: codes, examples: half).units == [0])
    }
  }
}
