import Files
import Foundation
import Pictures
import TestSupport
import Testing

@testable import Datasets

struct PicturePairsTests {
  private func picture(_ width: Int, _ height: Int, _ value: UInt8 = 255) throws -> [UInt8] {
    Array(
      try Picture(width: width, height: height, bytes: [UInt8](repeating: value, count: width * height)).pngData(
        path: ""))
  }

  private func complaint(_ photographs: [String: [UInt8]], _ masks: [String: [UInt8]]) throws -> DataError? {
    let folder = try TemporaryFolder()
    for (name, bytes) in photographs { try folder.file("photos/\(name)", bytes) }
    for (name, bytes) in masks { try folder.file("masks/\(name)", bytes) }
    return dataError { try PicturePairs.check("\(folder.path)/photos", "\(folder.path)/masks", masks: true) }
  }

  @Test func pairsAreByNameWhateverTheEndingAndSize() throws {
    let jpeg = Bytes.jpeg(smoothPicture(width: 30, height: 20, channels: 3))
    let photographs = ["a.jpg": jpeg, "b/c.jpg": jpeg]
    #expect(try complaint(photographs, ["a.png": picture(15, 10), "b/c.png": picture(30, 20)]) == nil)
  }

  @Test func whatIsAloneIsNamed() throws {
    let one = try picture(4, 4)
    let missing = try complaint(["a.png": one, "b.png": one], ["a.png": one])
    #expect(missing?.file.hasSuffix("photos/b.png") == true)
    let extra = try complaint(["a.png": one], ["a.png": one, "c.png": one])
    #expect(extra?.file.hasSuffix("masks/c.png") == true)
    // As many, and yet not pairs.
    let other = try complaint(["a.png": one, "b.png": one], ["a.png": one, "c.png": one])
    #expect(other?.file.hasSuffix("photos/b.png") == true)
    let twice = try complaint(
      ["a.png": one, "a.jpg": Bytes.jpeg(smoothPicture(width: 4, height: 4, channels: 1))], ["a.png": one])
    #expect(twice?.found.hasPrefix("a.") == true)
  }

  @Test func anotherShapeADamagedFileAndNothingWhiteAreNamed() throws {
    let one = try picture(20, 10)
    #expect(try complaint(["a.png": one], ["a.png": picture(10, 20)])?.file.hasSuffix("masks/a.png") == true)
    #expect(try complaint(["a.png": one], ["a.png": picture(20, 11)])?.expected.contains("20 x 10") == true)
    #expect(try complaint(["a.png": one], ["a.png": Array(one.prefix(30))])?.file.hasSuffix("masks/a.png") == true)
    let dark = try complaint(["a.png": one], ["a.png": picture(20, 10, 1)])
    #expect(dark?.remedy == "make masks of 0 and 255")
    #expect(dataError { try PicturePairs.check("/nowhere", "/nowhere", masks: true) }?.file == "/nowhere")
  }
}
