import Foundation
import Tensors
import TestSupport
import Testing

@testable import Autoencoders

/// Chains and weights against the normal distribution that a linear-Gaussian model's missing numbers have.
struct ImputationTests {
  /// One example many times, the same numbers of it missing.
  private struct Case {
    let x: Tensor  // [copies, 6]
    let missing = [1, 3, 5]
    let mean: [Double]
    let covariance: [[Double]]
    let streams: [RandomStream]

    init(copies: Int, seed: UInt64) {
      let model = LinearGaussianModel.withExactPosterior()
      var row = model.draws(1, seed: seed).scalars
      (mean, covariance) = model.conditional(of: missing, given: row)
      for column in missing { row[column] = .nan }
      x = Tensor([[Float]](repeating: row, count: copies).flatMap { $0 }, shape: [copies, 6])
      streams = (0..<copies).map { RandomStream(seed: seed)["rows"][$0] }
    }

    /// How many standard errors the means and variances of `draws` [copies, 6] are off at most; `worth` independent draws.
    func deviation(_ draws: Tensor, worth: Double) -> (mean: Double, variance: Double) {
      let numbers = draws.scalars
      var worst = (0.0, 0.0)
      for (i, column) in missing.enumerated() {
        let values = stride(from: column, to: numbers.count, by: 6).map { Double(numbers[$0]) }
        let off = abs(values.mean - mean[i]) / (covariance[i][i] / worth).squareRoot()
        let variance = values.map { ($0 - values.mean) * ($0 - values.mean) }.mean
        let broad = abs(variance / covariance[i][i] - 1) / (2 / worth).squareRoot()
        worst = (max(worst.0, off), max(worst.1, broad))
      }
      return worst
    }
  }

  @Test func plainChainIsRightIfThePosteriorIs() {
    let test = Case(copies: 4000, seed: 1)
    var chain = ImputationChain(LinearGaussianModel.withExactPosterior(), x: test.x, streams: test.streams)
    for _ in 0..<25 { chain.step(.gibbs) }
    let off = test.deviation(chain.state, worth: 4000)
    #expect(off.mean < 4.5 && off.variance < 4.5, "\(off)")
  }

  @Test func metropolisIsRightWhateverThePosterior() {
    let test = Case(copies: 4000, seed: 2)
    func state(_ move: ImputationMove, _ steps: Int) -> (mean: Double, variance: Double) {
      var chain = ImputationChain(LinearGaussianModel.withPoorPosterior(), x: test.x, streams: test.streams)
      chain.step(.gibbs)
      for _ in 0..<steps { chain.step(move) }
      return test.deviation(chain.state, worth: 4000)
    }
    let (plain, corrected) = (state(.gibbs, 30), state(.metropolis, 60))
    #expect(corrected.mean < 4.5 && corrected.variance < 4.5, "\(corrected)")
    #expect(max(plain.mean, plain.variance) > 6, "the plain chain should show how poor q is: \(plain)")
  }

  @Test func acceptanceIsCertainUnderTheExactPosterior() {
    let test = Case(copies: 50, seed: 3)
    var chain = ImputationChain(LinearGaussianModel.withExactPosterior(), x: test.x, streams: test.streams)
    chain.step(.gibbs)
    for _ in 0..<3 {
      let chances = chain.step(.metropolis)
      #expect(chances.allSatisfy { $0 > 0.999 })
    }
  }

  @Test func importanceIsRightWhateverThePosterior() {
    let test = Case(copies: 2, seed: 4)
    let found = ImportanceImputation(
      LinearGaussianModel.withPoorPosterior(), x: test.x, draws: 20_000, streams: test.streams)
    let worth = found.effectiveDraws.min()!
    #expect(worth > 300 && worth < 20_000)
    let expected = found.expectation().scalars
    for (i, column) in test.missing.enumerated() {
      #expect(abs(Double(expected[column]) - test.mean[i]) < 4.5 * (test.covariance[i][i] / worth).squareRoot())
    }
    let draws = found.draws(5000)
    #expect(draws.shape == [5000, 2, 6])
    let first = Tensor.stacked((0..<5000).map { draws.rows($0..<$0 + 1).reshaped(to: [2, 6]).rows(0..<1) })
    let off = test.deviation(first, worth: 1 / (1 / 5000 + 1 / worth))
    #expect(off.mean < 4.5 && off.variance < 4.5, "\(off)")
  }

  @Test func observedNumbersNeverChange() {
    let model = LinearGaussianModel.withPoorPosterior()
    let truth = model.draws(40, seed: 5)
    let mask = ObservationMask.random(
      part: 0.5, shape: [6], positions: Array(0..<40), stream: RandomStream(seed: 6))
    let x = mask.hiding(truth)
    func keeps(_ filled: Tensor) -> Bool {
      let bits = zip(zip(filled.scalars, truth.scalars), mask.isObserved)
      return filled.shape == x.shape && !filled.hasMissing
        && bits.allSatisfy { !$1 || $0.0.bitPattern == $0.1.bitPattern }
    }
    let imputer = Imputer(threads: 2, seed: 7)
    let moves: [ImputationMove] = [.gibbs, .metropolis, .metropolis, .metropolis]
    let result = imputer.chain(model, x: x, moves: moves, kept: [1, 4], truth: truth)
    #expect(keeps(result.mean) && keeps(result.states[1]!.drawn) && keeps(result.states[4]!.expected))
    #expect(result.errors.count == 4 && result.errors[3].drawn.count == mask.isObserved.count { !$0 })
    #expect(result.acceptance.map { $0 > 0.1 && $0 < 1 } == true)
    let weighted = imputer.importance(model, x: x, samples: 30, draws: 2, warmUp: 1)
    #expect(keeps(weighted.mean) && weighted.draws.allSatisfy(keeps) && weighted.draws[0] != weighted.draws[1])
  }

