import Files
import Foundation
import Testing

@testable import Pictures

@Suite struct PictureTests {
  /// A folder that is gone after `body`.
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func ramp(width: Int, height: Int, channels: Int) -> Picture {
    Picture(
      width: width, height: height, channels: channels,
      bytes: (0..<width * height * channels).map { UInt8(truncatingIfNeeded: $0 &* 37) })
  }

  @Test func floatsAreClampedAndRounded() {
    let picture = Picture(values: [-1, 0, 0.5, 1, 7, .nan, .infinity, 0.002] as [Float], shape: [2, 4])
    #expect(picture.width == 4 && picture.height == 2 && picture.channels == 1)
    #expect(picture.bytes == [0, 0, 128, 255, 255, 0, 255, 1])
    #expect(Picture(values: [Float](repeating: 1, count: 6), shape: [1, 2, 3]).channels == 3)
  }

  @Test(arguments: [1, 3]) func pngComesBack(channels: Int) throws {
    try inFolder { folder in
      let path = folder + "/picture.png"
      for (width, height) in [(1, 1), (7, 5), (640, 3)] {
        let picture = ramp(width: width, height: height, channels: channels)
        try picture.writePNG(to: path)
        #expect(try Picture(readingPNG: path) == picture)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["picture.png"])
    }
  }

  @Test func aWriteThatFailsNamesTheFileAndLeavesNothing() throws {
    try inFolder { folder in
      let picture = ramp(width: 3, height: 3, channels: 1)
      // A folder that is not there, a file where a folder should be, and a folder where the file should go.
      let file = folder + "/file"
      try Data([1]).write(to: URL(fileURLWithPath: file))
      let taken = folder + "/taken.png"
      try FileManager.default.createDirectory(atPath: taken, withIntermediateDirectories: false)
      for path in [folder + "/none/a.png", file + "/a.png", taken] {
        let error = #expect(throws: FileError.self) { try picture.writePNG(to: path) }
        #expect(error?.path == path)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["file", "taken.png"])
    }
  }

  @Test func damagedFilesAreErrorsThatNameTheFile() throws {
    try inFolder { folder in
      let path = folder + "/a.png"
      #expect(throws: DataError.self) { try Picture(readingPNG: path) }
      try ramp(width: 50, height: 50, channels: 3).writePNG(to: path)
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      var corrupt = whole
      corrupt[corrupt.count / 2] ^= 0xFF
      // The header of a picture of 2^31 - 1 pixels a side, with nothing behind it.
      var huge = whole.prefix(60)
      huge.replaceSubrange(16..<24, with: [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF])
      for bytes in [Data(), Data("no picture".utf8), whole.prefix(20), whole.prefix(whole.count / 2), corrupt, huge] {
        try bytes.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: DataError.self) { try Picture(readingPNG: path) }
        #expect(error?.file == path)
      }
    }
  }

  @Test func reducingKeepsTheMeanOfEachArea() {
    let wide = Picture(width: 4, height: 2, bytes: [0, 40, 80, 120, 8, 48, 88, 128])
    #expect(wide.reduced(toWidth: 2, height: 1).bytes == [24, 104])
    #expect(wide.reduced(toWidth: 4, height: 2) == wide)
    // Three pixels among two: each takes one and a half.
    #expect(Picture(width: 3, height: 1, bytes: [0, 90, 240]).reduced(toWidth: 2, height: 1).bytes == [30, 190])
    let colours = Picture(width: 2, height: 1, channels: 3, bytes: [0, 10, 20, 100, 110, 120])
    #expect(colours.reduced(toWidth: 1, height: 1).bytes == [50, 60, 70])
  }
}
