import TestSupport
import Testing

@testable import Pictures

struct ResamplingTests {
  private func noise(_ width: Int, _ height: Int, _ channels: Int) -> Picture {
    var random = Sequence64(state: UInt64(width * 1000 + height))
    return Picture(
      width: width, height: height, channels: channels,
      bytes: (0..<width * height * channels).map { _ in UInt8.random(in: 0...255, using: &random) })
  }

  /// Each new pixel against its area, in whole numbers, rounded once.
  @Test(arguments: [(7, 5, 3, 2), (105, 105, 28, 28), (20, 30, 20, 7), (9, 9, 8, 8), (250, 3, 64, 1), (5, 5, 5, 5)])
  func reducingIsTheExactMeanOfAreas(width: Int, height: Int, newWidth: Int, newHeight: Int) {
    for channels in [1, 3] {
      let picture = noise(width, height, channels)
      let reduced = picture.reduced(toWidth: newWidth, height: newHeight)
      // In units of 1 / new of an old pixel.
      func overlap(_ old: Int, _ new: Int, _ sizes: (old: Int, new: Int)) -> Int {
        max(0, min((old + 1) * sizes.new, (new + 1) * sizes.old) - max(old * sizes.new, new * sizes.old))
      }
      for y in 0..<newHeight {
        for x in 0..<newWidth {
          for channel in 0..<channels {
            var sum = 0
            for row in 0..<height {
              for column in 0..<width {
                sum +=
                  overlap(row, y, (height, newHeight)) * overlap(column, x, (width, newWidth))
                  * Int(picture.bytes[(row * width + column) * channels + channel])
              }
            }
            let area = width * height
            #expect(Int(reduced.bytes[(y * newWidth + x) * channels + channel]) == (2 * sum + area) / (2 * area))
          }
        }
      }
    }
  }

  @Test func growingIsStraightLines() {
    let two = Picture(width: 2, height: 1, bytes: [0, 200])
    #expect(two.resized(toWidth: 4, height: 1).bytes == [0, 50, 150, 200])
    #expect(two.resized(toWidth: 4, height: 3).bytes == [0, 50, 150, 200, 0, 50, 150, 200, 0, 50, 150, 200])
    let flat = Picture(width: 3, height: 2, channels: 3, bytes: [UInt8](repeating: 77, count: 18))
    #expect(flat.resized(toWidth: 11, height: 9).bytes.allSatisfy { $0 == 77 })
    #expect(Picture(width: 1, height: 1, bytes: [9]).resized(toWidth: 3, height: 2).bytes == [9, 9, 9, 9, 9, 9])
  }

  @Test func theMiddleIsTaken() {
    let wide = Picture(width: 6, height: 2, bytes: [1, 1, 10, 20, 1, 1, 1, 1, 30, 40, 1, 1])
    #expect(wide.fitted(toWidth: 2, height: 2).bytes == [10, 20, 30, 40])
    #expect(wide.fitted(toWidth: 1, height: 1).bytes == [25])
    let high = Picture(width: 1, height: 4, bytes: [0, 8, 9, 0])
    #expect(high.fitted(toWidth: 2, height: 4).width == 2)
    #expect(Picture.middle(250, 250, shapedAs: (128, 128)) == (0, 0, 250, 250))
    #expect(Picture.middle(300, 200, shapedAs: (64, 64)) == (50, 0, 200, 200))
    #expect(Picture.middle(1, 1000, shapedAs: (1000, 1)) == (0, 499, 1, 1))
  }

  @Test func greyIsBrightness() {
    let colours = Picture(width: 4, height: 1, channels: 3, bytes: [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])
    #expect(colours.grey.bytes == [76, 150, 29, 9])
    #expect(colours.grey.coloured.bytes.prefix(3) == [76, 76, 76])
  }
}