  @Test func cutsIntoBlocksAndThreadsChangeNothing() {
    let model = LinearGaussianModel.withPoorPosterior()
    let x = ObservationMask.random(part: 0.4, shape: [6], positions: Array(0..<40), stream: RandomStream(seed: 8))
      .hiding(model.draws(40, seed: 9))
    let moves = [ImputationMove](repeating: .gibbs, count: 3)
    func run(_ threads: Int, _ seed: UInt64, _ x: Tensor) -> Tensor {
      Imputer(threads: threads, seed: seed).chain(model, x: x, moves: moves, kept: [3]).states[3]!.drawn
    }
    let found = run(1, 1, x)
    #expect(run(2, 1, x) == found && run(1, 2, x) != found)
    // The draws of a row are its own, in whatever company.
    expectClose(run(1, 1, x.rows(0..<5)), found.rows(0..<5), relative: 1e-4, absolute: 1e-5)
    let other = Imputer(seed: 1).chain(model, x: x, moves: moves, kept: [3], number: 1).states[3]!.drawn
    #expect(other != found)
  }

  @Test func masksAreWhatTheySay() {
    let shape = [4, 6, 3]
    let random = ObservationMask.random(
      part: 0.3, shape: shape, positions: Array(0..<500), stream: RandomStream(seed: 10))
    let pixels = stride(from: 0, to: random.isObserved.count, by: 3).map { random.isObserved[$0..<$0 + 3] }
    #expect(pixels.allSatisfy { Set($0).count == 1 }, "a pixel is missing in all channels")
    let part = Double(pixels.count { !$0.first! }) / Double(pixels.count)
    #expect(abs(part - 0.3) < 4.5 * (0.21 / 12_000).squareRoot())
    let alone = ObservationMask.random(part: 0.3, shape: shape, positions: [7], stream: RandomStream(seed: 10))
    #expect(alone.isObserved[...] == random.isObserved[7 * 72..<8 * 72])

    let corner = ObservationMask.rectangle(top: 2, left: 4, height: 5, width: 1, shape: [4, 6])
    #expect(corner.isObserved.indices.filter { !corner.isObserved[$0] } == [16, 22])
    let hidden = corner.hiding(Tensor(repeating: 1, shape: [3, 24]))
    #expect(hidden.scalars.indices.filter { hidden.scalars[$0].isNaN } == [16, 22, 40, 46, 64, 70])
  }

  @Test func errorsAreOverWhatIsMissingAndKnown() {
    let truth = Tensor([1, 0, .nan, 0], shape: [1, 4])
    let x = Tensor([1, .nan, .nan, .nan], shape: [1, 4])
    let error = ImputationError(Tensor([0.5, 0.25, 0.5, 0.75], shape: [1, 4]), truth: truth, missingIn: x)
    #expect(error.count == 2 && error.wrongPart == 0.5)
    expectClose(error.rootMeanSquare ?? .nan, (0.625 / 2).squareRoot(), relative: 1e-9)
    expectClose(error.logLoss ?? .nan, -0.5 * (log(0.75) + log(0.25)), relative: 1e-6)
    let scaled = ImputationError(
      Tensor([5, 7, 0, 9], shape: [1, 4]), truth: Tensor([5, 3, 0, 9], shape: [1, 4]), missingIn: x,
      scale: Tensor([1, 2, 1, 1]))
    #expect(scaled.rootMeanSquare == (4.0 / 3).squareRoot() && scaled.wrongPart == nil)
    #expect(ImputationError().rootMeanSquare == nil)
  }
}

extension LinearGaussianModel {
  /// Mean and covariance of some numbers given the others of `row`.
  fileprivate func conditional(of missing: [Int], given row: [Float]) -> (mean: [Double], covariance: [[Double]]) {
    let (w, b) = (decoderWeight.scalars.map(Double.init), decoderBias.scalars.map(Double.init))
    let noise = exp(Double(logVariance.scalar))
    let size = inputSize
    func covariance(_ i: Int, _ j: Int) -> Double {
      (0..<latentSize).reduce(i == j ? noise : 0) { $0 + w[$1 * size + i] * w[$1 * size + j] }
    }
    let seen = (0..<size).filter { !missing.contains($0) }
    // Rows [S_oo | S_om, x_o - b_o], made into [I | S_oo^-1 S_om, S_oo^-1 (x_o - b_o)].
    var rows = seen.map { i -> [Double] in
      seen.map { covariance(i, $0) } + missing.map { covariance(i, $0) } + [Double(row[i]) - b[i]]
    }
    for i in rows.indices {
      let pivot = rows[i][i]
      rows[i] = rows[i].map { $0 / pivot }
      for j in rows.indices where j != i {
        let factor = rows[j][i]
        rows[j] = zip(rows[j], rows[i]).map { $0 - factor * $1 }
      }
    }
    let mean = missing.map { m in
      zip(seen, rows).reduce(b[m]) { $0 + covariance(m, $1.0) * $1.1[size] }
    }
    let rest = missing.map { m in
      missing.indices.map { n in
        zip(seen, rows).reduce(covariance(m, missing[n])) { $0 - covariance(m, $1.0) * $1.1[seen.count + n] }
      }
    }
    return (mean, rest)
  }
}
