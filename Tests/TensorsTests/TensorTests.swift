import TestSupport
import Testing

@testable import Tensors

struct TensorTests {
  @Test func holdsItsNumbersInRowMajorOrder() {
    let t = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(t.scalars == [1, 2, 3, 4, 5, 6])
    #expect(t.count == 6)
    #expect(t.scalar == 1)
    #expect(t.rows(1..<2) == Tensor([4, 5, 6], shape: [1, 3]))
    #expect(t.rows(1..<1).count == 0)
    #expect(Tensor([7, 8]).shape == [2])
    #expect(Tensor(repeating: 3, shape: [2, 2]).scalars == [3, 3, 3, 3])
    #expect(Tensor([], shape: [0, 4]).scalars == [])
  }

  @Test func copiesAreIndependent() {
    let original = Tensor([1, 2, 3])
    var copy = original
    copy.withMutablePointer { $0[1] = 9 }
    #expect(original.scalars == [1, 2, 3])
    #expect(copy.scalars == [1, 9, 3])
  }

  @Test func writingAloneDoesNotCopy() {
    var t = Tensor([1, 2, 3])
    let before = t.pointer
    t.withMutablePointer { $0[0] = 5 }
    #expect(t.pointer == before)
  }

  @Test func reshapedSharesUntilWritten() {
    let t = Tensor([1, 2, 3, 4])
    var square = t.reshaped(to: [2, 2])
    #expect(square.pointer == t.pointer)
    square.withMutablePointer { $0[0] = 0 }
    #expect(t.scalars == [1, 2, 3, 4])
  }

  @Test func constancySurvivesViewsAndNotOperations() {
    let data = Tensor([1, 2, 3, 4], shape: [2, 2])
    #expect(!data.isConstant)
    let constant = data.asConstant
    #expect(constant.isConstant && !data.isConstant)
    #expect(constant.reshaped(to: [4]).isConstant)
    #expect(constant.rows(0..<1).isConstant)
    #expect(!(constant + data).isConstant)
    #expect(!(constant * constant).isConstant)
    #expect(!exp(constant).isConstant)
    #expect(!constant.broadcast(to: [3, 2, 2]).isConstant)
    #expect(constant == data)
  }

  @Test func numbersAreAligned() {
    for count in [1, 3, 17, 1000, 12_345] {
      #expect(UInt(bitPattern: Tensor(repeating: 0, shape: [count]).pointer) % 64 == 0)
    }
  }

  @Test func equalityNeedsTheSameShape() {
    #expect(Tensor([1, 2]) == Tensor([1, 2]))
    #expect(Tensor([1, 2]) != Tensor([1, 3]))
    #expect(Tensor([1, 2]) != Tensor([1, 2], shape: [1, 2]))
    #expect(Tensor.zero != Tensor([0], shape: []))
  }

  @Test func describesItself() {
    #expect("\(Tensor([1, 2.5]))" == "Tensor[2](1.0, 2.5)")
    #expect("\(Tensor(repeating: 0, shape: [3, 3]))".hasSuffix("0.0, ...)"))
    #expect("\(Tensor.zero)" == "Tensor.zero")
  }

  @Test func trapsOnProgrammingMistakes() async {
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3], shape: [2]) }
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3]).rows(2..<4) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zero.pointer }
  }

  // The count is of the whole process, so it is taken in one that does nothing else.
  @Test func everyBufferIsGivenBack() async {
    await #expect(processExitsWith: .success) {
      let before = Tensor.liveCount
      func work() {
        let (x, weight) = (Tensor(repeating: 1, shape: [8, 5]), Tensor(repeating: 1, shape: [5, 3]))
        let point = Triple(x, weight, Tensor([1, 2, 3]))
        for _ in 0..<10 {
          let parts = gradientParts(at: point) { exp(dense($0.a, $0.b, $0.c, .tanh)).sumOverLast() }
          precondition(parts.count == 3 && Tensor.liveCount > before)
        }
      }
      work()
      precondition(Tensor.liveCount == before)
    }
  }
}
