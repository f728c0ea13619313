import Tensors
import Testing

struct ShapeTests {
  @Test func knowsItsSizes() {
    let shape: Shape = [4, 3, 5]
    #expect(shape.rank == 3)
    #expect(shape.count == 60)
    #expect(shape.array == [4, 3, 5])
    #expect((shape[0], shape[2]) == (4, 5))
    #expect((shape[-1], shape[-3]) == (5, 4))
    #expect("\(shape)" == "[4, 3, 5]")
  }

  @Test func aNumberHasNoAxes() {
    #expect(Shape([]).count == 1)
    #expect(Shape([]).rank == 0)
    #expect("\(Shape([]))" == "[]")
  }

  @Test func axesCanBeAddedAndDropped() {
    #expect(Shape([2, 3]).appending(4) == [2, 3, 4])
    #expect(Shape([2, 3]).prepending(4) == [4, 2, 3])
    #expect(Shape([2, 3]).dropLast == [2])
  }

  @Test func equalityIsOfSizesAndRank() {
    #expect(Shape([2, 3]) == Shape([2, 3]))
    #expect(Shape([2, 3]) != Shape([3, 2]))
    // The unused axes are stored as zeros, which must not make these two equal.
    #expect(Shape([2]) != Shape([2, 0]))
  }

  @Test func holdsSixLargeAxes() {
    #expect(Shape([1, 2, 3, 4, 5, 6]).count == 720)
    #expect(Shape([Int(Int32.max)]).count == 2_147_483_647)
    #expect(Shape([Int(Int32.max), 1 << 30]).count == 2_147_483_647 << 30)
  }

  @Test func trapsOnWhatItCannotHold() async {
    await #expect(processExitsWith: .failure) { _ = Shape([1, 1, 1, 1, 1, 1, 1]) }
    await #expect(processExitsWith: .failure) { _ = Shape([-1]) }
    await #expect(processExitsWith: .failure) { _ = Shape([1 << 31]) }
    await #expect(processExitsWith: .failure) { _ = Shape([2, 3])[2] }
  }
}
