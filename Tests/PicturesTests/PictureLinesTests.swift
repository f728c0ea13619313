import Testing

@testable import Pictures

struct PictureLinesTests {
  @Test func linesAreDrawnAndCutOff() {
    var picture = Picture(width: 10, height: 8, channels: 3, bytes: [UInt8](repeating: 0, count: 240))
    picture.drawLine(from: (-50, 4), to: (5, 4), width: 2, colour: (1, 0, 0))
    func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(picture.bytes[(y * 10 + x) * 3..<(y * 10 + x) * 3 + 3]) }
    #expect(pixel(0, 4) == [255, 0, 0] && pixel(2, 3) == [255, 0, 0])
    #expect(pixel(9, 4) == [0, 0, 0] && pixel(2, 0) == [0, 0, 0])
    let before = picture
    picture.drawLine(from: (100, 100), to: (200, 120), width: 2, colour: (1, 1, 1))
    picture.drawLine(from: (.nan, 1), to: (2, 2), width: 2, colour: (1, 1, 1))
    #expect(picture == before)
  }
}
