import Tensors
import TestSupport
import Testing
import _Differentiation

@testable import Networks

struct TrainingPassTests {
  private let stream = RandomStream(seed: 1)

  private func passes(_ ranges: [Range<Int>], of batch: Int, draws: Int = 1) -> [TrainingPass] {
    ranges.map { TrainingPass(stream: stream, rows: $0, of: batch, draws: draws) }
  }

  @Test func isCurrentWhileItRuns() {
    #expect(TrainingPass.current == nil)
    let pass = passes([0..<2], of: 2)[0]
    #expect(pass.run { TrainingPass.current === pass })
    #expect(TrainingPass.current == nil)
  }

  /// However the batch is cut up, an example is given the same numbers.
  @Test(arguments: [1, 3]) func numbersGoByExample(draws: Int) {
    func numbers(_ pass: TrainingPass, _ rows: Int) -> [Tensor] {
      [
        pass.bernoulli(0.5, [rows, 4, 2]).reshaped(to: [rows, 8]),
        pass.bernoulli(0.5, [draws, rows, 5]).rows(draws - 1..<draws).reshaped(to: [rows, 5]),
        pass.bernoulli(0.5, [draws * rows, 2, 2, 2]).reshaped(to: [draws, rows * 8]).rows(0..<1)
          .reshaped(to: [rows, 8]),
      ]
    }
    let whole = numbers(passes([0..<7], of: 7, draws: draws)[0], 7)
    let parts = passes([0..<2, 2..<7], of: 7, draws: draws)
    let (first, second) = (numbers(parts[0], 2), numbers(parts[1], 5))
    for index in whole.indices { #expect(Tensor.stacked([first[index], second[index]]) == whole[index]) }
    #expect(whole[0] != whole[2])
  }

  /// The moments of shards, joined, are those of the batch.
  @Test func shardsMomentsAreJoined() {
    let x = sampleTensor([9, 2, 2, 5], seed: 2)
    var (whole, parts) = (BatchNormalization(5), BatchNormalization(5))
    let one = passes([0..<9], of: 9)
    _ = one[0].run { whole(x) }
    TrainingPass.merge(one, into: &whole)
    let ranges = [0..<2, 2..<6, 6..<9]
    let three = passes(ranges, of: 9)
    for (pass, range) in zip(three, ranges) { _ = pass.run { parts(x.rows(range)) } }
    TrainingPass.merge(three, into: &parts)
    expectClose(parts.mean.value, whole.mean.value, relative: 1e-5)
    expectClose(parts.variance.value, whole.variance.value, relative: 1e-5)
  }

  @Test func aLayerUsedTwiceTakesTwoSteps() {
    let x = sampleTensor([6, 3], seed: 3)
    var (twice, once) = (BatchNormalization(3), BatchNormalization(3))
    let pass = passes([0..<6], of: 6)
    _ = pass[0].run { twice(x) + twice(x + 1) }
    TrainingPass.merge(pass, into: &twice)
    for input in [x, x + 1] {
      let pass = passes([0..<6], of: 6)
      _ = pass[0].run { once(input) }
      TrainingPass.merge(pass, into: &once)
    }
    #expect(twice.mean.value == once.mean.value && twice.variance.value == once.variance.value)
  }

  @Test func trapsOnShardsThatWentDifferentWays() async {
    await #expect(processExitsWith: .failure) {
      let passes = [0..<1, 1..<2].map { TrainingPass(stream: RandomStream(seed: 1), rows: $0, of: 2) }
      for pass in passes { _ = pass.run { BatchNormalization(2)(Tensor([1, 2], shape: [1, 2])) } }
      var layer = BatchNormalization(2)
      TrainingPass.merge(passes, into: &layer)
    }
  }
}
