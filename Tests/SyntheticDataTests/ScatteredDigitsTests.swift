import Datasets
import Files
import Foundation
import Tensors
import Testing

@testable import SyntheticData

struct ScatteredDigitsTests {
  /// Pictures of 3 x 3 pixels, each of one grey.
  private let digits = Dataset(
    name: "squares", exampleShape: [3, 3], values: .bytes([100, 200].flatMap { [UInt8](repeating: $0, count: 9) }))

  private func small(_ name: String) throws -> ScatteredDigits {
    var scattered = try #require(try ScatteredDigits(named: name))
    scattered.side = 8
    scattered.count = 200
    return scattered
  }

  @Test func aCanvasHasAsManyDigitsAsAreAskedFor() throws {
    let three = try small("scattered-digits:3").canvases(of: digits, count: 50, seed: 1)
    #expect(three.exampleShape == [8, 8] && three.count == 50)
    #expect(three.factors?.values == [Float](repeating: 3, count: 50))
    let either = try small("scattered-digits").canvases(of: digits, count: 200, seed: 1)
    let numbers = try #require(either.factors?.values)
    let ones = numbers.filter { $0 == 1 }.count
    #expect(Set(numbers) == [1, 2] && 70...130 ~= ones, "\(ones) of 200 with one digit")
    let bytes = try #require(either.values.withBytes { Array($0) })
    for index in numbers.indices {
      let ink = bytes[index * 64..<(index + 1) * 64].filter { $0 > 0 }.count
      #expect(numbers[index] == 1 ? ink == 9 : (9...18).contains(ink))
    }
  }

  @Test func whereDigitsMeetTheyAddUpToWhiteAtMost() {
    var bytes = [UInt8](repeating: 0, count: 16)
    digits.stamp(0, onto: &bytes, at: 0, width: 4)
    digits.stamp(1, onto: &bytes, at: 5, width: 4)
    #expect(bytes == [100, 100, 100, 0, 100, 255, 255, 200, 100, 255, 255, 200, 0, 200, 200, 200])
  }

  /// Number i depends on the seed and i alone.
  @Test func aCanvasIsTheSameHoweverManyAreMade() throws {
    let scattered = try small("scattered-digits:2")
    let splits = scattered.splits(of: DatasetSplits(train: digits, test: digits))
    #expect(splits.train.count == 200 && splits.test?.count == 20)
    let few = scattered.splits(of: DatasetSplits(train: digits), limit: 7)
    #expect(few.train.count == 7 && few.test == nil)
    let all = try #require(splits.train.values.withBytes { Array($0) })
    let first = try #require(few.train.values.withBytes { Array($0) })
    let test = try #require(splits.test?.values.withBytes { Array($0) })
    #expect(Array(all[0..<7 * 64]) == first && Array(all[0..<64]) != Array(test[0..<64]))
  }

  @Test func numbersThatCannotBeAreRefused() throws {
    #expect(try ScatteredDigits(named: "mnist") == nil)
    for name in ["scattered-digits:0", "scattered-digits:many", "scattered-digits:10"] {
      #expect(throws: DataError.self) { try ScatteredDigits(named: name) }
    }
  }
}
