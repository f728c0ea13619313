import Tensors

/// Fills the holes of many examples: in blocks, on several cores.
public struct Imputer: Sendable {
  /// Cores to use; the result does not depend on it.
  public var threads: Int
  /// Seed of the draws. An example's depend on it and on the example's row alone.
  public var seed: UInt64

  /// An imputer with random numbers of its own.
  public init(threads: Int = 1, seed: UInt64 = 0) { (self.threads, self.seed) = (threads, seed) }

  /// Examples that are encoded together: a constant, so that products have the same shapes whatever the cores.
  private static let blockSize = 16

  /// What chains did.
  public struct ChainResult: Sendable {
    /// By step of those that were asked for: missing numbers as they were drawn, and their expectation, each [N, D].
    public var states: [Int: (drawn: Tensor, expected: Tensor)] = [:]
    /// The mean of the expectations over the latter half of the steps, [N, D].
    public var mean = Tensor.zero
    /// By step, the first first: the error of drawn numbers and of their expectation. Empty where no truth is given.
    public var errors: [(drawn: ImputationError, expected: ImputationError)] = []
    /// The mean probability of acceptance over Metropolis steps; nil without.
    public var acceptance: Double?
  }

  /// Runs a chain for each row of `x` [N, D], NaN where a number is missing.
  ///
  /// - Parameters:
  ///   - moves: one for each step.
  ///   - kept: steps, from 1, whose states are wanted.
  ///   - truth: [N, D], to compare with, in units of `scale` [D].
  ///   - number: of several chains for the same examples, which one.
  public func chain<Model: LatentVariableModel>(
    _ model: Model, x: Tensor, moves: [ImputationMove], kept: Set<Int> = [], truth: Tensor? = nil,
    scale: Tensor? = nil, number: Int = 0, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> ChainResult {
    require(!moves.isEmpty, "Imputer: a chain without steps")
    let parts = inBlocks(x.shape[0], progress) { rows in
      let x = x.rows(rows)
      let truth = truth?.rows(rows)
      var chain = ImputationChain(model, x: x, streams: streams(rows, "chain", number))
      var result = ChainResult()
      var sum = Tensor(repeating: 0, shape: x.shape)
      var chances: [Float] = []
      for (index, move) in moves.enumerated() {
        let step = index + 1
        let found = chain.step(move)
        if move == .metropolis { chances += found }
        let isCounted = step > moves.count / 2
        guard isCounted || truth != nil || kept.contains(step) else { continue }
        let expected = chain.expectation
        if isCounted { sum = sum + expected }
        if kept.contains(step) { result.states[step] = (chain.state, expected) }
        if let truth {
          result.errors.append(
            (
              ImputationError(chain.state, truth: truth, missingIn: x, scale: scale),
              ImputationError(expected, truth: truth, missingIn: x, scale: scale)
            ))
        }
      }
      let counted = moves.count - moves.count / 2
      result.mean = x.filled(from: sum.scaled(by: 1 / Float(counted)))
      result.acceptance = chances.isEmpty ? nil : Double(chances.reduce(0, +)) / Double(chances.count)
      return result
    }
    return joined(parts, blocks(x.shape[0]).map(\.count))
  }

  private func joined(_ parts: [ChainResult], _ counts: [Int]) -> ChainResult {
    var all = ChainResult()
    for step in parts[0].states.keys {
      all.states[step] = (
        Tensor.stacked(parts.map { $0.states[step]!.drawn }), Tensor.stacked(parts.map { $0.states[step]!.expected })
      )
    }
    all.mean = Tensor.stacked(parts.map(\.mean))
    all.errors = parts[0].errors.indices.map { step in
      var (drawn, expected) = (ImputationError(), ImputationError())
      for part in parts {
        drawn.add(part.errors[step].drawn)
        expected.add(part.errors[step].expected)
      }
      return (drawn, expected)
    }
    if parts[0].acceptance != nil {
      let sum = zip(parts, counts).reduce(0.0) { $0 + ($1.0.acceptance ?? 0) * Double($1.1) }
      all.acceptance = sum / Double(counts.reduce(0, +))
    }
    return all
  }

  /// What importance sampling made.
  public struct ImportanceResult: Sendable {
    /// Missing numbers at their expectation, [N, D].
    public var mean: Tensor
    /// Examples completed by draws, each [N, D].
    public var draws: [Tensor]
    /// By example, how many draws of z with equal weights there might as well have been.
    public var effectiveDraws: [Double]
  }

  /// Fills `x` [N, D], NaN where a number is missing, by importance sampling.
  ///
  /// - Parameters:
  ///   - samples: draws of z for each example.
  ///   - draws: completed examples that are wanted.
  ///   - warmUp: plain steps of a chain, whose last state is what q(z|x) is asked about; none: the examples with their holes.
  public func importance<Model: LatentVariableModel>(
    _ model: Model, x: Tensor, samples: Int, draws: Int = 0, warmUp: Int = 0,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> ImportanceResult {
    let parts = inBlocks(x.shape[0], progress) { rows in
      let x = x.rows(rows)
      var chain = ImputationChain(model, x: x, streams: streams(rows, "chain", 0))
      for _ in 0..<warmUp { chain.step(.gibbs) }
      let found = ImportanceImputation(
        model, x: x, guess: chain.state, draws: samples, streams: streams(rows, "importance", 0))
      return (
        mean: found.expectation(), draws: draws > 0 ? found.draws(draws) : .zero, effective: found.effectiveDraws
      )
    }
    return ImportanceResult(
      mean: Tensor.stacked(parts.map(\.mean)),
      draws: (0..<draws).map { draw in
        Tensor.stacked(parts.map { $0.draws.rows(draw..<draw + 1).reshaped(to: $0.mean.shape) })
      }, effectiveDraws: parts.flatMap(\.effective))
  }

  private func streams(_ rows: Range<Int>, _ name: StaticString, _ number: Int) -> [RandomStream] {
    rows.map { RandomStream(seed: seed)["imputation"][name][number][$0] }
  }

  private func blocks(_ count: Int) -> [Range<Int>] {
    Evaluator(threads: threads).blocks(of: count, size: Self.blockSize)
  }

  private func inBlocks<T>(
    _ count: Int, _ progress: @escaping @Sendable (Int) -> Void, _ body: (Range<Int>) -> T
  ) -> [T] {
    let blocks = blocks(count)
    let done = ProgressCount()
    return Evaluator(threads: threads).inParallel(blocks.count) { index in
      let result = body(blocks[index])
      progress(done.add(blocks[index].count))
      return result
    }
  }
}
