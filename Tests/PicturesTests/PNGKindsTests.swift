import Foundation
import TestSupport
import Testing

@testable import Pictures

/// PNG of every kind, made by hand.
struct PNGKindsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func decode(_ png: [UInt8]) throws -> Picture { try Picture.decode(png, path: "a.png") }

  @Test func bitsAreBlackAndWhite() throws {
    let png = try Bytes.png(width: 3, height: 2, depth: 1, colour: 0, rows: [[0b101_00000], [0b010_00000]], in: folder)
    #expect(try decode(png) == Picture(width: 3, height: 2, bytes: [255, 0, 255, 0, 255, 0]))
  }

  @Test func palettesAreColours() throws {
    let palette: [UInt8] = [10, 20, 30, 200, 100, 0]
    let png = try Bytes.png(
      width: 2, height: 1, depth: 8, colour: 3, palette: palette, rows: [[1, 0]], in: folder)
    #expect(try decode(png) == Picture(width: 2, height: 1, channels: 3, bytes: [200, 100, 0, 10, 20, 30]))
  }

  @Test func sixteenBitsBecomeEight() throws {
    let png = try Bytes.png(
      width: 3, height: 1, depth: 16, colour: 0, rows: [[0, 0, 0x80, 0x80, 0xff, 0xff]], in: folder)
    #expect(try decode(png).bytes == [0, 128, 255])
  }

  @Test func transparencyIsLaidOnWhite() throws {
    let clear = try Bytes.png(
      width: 2, height: 1, depth: 8, colour: 6, rows: [[10, 20, 30, 0, 10, 20, 30, 255]], in: folder)
    #expect(try decode(clear).bytes == [255, 255, 255, 10, 20, 30])
    let grey = try Bytes.png(width: 2, height: 1, depth: 8, colour: 4, rows: [[9, 0, 9, 255]], in: folder)
    #expect(try decode(grey) == Picture(width: 2, height: 1, bytes: [255, 9]))
  }

  /// Two of Adam's seven passes: a picture of 2 x 1 has its first pixel in the first, its second in the sixth.
  @Test func interlacedRowsAreSorted() throws {
    let png = try Bytes.png(
      width: 2, height: 2, depth: 8, colour: 0, rows: [[1], [2], [3, 4]], isInterlaced: true, in: folder)
    #expect(try decode(png).bytes == [1, 2, 3, 4])
  }

  @Test func damageIsNamed() throws {
    let png = try Bytes.png(
      width: 40, height: 30, depth: 8, colour: 2, rows: [[UInt8]](repeating: (0..<120).map { $0 }, count: 30),
      in: folder)
    let whole = try decode(png)
    // Behind the last pixel are only checksums: a file cut there may be read, but only to the same picture.
    try expectOnlyDataErrors(png, "a.png", cuts: 200, flips: 400, mayPassWhenCut: true) { path in
      let picture = try Picture(reading: path)
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      if size < png.count { #expect(picture == whole) }
    }
  }

  @Test func claimsBeyondTheFileAreRefused() throws {
    let rows = [[UInt8]](repeating: [1, 2, 3], count: 1)
    let png = try Bytes.png(width: 8000, height: 8000, depth: 8, colour: 2, rows: rows, in: folder)
    #expect(dataError { _ = try decode(png) }?.found.contains("bytes for 8000 x 8000") == true)
    #expect(dataError { _ = try decode([]) }?.found == "an empty file")
    #expect(dataError { _ = try decode(Array("GIF89a".utf8)) }?.found == "another format")
  }
}
