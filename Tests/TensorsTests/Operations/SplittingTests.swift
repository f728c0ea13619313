import Tensors
import TestSupport
import Testing
import _Differentiation

struct SplittingTests {
  @Test(arguments: [(2, 1), (6, 3), (7, 3)])
  func partsAreColumnsAndGoBackTogether(_ width: Int, _ column: Int) {
    let x = sampleTensor([2, 3, 2 * width], seed: 1)
    let parts = x.split(rowsOf: width, at: column)
    let rows = x.reshaped(to: [12, width])
    #expect(parts.first == rows.columns(0..<column) && parts.second == rows.columns(column..<width))
    expectGradient(at: x) { square($0.split(rowsOf: width, at: column).first) }
    expectGradient(at: x) {
      let parts = $0.split(rowsOf: width, at: column)
      return square(parts.first).sumOverLast() + parts.second.sumOverLast()
    }
  }

  @Test func trapsOnRowsThatDoNotFit() async {
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3]).split(rowsOf: 2, at: 1) }
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2]).split(rowsOf: 2, at: 2) }
  }
}
