import Files
import Tensors

/// Examples in batches within which one known factor varies and all others stay, or all that make up the identity and none
/// of the others: Kulkarni et al. 2015, *Deep convolutional inverse graphics network*.
///
/// `Batch.varying` is the number of the factor, or how many factors there are where the identity varies. Of as many batches
/// as weights add up to, each kind has its weight's number, in random order. A batch is one group of examples, as many of
/// them as fit, so groups smaller than a batch make smaller ones.
public struct OneFactorBatches: BatchSource, Sendable {
  /// What the batches are of.
  public let examples: Examples
  /// The factors that have a kind of batch of their own.
  public let factors: [String]
  /// How many batches are of each kind: first the factors', then the identity's.
  public let weights: [Int]
  private let kinds: [Kind]

  /// The batches of one kind.
  private struct Kind: Sendable {
    let groups: FactorGroups
    /// Examples that are not alone in their group.
    let eligible: [Int]
  }

  /// - Parameters:
  ///   - factors: known factors of the set; whatever else is known makes up the identity.
  ///   - identityWeight: batches in which the identity varies for one of each factor; 10 in the paper.
  /// - Throws: `DataError` where the set has no such factors, or one of them never varies alone.
  public init(_ examples: Examples, factors: [String], identityWeight: Int = 10) throws {
    func problem(_ expected: String, _ found: String, _ remedy: String) -> DataError {
      DataError(file: examples.dataset.name, expected: expected, found: found, remedy: remedy)
    }
    guard let known = examples.dataset.factors else {
      throw problem(
        "a set whose factors are known", "none", "use one with factors, such as scenes; 'vae data list' shows them")
    }
    if let other = factors.first(where: { !known.names.contains($0) }) {
      throw problem("a factor among \(known.names.joined(separator: ", "))", other, "check --factors")
    }
    let rest = known.names.filter { !factors.contains($0) }
    kinds = try (factors.map { [$0] } + [rest]).map { varying in
      let groups = FactorGroups(known, varying: varying, indices: examples.indices)
      let eligible = (0..<examples.count).filter { groups.group(of: $0).count > 1 }
      guard !eligible.isEmpty else {
        let what = varying.isEmpty ? "the identity" : varying.joined(separator: ", ")
        throw problem(
          "examples that differ in \(what) alone", "none",
          "choose others with --factors: those that take few values, all combinations of which are there")
      }
      return Kind(groups: groups, eligible: eligible)
    }
    (self.examples, self.factors) = (examples, factors)
    weights = factors.map { _ in 1 } + [max(1, identityWeight)]
  }

  /// How many examples there are.
  public var count: Int { examples.count }
  /// Numbers in one example.
  public var exampleSize: Int { examples.exampleSize }

  /// Examples as they are without an order.
  public func batch(_ indices: ArraySlice<Int>, stream: RandomStream) -> Tensor {
    examples.batch(indices, stream: stream)
  }

  /// An epoch's batches, a function of `stream` alone.
  public func batches(_ stream: RandomStream, of size: Int) -> [Batch] {
    let pattern = weights.indices.flatMap { [Int](repeating: $0, count: weights[$0]) }
    return (0..<(count + size - 1) / size).map { number in
      let turn = stream["kinds"][number / pattern.count].permutation(pattern.count)
      let varying = pattern[turn[number % pattern.count]]
      let (chosen, sizes) = examples(of: kinds[varying], count: size, chance: stream["batch"][number])
      return Batch(chosen[...], varying: OneCause(varying, groups: sizes))
    }
  }

  /// Some groups, until there are `count` examples or one short of it: one alone would differ from nothing.
  private func examples(of kind: Kind, count: Int, chance: RandomStream) -> (examples: [Int], sizes: [Int]) {
    var (chosen, sizes, taken): ([Int], [Int], Set<Int>) = ([], [], [])
    var tries = 0
    while count - chosen.count > (sizes.isEmpty ? 0 : 1) && tries < 4 * count {
      let first = kind.eligible[chance.integer(below: kind.eligible.count, at: tries)]
      tries += 1
      let group = Array(kind.groups.group(of: first))
      guard taken.insert(group[0]).inserted else { continue }
      let room = count - chosen.count
      chosen += chance["order"][sizes.count].permutation(group.count).prefix(room).map { group[$0] }
      sizes.append(min(room, group.count))
    }
    return (chosen, sizes)
  }
}
