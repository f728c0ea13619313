import Foundation
import Tensors
import TestSupport
import Testing
import _Differentiation

struct ClassLogProbabilitiesTests {
  private let logits = sampleTensor([4, 3], seed: 1)

  @Test func probabilitiesAreThoseOfTheSoftmax() {
    let expected = (0..<3).flatMap { c in
      (0..<4).map { b -> Double in
        let row = logits.scalars[3 * b..<3 * b + 3].map(Double.init)
        return row[c] - Foundation.log(row.reduce(0) { $0 + Foundation.exp($1) })
      }
    }
    expectClose(logits.classLogProbabilities(), expected, shape: [3, 4])
  }

  @Test func theGradientIsThatOfDifferences() {
    expectGradient(at: logits) { $0.classLogProbabilities() }
  }
}
