import Pictures
import Testing

@testable import Datasets

struct PictureAndDatasetTests {
  @Test func examplesOfASetAreShownAsTheyAre() {
    let bytes = Dataset(name: "b", exampleShape: [1, 2], values: .bytes([1, 2, 3, 4]))
    #expect(Picture(bytes, at: 1)?.bytes == [3, 4])
    let floats = Dataset(name: "f", exampleShape: [1, 1, 3], values: .floats([0, 0.5, 1]))
    #expect(Picture(floats, at: 0)?.bytes == [0, 128, 255])
    #expect(Picture(Dataset(name: "v", exampleShape: [2], values: .floats([0, 0])), at: 0) == nil)
  }

  @Test func setsAreJoined() {
    let a = Dataset(name: "a", exampleShape: [2], values: .bytes([255, 0]), labels: [1])
    let b = Dataset(name: "b", exampleShape: [2], values: .floats([0.5, 1, 0, 0]))
    guard case .floats(let values) = Dataset.joining([a, b]).values else { return #expect(Bool(false), "floats") }
    #expect(values == [1, 0, 0.5, 1, 0, 0])
    guard case .bytes(let bytes) = Dataset.joining([a, a]).values else { return #expect(Bool(false), "bytes") }
    #expect(bytes == [255, 0, 255, 0])
  }
}
