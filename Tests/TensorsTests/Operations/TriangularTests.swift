import Tensors
import TestSupport
import Testing

struct TriangularTests {
  private let draws = 3
  private let batch = 2
  private let size = 4
  private var lower: Tensor { sampleTensor([batch, size * (size - 1) / 2], seed: 1) }
  private var diagonal: Tensor { sampleTensor([batch, size], seed: 2) + 3 }
  private var x: Tensor { sampleTensor([draws, batch, size], seed: 3) }

  /// Row i of example b times x of draw k, without the diagonal.
  private func product(_ k: Int, _ b: Int, _ i: Int, _ x: [Float]) -> Double {
    let first = b * size * (size - 1) / 2 + i * (i - 1) / 2
    let at = (k * batch + b) * size
    let row = lower.scalars
    return (0..<i).reduce(0.0) { sum, j in sum + Double(row[first + j]) * Double(x[at + j]) }
  }

  @Test func productIsThatOfRows() {
    let values = x.scalars
    let expected = (0..<draws * batch * size).map { n in
      product(n / (batch * size), n / size % batch, n % size, values)
    }
    expectClose(lowerProduct(lower, x), expected, shape: [draws, batch, size], relative: 1e-5, absolute: 1e-6)
  }

  @Test func solvingUndoesTheProduct() {
    let whole = diagonal.broadcast(to: x.shape) * x + lowerProduct(lower, x)
    expectClose(lowerSolve(lower, diagonal, whole), x, relative: 1e-4, absolute: 1e-5)
  }

  @Test func gradientsAreThoseOfDifferences() {
    let x = x
    expectGradient(at: Pair(lower, diagonal), "lower product") { lowerProduct($0.a, x) }
    expectGradient(at: Triple(lower.scaled(by: 0.3), diagonal, x), tolerance: 5e-4, "lower solve") {
      lowerSolve($0.a, $0.b, $0.c)
    }
  }
}
