import TestSupport
import Testing

@testable import Datasets

struct PictureOptionsTests {
  @Test func setsOfRealValuesKeepTheirRange() throws {
    let set = Dataset(name: "f", exampleShape: [2, 2], values: .floats([0, 1, 2, 3, -4, -4, -4, -4]))
    let small = try set.fitted(PictureOptions(size: .init(height: 1, width: 1)))
    guard case .floats(let values) = small.values else { return #expect(Bool(false), "not floats") }
    #expect(values == [1.5, -4] && small.exampleShape == [1, 1])
    let bytes = Dataset(
      name: "b", exampleShape: [2, 2, 3], values: .bytes((0..<24).map { UInt8($0) }), labels: [4, 5])
    let grey = try bytes.fitted(PictureOptions(size: .init(height: 1, width: 2), channels: 1))
    #expect(grey.exampleShape == [1, 2] && grey.labels == [4, 5] && grey.count == 2)
    let flat = Dataset(name: "v", exampleShape: [4], values: .bytes([1, 2, 3, 4]))
    #expect(dataError { _ = try flat.fitted(PictureOptions(channels: 1)) }?.found.contains("[4]") == true)
    #expect(try flat.fitted(PictureOptions()).exampleShape == [4])
  }

  @Test func decodingSmallerIsTheSamePicture() throws {
    let picture = smoothPicture(width: 320, height: 240, channels: 3)
    let options = PictureOptions(size: .init(height: 24, width: 32))
    let small = try options.decode(Bytes.jpeg(picture), path: "a.jpg")
    #expect(try #require(difference(small, picture.fitted(toWidth: 32, height: 24))) <= 4)
  }
}
