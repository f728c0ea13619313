import Foundation
import Tensors
import Testing

@testable import LatentAnalysis

/// Examples of every combination of factor values, so that factors know nothing of each other.
enum Combinations {
  /// Factors of `sizes` values, each combination `times`: the values [N, factors], the last factor fastest.
  static func values(_ sizes: [Int], times: Int) -> [Float] {
    let all = sizes.reduce(1, *)
    return (0..<all * times).flatMap { index -> [Float] in
      var rest = index % all
      return sizes.reversed().map { size in
        defer { rest /= size }
        return Float(rest % size)
      }.reversed()
    }
  }

  static func factors(_ sizes: [Int], times: Int) throws -> KnownFactors {
    try KnownFactors(names: sizes.indices.map { "factor \($0)" }, values: values(sizes, times: times))
  }
}

struct DisentanglementTests {
  private static let sizes = [3, 4, 5]
  private let values = Tensor(Combinations.values(sizes, times: 40), shape: [2400, 3])

  private func report(_ codes: Tensor, seed: UInt64 = 0, threads: Int = 2) throws -> DisentanglementReport {
    DisentanglementReport(
      of: codes, try Combinations.factors(Self.sizes, times: 40), threads: threads, seed: seed)
  }

  /// Codes that are the factors themselves, whatever their scale, sign and order.
  @Test func perfectCodesHaveTheKnownScores() throws {
    let (a, b, c) = (values.columns(0..<1), values.columns(1..<2), values.columns(2..<3))
    let found = try report((c.scaled(by: -0.3, plus: 7)).joined(with: a).joined(with: b.scaled(by: 20)))
    // One latent knows all of a factor, the others nothing.
    #expect(abs(found.informationGap.score - 1) < 1e-9)
    #expect(abs(found.informationGap.information[1][0] - log(3)) < 1e-9)
    #expect(found.completeness.disentanglement > 0.999 && found.completeness.completeness > 0.999)
    #expect(found.completeness.informativeness == 1)
    // One latent predicts all, the others no better than chance, 1/3, 1/4 and 1/5, which splits of one half to learn from find.
    #expect(found.predictability.scores[0][2] == 1 && found.predictability.scores[2][1] == 1)
    #expect(abs(found.predictability.score - (2.0 / 3 + 3.0 / 4 + 4.0 / 5) / 3) < 0.04)
    #expect(found.factorScore == 1 && found.betaScore > 0.999)
    #expect(abs(found.chance - 1.0 / 3) < 1e-12 && found.factorSizes == [3, 4, 5])
  }

  @Test func codesThatKnowNothingAreNearChance() throws {
    let found = try report(RandomStream(seed: 9).normal([2400, 3]))
    #expect(found.informationGap.score < 0.02)
    #expect(found.predictability.score < 0.05)
    #expect(found.completeness.disentanglement < 0.1 && found.completeness.completeness < 0.1)
    #expect(abs(found.completeness.informativeness - (1.0 / 3 + 1.0 / 4 + 1.0 / 5) / 3) < 0.05)
    #expect(abs(found.factorScore - 1.0 / 3) < 0.08 && abs(found.betaScore - 1.0 / 3) < 0.08)
  }

  /// Two factors of one distribution in two latents, with noise, without which one turned latent knows both. Turned by an
  /// eighth of a circle, the latents are alike to both factors, so all that asks which is whose says nothing; trees can still
  /// tell the factors.
  @Test func turnedCodesFallBetween() throws {
    let factors = try Combinations.factors([5, 5], times: 60)
    let values = Combinations.values([5, 5], times: 60).map { $0 - 2 }
    let noise = RandomStream(seed: 5).normal([1500, 2]).scalars
    func turned(_ degrees: Double) -> DisentanglementReport {
      let (c, s) = (Float(cos(degrees * .pi / 180)), Float(sin(degrees * .pi / 180)))
      let codes = stride(from: 0, to: values.count, by: 2).flatMap { (index: Int) -> [Float] in
        let (a, b) = (values[index], values[index + 1])
        return [c * a - s * b + 0.3 * noise[index], s * a + c * b + 0.3 * noise[index + 1]]
      }
      return DisentanglementReport(of: Tensor(codes, shape: [1500, 2]), factors, threads: 2)
    }
    let (straight, slightly, eighth) = (turned(0), turned(15), turned(45))
    let scores: [(DisentanglementReport) -> Double] = [
      { $0.informationGap.score }, { $0.predictability.score }, { $0.completeness.disentanglement },
      { $0.completeness.completeness },
    ]
    for score in scores {
      #expect(score(straight) > score(slightly) + 0.1 && score(slightly) > score(eighth) + 0.03)
      #expect(score(eighth) < 0.1)
    }
    #expect(straight.factorScore == 1 && straight.betaScore > 0.999)
    // With the variances cos^2 and sin^2 of 1 the argmin over 64 examples is still right at 15 degrees.
    #expect(slightly.factorScore > 0.99 && abs(eighth.factorScore - 0.5) < 0.06)
    #expect(slightly.betaScore > 0.99 && abs(eighth.betaScore - 0.5) < 0.06)
    #expect(eighth.completeness.informativeness > 0.6)
  }

  @Test func scoresAreThoseOfTheSeedWhateverTheThreads() throws {
    let codes = values + RandomStream(seed: 1).normal([2400, 3])
    func numbers(_ report: DisentanglementReport) -> [Double] {
      [
        report.informationGap.score, report.predictability.score, report.completeness.disentanglement,
        report.completeness.completeness, report.completeness.informativeness, report.factorScore, report.betaScore,
      ]
    }
    let first = try numbers(report(codes))
    #expect(try numbers(report(codes, threads: 1)) == first)
    #expect(try numbers(report(codes, seed: 1)) != first)
    #expect(first.allSatisfy { $0 > 0.05 && $0 < 1.0001 })
  }

  /// A latent that hardly moves is dead to FactorVAE's score, though it knows everything.
  @Test func deadLatentsHaveNoVote() throws {
    let factors = try Combinations.factors(Self.sizes, times: 40)
    let stream = RandomStream(seed: 3)
    #expect(FactorVote.score(codes: values, factors: factors, stream: stream) == 1)
    let dead = FactorVote.score(codes: values.scaled(by: 0.01), factors: factors, stream: stream)
    #expect(abs(dead - 1.0 / 3) < 0.05)
    let alone = values.columns(0..<1).joined(with: values.columns(1..<3).scaled(by: 0.01))
    #expect(abs(FactorVote.score(codes: alone, factors: factors, stream: stream) - 1.0 / 3) < 0.05)
  }
}
