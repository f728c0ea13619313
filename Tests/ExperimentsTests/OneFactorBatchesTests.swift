import Files
import SyntheticData
@testable import Autoencoders
import Tensors
import TestSupport
import Testing

@testable import Datasets
@testable import Experiments

struct OneFactorBatchesTests {
  /// Five things in four lights and three poses.
  private let set: Dataset = {
    var values: [Float] = []
    for thing in 0..<5 {
      for light in 0..<4 { for pose in 0..<3 { values += [Float(thing), Float(light), Float(pose)] } }
    }
    return Dataset(
      name: "things", exampleShape: [1], values: .floats((0..<60).map { Float($0) }),
      factors: .init(names: ["thing", "light", "pose"], values: values, identity: ["thing"]))
  }()
  private let stream = RandomStream(seed: 3)

  private func cause(_ batch: Batch) -> OneCause { batch.structure as! OneCause }

  private func problem<R>(_ body: () throws -> R) -> DataError? {
    #expect(throws: DataError.self) { _ = try body() }
  }

  @Test func aBatchDiffersInOneFactorAlone() throws {
    let source = try OneFactorBatches(Examples(set), factors: ["pose", "light"])
    let batches = source.batches(stream, of: 4)
    #expect(batches.count == 15)
    for batch in batches {
      // Three poses are no four, and a fourth picture would be alone.
      #expect(cause(batch).groups == [[3], [4], [4]][cause(batch).number])
      #expect(Set(batch.indices).count == batch.indices.count)
      #expect(varied(batch) == [[["pose"], ["light"], ["thing"]][cause(batch).number]])
    }
  }

  /// The factors that vary in each group of a batch.
  private func varied(_ batch: Batch) -> [[String]] {
    cause(batch).groups(in: 0..<batch.indices.count).map { group in
      ["thing", "light", "pose"].filter { name in
        Set(Array(batch.indices)[group].map { set.factors!.value(name, of: $0) }).count > 1
      }
    }
  }

  @Test func smallGroupsFillABatchTogether() throws {
    let source = try OneFactorBatches(Examples(set), factors: ["pose", "light"])
    for batch in source.batches(stream, of: 11) {
      #expect(cause(batch).groups == [[3, 3, 3, 2], [4, 4, 3], [5, 5]][cause(batch).number])
      #expect(Set(batch.indices).count == batch.indices.count)
      #expect(Set(varied(batch)) == [[["pose"], ["light"], ["thing"]][cause(batch).number]])
    }
    // More than there are of some kind.
    #expect(source.batches(stream, of: 100).allSatisfy { 30...60 ~= $0.indices.count })
  }

  @Test func kindsComeInTheirProportion() throws {
    let source = try OneFactorBatches(Examples(set), factors: ["pose", "light"], identityWeight: 3)
    let kinds = (0..<10).flatMap { source.batches(stream[$0], of: 4).map { cause($0).number } }
    #expect((0..<3).map { kind in kinds.count { $0 == kind } } == [30, 30, 90])
    // Not always in one order.
    let orders = (0..<10).map { turn -> [Int] in Array(kinds[turn * 15..<turn * 15 + 5]) }
    #expect(Set(orders).count > 3)
  }

  @Test func anEpochIsAFunctionOfItsStream() throws {
    let source = try OneFactorBatches(Examples(set), factors: ["light"])
    func indices(_ stream: RandomStream) -> [[Int]] { source.batches(stream, of: 4).map { Array($0.indices) } }
    #expect(indices(stream) == indices(stream) && indices(stream) != indices(stream["other"]))
  }

  /// Validation examples that are taken out leave the rest in their groups.
  @Test func someExamplesAreEnough() throws {
    let kept = (0..<60).filter { $0 % 7 != 0 }
    let source = try OneFactorBatches(Examples(set, indices: kept), factors: ["light"])
    for batch in source.batches(stream, of: 3) where cause(batch).number == 0 {
      #expect(batch.indices.count > 1)
      let examples = batch.indices.map { kept[$0] }
      #expect(Set(examples.map { set.factors!.value("thing", of: $0) }).count == 1)
      #expect(source.batch(batch.indices, stream: stream).scalars == examples.map { Float($0) })
    }
  }

  @Test func whatNeverVariesAloneIsRefused() {
    #expect(problem { _ = try OneFactorBatches(Examples(set), factors: ["size"]) }?.found == "size")
    let plain = Dataset(name: "x", exampleShape: [1], values: .floats([1, 2]))
    #expect(
      problem { _ = try OneFactorBatches(Examples(plain), factors: ["a"]) }?.expected.contains("factors") == true)
    let digits = StrokeDigits.generate(count: 30, seed: 1)
    let error = problem { _ = try OneFactorBatches(Examples(digits), factors: ["slant"]) }
    #expect(error?.expected == "examples that differ in slant alone")
  }
}
