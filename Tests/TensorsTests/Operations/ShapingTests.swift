import Tensors
import TestSupport
import Testing

struct ShapingTests {
  private let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])

  @Test func reshapedKeepsTheNumbers() {
    #expect(x.reshaped(to: [3, 2]) == Tensor([1, 2, 3, 4, 5, 6], shape: [3, 2]))
    expectGradient(at: x) { square($0.reshaped(to: [3, 2])).sumOverLast() }
  }

  @Test func columnsAreCutOut() {
    #expect(x.columns(0..<1) == Tensor([1, 4], shape: [2, 1]))
    #expect(x.columns(1..<3) == Tensor([2, 3, 5, 6], shape: [2, 2]))
    #expect(x.reshaped(to: [1, 2, 3]).columns(2..<3) == Tensor([3, 6], shape: [1, 2, 1]))
    #expect(x.columns(0..<3) == x)
    expectGradient(at: x) { $0.columns(1..<3) }
    expectGradient(at: sampleTensor([2, 2, 5], seed: 1)) { square($0.columns(0..<2)) }
  }

  @Test func joinedLiesSideBySide() {
    let other = Tensor([7, 8], shape: [2, 1])
    #expect(x.joined(with: other) == Tensor([1, 2, 3, 7, 4, 5, 6, 8], shape: [2, 4]))
    #expect(other.joined(with: x) == Tensor([7, 1, 2, 3, 8, 4, 5, 6], shape: [2, 4]))
    expectGradient(at: Pair(x, other)) { $0.a.joined(with: $0.b) }
    expectGradient(at: Pair(sampleTensor([2, 3, 2], seed: 2), sampleTensor([2, 3, 4], seed: 3))) {
      square($0.a.joined(with: $0.b))
    }
  }

  @Test func columnsUndoJoined() {
    let other = sampleTensor([2, 5], seed: 4)
    let both = x.joined(with: other)
    #expect(both.columns(0..<3) == x && both.columns(3..<8) == other)
  }

  @Test func stackedLiesOneAfterTheOther() {
    #expect(Tensor.stacked([x.rows(0..<1), x.rows(1..<2)]) == x)
    #expect(Tensor.stacked([x, x.rows(0..<1)]) == Tensor([1, 2, 3, 4, 5, 6, 1, 2, 3], shape: [3, 3]))
  }

  @Test func trapsOnWhatDoesNotFit() async {
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3]).reshaped(to: [2]) }
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3]).columns(1..<4) }
    await #expect(processExitsWith: .failure) {
      _ = Tensor([1, 2], shape: [2, 1]).joined(with: Tensor([1, 2, 3], shape: [3, 1]))
    }
  }
}
