import Foundation
import LatentAnalysis
import Testing

struct SampleScoresTests {
  @Test func oneSampleIsAGaussian() {
    let density = SampleScores.kernelLogDensity(of: [1, 2], samples: [[1, 4]], bandwidth: 2)
    #expect(abs(density - (-0.5 - Foundation.log(2 * .pi * 4))) < 1e-12)
  }

  @Test func samplesShareTheirMass() {
    let near = SampleScores.kernelLogDensity(of: [0], samples: [[0]], bandwidth: 1)
    let half = SampleScores.kernelLogDensity(of: [0], samples: [[0], [100]], bandwidth: 1)
    #expect(abs(near - half - Foundation.log(2)) < 1e-12)
  }

  /// Of truths one away from their samples in four dimensions, a deviation of one half: 1 / sqrt(4).
  @Test func theBestBandwidthIsThatOfTheErrors() {
    let truths = (0..<10).map { [Float($0), 0, 0, 1] }
    let samples = truths.map { [[$0[0], 0, 0, 0] as [Float]] }
    #expect(SampleScores.bestBandwidth(truths, samples: samples, from: [0.1, 0.25, 0.5, 1, 2]).bandwidth == 0.5)
  }

  @Test func theNearestGetsNoFarther() {
    let found = SampleScores.leastDistances(of: [0, 0], samples: [[3, 4], [6, 8], [0, 1]])
    #expect(found == [5, 5, 1])
  }
}
