import Tensors
import TestSupport
import Testing

struct ClassRowsTests {
  @Test(arguments: [Activation.identity, .tanh, .silu, .softplus])
  func rowsAreAddedForEveryClass(_ activation: Activation) {
    let (h, rows) = (sampleTensor([2, 3, 4], seed: 1), sampleTensor([5, 4], seed: 2))
    let all = h.withEachRow(of: rows, activation)
    #expect(all.shape == [10, 3, 4])
    for draw in 0..<2 {
      for c in 0..<5 {
        let sums = h.rows(draw..<draw + 1) + rows.rows(c..<c + 1).reshaped(to: [4])
        let block = draw * 5 + c
        expectClose(all.rows(block..<block + 1), activate(sums, with: activation), relative: 1e-6, "class \(c)")
      }
    }
    #expect(sampleTensor([10, 3, 4], seed: 3).withOwnRow(of: rows).shape == [10, 3, 4])
    // Rows of their own, once the numbers are those of all classes, are the same.
    let repeated = h.withEachRow(of: Tensor(repeating: 0, shape: [5, 4]))
    #expect(repeated.withOwnRow(of: rows, activation) == all)
    expectGradient(at: Pair(h, rows)) { $0.a.withEachRow(of: $0.b, activation) }
    expectGradient(at: Pair(repeated, rows)) { $0.a.withOwnRow(of: $0.b, activation) }
  }

  @Test func axesAreExchanged() {
    let x = sampleTensor([2, 3, 4], seed: 4)
    let y = x.swappingFirstAxes()
    #expect(y.shape == [3, 2, 4] && y.swappingFirstAxes() == x)
    #expect(Array(y.scalars[4..<8]) == Array(x.scalars[12..<16]))
    expectGradient(at: x) { square($0.swappingFirstAxes()) }
    #expect(Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]).swappingFirstAxes().scalars == [1, 4, 2, 5, 3, 6])
  }

  @Test func trapsOnRowsThatDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor(repeating: 0, shape: [1, 2, 3]).withEachRow(of: Tensor(repeating: 0, shape: [2, 4]))
    }
    await #expect(processExitsWith: .failure) {
      _ = Tensor(repeating: 0, shape: [3, 2, 3]).withOwnRow(of: Tensor(repeating: 0, shape: [2, 3]))
    }
  }
}
