import Tensors
import Testing

@testable import Datasets

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

  @Test func aBatchDiffersInOneFactorAlone() throws {
    let source = try OneFactorBatches(Examples(set), factors: ["pose", "light"])
    let batches = source.batches(stream, of: 4)
    #expect(batches.count == 15)
    for batch in batches {
      #expect(batch.indices.count == [3, 4, 4][batch.varying!], "as many as there are, up to four")
      #expect(Set(batch.indices).count == batch.indices.count)
      let varied = ["thing", "light", "pose"].filter { name in
        Set(batch.indices.map { set.factors!.value(name, of: $0) }).count > 1
      }
      #expect(varied == [["pose"], ["light"], ["thing"]][batch.varying!])
    }
  }

  @Test func kindsComeInTheirProportion() throws {
    let source = try OneFactorBatches(Examples(set), factors: ["pose", "light"], identityWeight: 3)
    let kinds = (0..<10).flatMap { source.batches(stream[$0], of: 4).map { $0.varying! } }
    #expect((0..<3).map { kind in kinds.count { $0 == kind } } == [30, 30, 90])
    // Not always in one order.
    #expect(Set((0..<10).map { Array(kinds[$0 * 15..<$0 * 15 + 5]) }).count > 3)
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
    for batch in source.batches(stream, of: 3) where batch.varying == 0 {
      #expect(batch.indices.count > 1)
      let examples = batch.indices.map { kept[$0] }
      #expect(Set(examples.map { set.factors!.value("thing", of: $0) }).count == 1)
      #expect(source.batch(batch.indices, stream: stream).scalars == examples.map { Float($0) })
    }
  }

  @Test func whatNeverVariesAloneIsRefused() {
    #expect(dataError { _ = try OneFactorBatches(Examples(set), factors: ["size"]) }?.found == "size")
    let plain = Dataset(name: "x", exampleShape: [1], values: .floats([1, 2]))
    #expect(
      dataError { _ = try OneFactorBatches(Examples(plain), factors: ["a"]) }?.expected.contains("factors") == true)
    let digits = StrokeDigits.generate(count: 30, seed: 1)
    let error = dataError { _ = try OneFactorBatches(Examples(digits), factors: ["slant"]) }
    #expect(error?.expected == "examples that differ in slant alone")
  }
}
