import Foundation
import Tensors
import TestSupport
import Testing

@testable import Datasets

struct NearestNeighboursTests {
  @Test(arguments: [1, 7, 16, 300, 1100]) func nearestByEveryDistance(size: Int) {
    var random = Sequence64(state: UInt64(size))
    func numbers(_ count: Int) -> [Float] { (0..<count * size).map { _ in Float.random(in: -1...1, using: &random) } }
    let (examples, queries) = (numbers(700), numbers(9))
    let set = Examples(Dataset(name: "x", exampleShape: [size], values: .floats(examples)))
    let found = NearestNeighbours(of: queries, in: set)
    for query in 0..<9 {
      let distances = (0..<700).map { index -> Double in
        var sum = 0.0
        for i in 0..<size {
          let difference = Double(queries[query * size + i] - examples[index * size + i])
          sum += difference * difference
        }
        return sum.squareRoot()
      }
      let least = distances.min()!
      #expect(abs(Double(found.distances[query]) - least) < 1e-4 * (1 + least))
      #expect(abs(distances[found.indices[query]] - least) < 1e-5)
    }
  }

  @Test func theFirstOfEqualsAndTheExamplesThemselves() {
    let bytes = (0..<600).flatMap { i -> [UInt8] in [UInt8(i % 200), 7, 9] }
    let set = Examples(Dataset(name: "x", exampleShape: [3], values: .bytes(bytes)), indices: (0..<600).reversed())
    let queries = [0, 199, 57].flatMap { value -> [Float] in [Float(value) / 255, 7 / 255, 9 / 255] }
    let found = NearestNeighbours(of: queries, in: set)
    #expect(found.indices == [199, 0, 142] && found.distances == [0, 0, 0])
  }
}
