import Tensors
import Testing

@testable import Autoencoders

struct EvidenceTests {
  private let whole = Evidence(
    logLikelihood: RandomStream(seed: 1).normal([3, 7]), divergence: RandomStream(seed: 2).normal([3, 7, 2]))

  private func part(_ e: Evidence, _ range: Range<Int>) -> Evidence {
    let (draws, groups) = (e.divergence.shape[0], e.divergence.shape[2])
    return Evidence(
      logLikelihood: e.logLikelihood.columns(range),
      divergence: e.divergence.reshaped(to: [draws, e.divergence.count / draws])
        .columns(range.lowerBound * groups..<range.upperBound * groups).reshaped(to: [draws, range.count, groups]))
  }

  @Test(arguments: [[0..<7], [0..<4, 4..<7], [0..<2, 2..<6, 6..<7]])
  func shardsJoinToTheWhole(_ ranges: [Range<Int>]) {
    let joined = Evidence.joining(ranges.map { part(whole, $0) })
    #expect(joined.logLikelihood == whole.logLikelihood)
    #expect(joined.divergence == whole.divergence)
  }

  @Test func analyticShardsJoinToo() {
    let analytic = Evidence(logLikelihood: whole.logLikelihood, divergence: RandomStream(seed: 3).normal([1, 7, 2]))
    let joined = Evidence.joining([part(analytic, 0..<3), part(analytic, 3..<7)])
    #expect(joined.divergence == analytic.divergence)
    #expect(joined.logWeight == analytic.logWeight)
  }

  @Test func gradientIsHandedBackToItsExamples() {
    var gradient = Evidence.TangentVector.zero
    gradient.logLikelihood = RandomStream(seed: 4).normal([3, 7])
    gradient.divergence = RandomStream(seed: 5).normal([3, 7, 2])
    let handed = whole.gradient(gradient, ofExamples: 2..<6)
    let expected = part(Evidence(logLikelihood: gradient.logLikelihood, divergence: gradient.divergence), 2..<6)
    #expect(handed.logLikelihood == expected.logLikelihood)
    #expect(handed.divergence == expected.divergence)
    let nothing = whole.gradient(.zero, ofExamples: 2..<6)
    #expect(nothing.logLikelihood.isSymbolicZero && nothing.divergence.isSymbolicZero)
  }

  @Test func logWeightTakesTheSameAnalyticDivergenceFromEveryDraw() {
    let e = Evidence(
      logLikelihood: Tensor([1, 2, 3, 4], shape: [2, 2]), divergence: Tensor([0.5, 0.25, 1, 1], shape: [1, 2, 2]))
    #expect(e.logWeight == Tensor([0.25, 0, 2.25, 2], shape: [2, 2]))
  }
}
