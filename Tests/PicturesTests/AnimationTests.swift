import Foundation
import TestSupport
import Testing

@testable import Pictures

struct AnimationTests {
  private struct Chunk: Equatable {
    var type: String
    var content: [UInt8]
    var checksum: Int
  }

  private func chunks(_ path: String) throws -> [Chunk] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    var chunks: [Chunk] = []
    var position = 8
    func word(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    while position < bytes.count {
      let end = position + 8 + word(position)
      chunks.append(
        Chunk(
          type: String(decoding: bytes[position + 4..<position + 8], as: UTF8.self),
          content: Array(bytes[position + 8..<end]), checksum: word(end)))
      position = end + 4
    }
    return chunks
  }

  @Test(arguments: [1, 3]) func chunksFollowTheFormat(channels: Int) throws {
    let folder = try TemporaryFolder()
    let frames = (0..<3).map { smoothPicture(width: 9, height: 5, channels: channels, phase: 40 * $0) }
    let path = folder.path + "/a.png"
    try Animation(frames, delay: 0.25, loops: 2).writePNG(to: path)
    // Readers that don't know of animation see the first picture.
    #expect(try Picture(readingPNG: path) == frames[0])
    let found = try chunks(path)
    #expect(found.first?.type == "IHDR" && found.last?.type == "IEND" && found[1].type == "acTL")
    #expect(found[1].content == [0, 0, 0, 3, 0, 0, 0, 2])
    let kinds = found.map(\.type).filter { ["fcTL", "IDAT", "fdAT"].contains($0) }
    #expect(kinds == ["fcTL", "IDAT", "fcTL", "fdAT", "fcTL", "fdAT"])
    let numbered = found.filter { $0.type == "fcTL" || $0.type == "fdAT" }
    #expect(numbered.map { $0.content.prefix(4).reduce(0) { $0 << 8 | Int($1) } } == [0, 1, 2, 3, 4])
    for control in found.filter({ $0.type == "fcTL" }) {
      #expect(
        control.content.dropFirst(4) == [0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 250, 3, 232, 0, 0][...])
    }
    // A later frame's pixels, as a file of their own, are that frame.
    for (frame, data) in zip(frames.dropFirst(), found.filter { $0.type == "fdAT" }) {
      let alone = try pngBytes(frame, in: folder)
      let content = Array(data.content.dropFirst(4))
      #expect((0..<alone.count - content.count).contains { Array(alone[$0..<$0 + content.count]) == content })
    }
  }

  @Test func realValuesOutsideTheUnitAreSpread() {
    #expect(Picture.range(of: [0.2, 0.9]) == 0...1)
    #expect(Picture.range(of: [-2, 6, .nan, .infinity]) == -2...6)
    #expect(Picture.range(of: [5, 5]) == 0...1)
    #expect(Picture.range(of: [Float]()) == 0...1)
    let picture = Picture(values: [-2, 0, 6, .nan] as [Float], shape: [2, 2], range: -2...6)
    #expect(picture.bytes == [0, 64, 255, 0])
  }
}
