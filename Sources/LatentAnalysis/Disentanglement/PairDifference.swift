import Tensors

/// The score of Higgins et al. 2017 (beta-VAE): of pairs of examples that share one factor's value, how far the latents are
/// apart tells a linear classifier which factor it was. 1 where each factor has directions of its own; it does not ask that
/// these be the axes' own alone. Chance is 1 / factors.
///
/// One case: a factor is drawn, then 64 pairs, each of two examples with one value of it; features are the mean absolute
/// differences of the posterior means. Multinomial logistic regression learns from 5,000 cases; the score is the part of 5,000
/// further ones that it tells rightly.
enum PairDifference {
  static let pairs = 64
  static let learned = 5000
  static let judged = 5000

  /// The score of posterior means [N, L].
  static func score(codes: Tensor, factors: KnownFactors, stream: RandomStream) -> Double {
    let groups = SharedFactors(factors)
    let (features, labels) = cases(learned, codes, groups, stream["learned"])
    let (others, truth) = cases(judged, codes, groups, stream["judged"])
    let classifier = LinearClassifier(features, labels, classes: factors.names.count, penalty: 1e-4)
    let scores = classifier.logProbabilities(others)
    let classes = scores.shape[1]
    let right = truth.indices.count { index in
      let row = scores.pointer + index * classes
      return (0..<classes).max { row[$0] < row[$1] } == truth[index]
    }
    return Double(right) / Double(judged)
  }

  /// Features [count, L] and the factors that were shared.
  private static func cases(
    _ count: Int, _ codes: Tensor, _ groups: SharedFactors, _ stream: RandomStream
  ) -> (Tensor, [Int]) {
    let size = codes.shape[1]
    let labels = (0..<count).map { groups.factor(stream[$0]) }
    let features = Tensor(shape: [count, size]) { out in
      for (index, factor) in labels.enumerated() {
        let row = out + index * size
        for latent in 0..<size { row[latent] = 0 }
        for pair in 0..<pairs {
          let draws = stream[index][pair]
          let group = groups.group(sharing: factor, draws)
          let first = draws.integer(below: group.count, at: 2)
          let second = (first + 1 + draws.integer(below: group.count - 1, at: 3)) % group.count  // another one
          let (x, y) = (codes.pointer + group[first] * size, codes.pointer + group[second] * size)
          for latent in 0..<size { row[latent] += abs(x[latent] - y[latent]) / Float(pairs) }
        }
      }
    }
    return (features, labels)
  }
}
