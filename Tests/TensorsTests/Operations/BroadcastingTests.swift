import TestSupport
import Testing

@testable import Tensors

struct BroadcastingTests {
  private func numbers(_ count: Int) -> [Float] { (0..<count).map { Float($0 + 1) } }

  @Test func repeatsOuterAxes() {
    let row = Tensor([1, 2, 3])
    #expect(row.broadcast(to: [2, 3]) == Tensor([1, 2, 3, 1, 2, 3], shape: [2, 3]))
    #expect(row.reshaped(to: [1, 3]).broadcast(to: [2, 3]) == Tensor([1, 2, 3, 1, 2, 3], shape: [2, 3]))
    let table = Tensor(numbers(4), shape: [2, 2])
    let twice = Tensor(numbers(4) + numbers(4), shape: [2, 2, 2])
    #expect(table.broadcast(to: [2, 2, 2]) == twice)
    #expect(table.reshaped(to: [1, 2, 2]).broadcast(to: [2, 2, 2]) == twice)
  }

  @Test func repeatsInnerAxes() {
    let column = Tensor([1, 2], shape: [2, 1])
    #expect(column.broadcast(to: [2, 3]) == Tensor([1, 1, 1, 2, 2, 2], shape: [2, 3]))
    let two = column.reshaped(to: [2, 1, 1])
    #expect(two.broadcast(to: [2, 2, 2]) == Tensor([1, 1, 1, 1, 2, 2, 2, 2], shape: [2, 2, 2]))
    // Repeated inside and outside at once.
    let both = Tensor([1, 1, 2, 2, 1, 1, 2, 2], shape: [2, 2, 2])
    #expect(column.broadcast(to: [2, 2, 2]) == both)
    #expect(column.reshaped(to: [1, 2, 1]).broadcast(to: [2, 2, 2]) == both)
  }

  @Test func aSingleNumberGoesAnywhere() {
    for shape in [[], [1], [1, 1]] as [Shape] {
      #expect(Tensor([5], shape: shape).broadcast(to: [2, 2]) == Tensor(repeating: 5, shape: [2, 2]))
    }
  }

  @Test func anEqualShapeIsNotCopied() {
    let x = Tensor([1, 2])
    #expect(x.broadcast(to: [2]).pointer == x.pointer)
    #expect(x.summed(to: [2]).pointer == x.pointer)
  }

  @Test func summedAddsWhatWasRepeated() {
    let table = Tensor(numbers(6), shape: [2, 3])
    #expect(table.summed(to: [3]) == Tensor([5, 7, 9]))
    #expect(table.summed(to: [1, 3]) == Tensor([5, 7, 9], shape: [1, 3]))
    #expect(table.summed(to: [2, 1]) == Tensor([6, 15], shape: [2, 1]))
    #expect(table.summed(to: []) == Tensor([21], shape: []))
    #expect(table.summed(to: [1, 1]) == Tensor([21], shape: [1, 1]))
    let cube = Tensor(numbers(8), shape: [2, 2, 2])
    #expect(cube.summed(to: [2, 1]) == Tensor([1 + 2 + 5 + 6, 3 + 4 + 7 + 8], shape: [2, 1]))
  }

  /// <broadcast(x), y> = <x, summed(y)>: the two are each other's transpose.
  @Test(
    arguments: [[], [1], [4], [1, 4], [3, 1], [3, 4], [2, 1, 1], [1, 3, 1], [2, 3, 1], [1, 1, 4]] as [[Int]])
  func summedIsTheTransposeOfBroadcast(small: [Int]) {
    let large: Shape = [2, 3, 4]
    let x = sampleTensor(Shape(small), seed: 1)
    let y = sampleTensor(large, seed: 2)
    expectClose((x.broadcast(to: large) * y).sum(), (x * y.summed(to: x.shape)).sum(), absolute: 1e-4)
    #expect(y.summed(to: x.shape).shape == x.shape)
    expectGradient(at: x) { $0.broadcast(to: large) }
  }

  @Test func trapsOnShapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2]).broadcast(to: [2, 3]) }
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2], shape: [2, 1]).broadcast(to: [3, 3]) }
    await #expect(processExitsWith: .failure) {
      _ = Tensor([1, 2, 3, 4], shape: [2, 1, 2]).broadcast(to: [2, 3, 2])
    }
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2], shape: [1, 2]).broadcast(to: [2]) }
  }
}
