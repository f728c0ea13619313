import Foundation
import Tensors
import Testing

@testable import LatentAnalysis

struct MutualInformationGapTests {
  /// A latent that tells two halves of four values apart knows log 2 of log 4.
  @Test func halfOfAFactorIsHalf() throws {
    let factors = try Combinations.factors([4, 2], times: 20)
    let values = Combinations.values([4, 2], times: 20)
    let codes = stride(from: 0, to: values.count, by: 2).flatMap { (index: Int) -> [Float] in
      [values[index] < 2 ? 0 : 1, 0, 3 * values[index + 1]]
    }
    let gap = MutualInformationGap(codes: Tensor(codes, shape: [160, 3]), factors: factors)
    #expect(abs(gap.information[0][0] - log(2)) < 1e-9 && gap.information[1] == [0, 0])
    #expect(abs(gap.gaps[0] - 0.5) < 1e-9 && abs(gap.gaps[1] - 1) < 1e-9)
    #expect(abs(gap.score - 0.75) < 1e-9)
  }

  @Test func aFactorInTwoLatentsHasNoGap() throws {
    let factors = try Combinations.factors([4, 2], times: 20)
    let values = Combinations.values([4, 2], times: 20)
    let codes = stride(from: 0, to: values.count, by: 2).flatMap { (index: Int) -> [Float] in
      [values[index], -values[index], values[index + 1]]
    }
    let gap = MutualInformationGap(codes: Tensor(codes, shape: [160, 3]), factors: factors)
    #expect(abs(gap.gaps[0]) < 1e-9 && abs(gap.gaps[1] - 1) < 1e-9)
  }

  @Test func binsAreOfEqualWidth() {
    #expect(MutualInformationGap.bins(of: [0, 0.24, 0.26, 0.5, 1], count: 4) == [0, 0, 1, 2, 3])
    #expect(MutualInformationGap.bins(of: [3, 3, 3], count: 4) == [0, 0, 0])
  }
}
