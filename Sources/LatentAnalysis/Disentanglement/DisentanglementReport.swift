import Tensors

/// How far the latents of a representation each stand for one known factor: five scores, none of which agrees with the others
/// on everything (Locatello et al. 2019). All are about posterior means, higher is better, 1 is the most.
public struct DisentanglementReport: Sendable {
  /// Examples.
  public let count: Int
  /// The factors that vary.
  public let factorNames: [String]
  /// Classes of each.
  public let factorSizes: [Int]
  /// Factors that take one value only, and are left out.
  public let constantNames: [String]
  /// MIG.
  public let informationGap: MutualInformationGap
  /// DCI.
  public let completeness: DisentanglementCompleteness
  /// SAP.
  public let predictability: AttributePredictability
  /// FactorVAE's score: ``FactorVote``.
  public let factorScore: Double
  /// beta-VAE's score: ``PairDifference``.
  public let betaScore: Double

  /// What guessing gives as the last two scores.
  public var chance: Double { 1 / Double(factorNames.count) }
}

extension DisentanglementReport {
  /// Scores of posterior means [N, L] of examples with known factors.
  ///
  /// Traps unless there are as many, and all means are finite.
  /// - Parameters:
  ///   - threads: cores to use; the scores do not depend on it.
  ///   - seed: of the split of the examples, the trees and the votes.
  public init(of codes: Tensor, _ factors: KnownFactors, threads: Int = 1, seed: UInt64 = 0) {
    require(
      codes.shape.rank == 2 && codes.shape[0] == factors.count && codes.count > 0 && codes.isFinite,
      "disentanglement: codes \(codes.shape) of \(factors.count) examples; expected [N, L], all finite")
    let stream = RandomStream(seed: seed)["evaluation"]["disentanglement"]
    let data = SortedColumns(codes.columnScalars)
    let split = HalfSplit(of: factors.count, stream: stream["split"])
    let latents = data.columns.count
    let columns = Parallel.map(factors.names.count, threads: threads) { factor in
      DisentanglementCompleteness.column(
        data, factors.classes[factor], classes: factors.sizes[factor], split: split, stream: stream["trees"][factor])
    }
    let predicted = Parallel.map(latents * factors.names.count, threads: threads) { index in
      let (latent, factor) = (index / factors.names.count, index % factors.names.count)
      return AttributePredictability.score(
        data.columns[latent], factors.classes[factor], classes: factors.sizes[factor], split: split)
    }
    self.init(
      count: factors.count, factorNames: factors.names, factorSizes: factors.sizes,
      constantNames: factors.constantNames, informationGap: MutualInformationGap(codes: codes, factors: factors),
      completeness: DisentanglementCompleteness(
        importances: (0..<latents).map { latent in columns.map { $0.importances[latent] } },
        accuracies: columns.map(\.accuracy)),
      predictability: AttributePredictability(
        scores: (0..<latents).map { Array(predicted[$0 * factors.names.count..<($0 + 1) * factors.names.count]) },
        sizes: factors.sizes),
      factorScore: FactorVote.score(codes: codes, factors: factors, stream: stream["factor"]),
      betaScore: PairDifference.score(codes: codes, factors: factors, stream: stream["beta"]))
  }
}
