import Foundation
import Tensors
import Testing

struct StreamingLogMeanExpTests {
  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  @Test(
    arguments: [
      [0.0], [-3, 2, 0.5], [1e4, 1e4 - 1, -1e4], [-1e5, -1e5 + 3, -1e5 - 700], [5, 4, 3, 2, 1, 0, -800],
      [-800, 0, 1, 2, 3, 4, 5], [1e300, 1e300], [-.infinity, 1, 2], [1, -.infinity], [-1e-9, 1e-9],
    ] as [[Double]])
  func streamingIsTheDirectComputation(_ values: [Double]) {
    var sum = StreamingLogMeanExp()
    for value in values { sum.add(value) }
    let largest = values.max()!
    let weights = values.map { exp($0 - largest) }
    let direct = largest + log(mean(weights))
    #expect(abs(sum.value - direct) <= 1e-13 * max(1, abs(direct)))
    let effective = pow(weights.reduce(0, +), 2) / weights.reduce(0) { $0 + $1 * $1 }
    #expect(abs(sum.effectiveSamples - effective) < 1e-12 * effective)
  }

  @Test func streamingOfImpossibleDrawsIsImpossible() {
    var sum = StreamingLogMeanExp()
    for _ in 0..<3 { sum.add(-.infinity) }
    #expect(sum.value == -.infinity)
    #expect(sum.effectiveSamples == 0)
  }

  @Test func streamingManyNumbersLosesNothing() {
    let values = RandomStream(seed: 1).normal([100_000]).scaled(by: 10, plus: -90).scalars.map(Double.init)
    var sum = StreamingLogMeanExp()
    for value in values { sum.add(value) }
    let largest = values.max()!
    let direct = largest + log(mean(values.map { exp($0 - largest) }))
    #expect(abs(sum.value - direct) < 1e-10)
  }

  @Test func streamedErrorIsThatOfTheWeights() {
    let logs = RandomStream(seed: 24).normal([1000]).scalars.map(Double.init)
    var sum = StreamingLogMeanExp()
    for value in logs { sum.add(value - 900) }
    let weights = logs.map { Foundation.exp($0) }
    let squares = weights.reduce(0) { $0 + ($1 - mean(weights)) * ($1 - mean(weights)) }
    let error = (squares / 999 / 1000).squareRoot()
    #expect(abs(sum.value + 900 - Foundation.log(mean(weights))) < 1e-10)
    #expect(abs(sum.standardError - error / mean(weights)) < 1e-10)
    #expect(abs(sum.largestShare - weights.max()! / weights.reduce(0, +)) < 1e-12)
  }
}
