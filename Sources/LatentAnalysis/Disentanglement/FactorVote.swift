import Foundation
import Tensors

/// The score of Kim and Mnih 2018 (FactorVAE): of a set of examples that share one factor's value, the latent that varies least
/// tells which factor it was. 1 where each factor has a latent of its own that nothing else moves; chance is 1 / factors.
///
/// A vote: a factor and one of its values are drawn, then 64 examples with that value; each latent's variance over them is
/// divided by that over all examples. The factor that most of 10,000 votes for a latent belong to is the latent's; the score is
/// the part of 5,000 further votes that are right. Latents whose posterior means deviate by less than 0.05 are dead and have
/// no vote (as Locatello et al. 2019 do).
enum FactorVote {
  static let examples = 64
  static let learned = 10_000
  static let judged = 5000
  static let leastDeviation: Float = 0.05

  /// The score of posterior means [N, L].
  static func score(codes: Tensor, factors: KnownFactors, stream: RandomStream) -> Double {
    let size = codes.shape[1]
    let mean = codes.meanOverFirst()
    let variances = square(codes - mean).meanOverFirst().scalars
    let live = (0..<size).filter { variances[$0].squareRoot() >= leastDeviation }
    let groups = SharedFactors(factors)
    /// The factor that is shared, and which of the live latents varies least.
    func vote(_ stream: RandomStream) -> (factor: Int, latent: Int) {
      let factor = groups.factor(stream)
      let group = groups.group(sharing: factor, stream)
      var (sums, squares) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
      let draws = stream["draws"]
      for draw in 0..<examples {
        let row = codes.pointer + group[draws.integer(below: group.count, at: draw)] * size
        for latent in live {
          // About the mean of all, so that little is lost to rounding.
          let value = Double(row[latent] - mean.pointer[latent])
          sums[latent] += value
          squares[latent] += value * value
        }
      }
      let n = Double(examples)
      let spread = live.map { (squares[$0] - sums[$0] * sums[$0] / n) / (n - 1) / Double(variances[$0]) }
      // Where no latent is alive all votes are the same.
      return (factor, live.indices.min { spread[$0] < spread[$1] } ?? 0)
    }
    var votes = [[Int]](repeating: [Int](repeating: 0, count: factors.names.count), count: max(live.count, 1))
    for index in 0..<learned {
      let (factor, latent) = vote(stream["learned"][index])
      votes[latent][factor] += 1
    }
    let owners = votes.map { counts in counts.indices.max { (counts[$0], $1) < (counts[$1], $0) }! }
    let right = (0..<judged).count { index in
      let (factor, latent) = vote(stream["judged"][index])
      return owners[latent] == factor
    }
    return Double(right) / Double(judged)
  }
}
