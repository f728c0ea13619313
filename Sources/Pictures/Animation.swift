import CZlib
import Files
import Foundation

/// Pictures that follow each other in one file, an animated PNG: browsers play it, and what doesn't know of animation shows
/// its first picture.
public struct Animation: Sendable {
  /// The pictures, all of one size and as many channels.
  public var frames: [Picture]
  /// Seconds that each is shown.
  public var delay: Double
  /// How often it is played; 0 is without end.
  public var loops: Int

  /// Traps unless there are pictures of one size, shown for up to a minute each.
  public init(_ frames: [Picture], delay: Double = 0.1, loops: Int = 0) {
    require(!frames.isEmpty, "Animation: no pictures")
    let first = frames[0]
    require(
      frames.allSatisfy { ($0.width, $0.height, $0.channels) == (first.width, first.height, first.channels) },
      "Animation: pictures of different sizes or channels")
    require(delay >= 0 && delay <= 60 && loops >= 0, "Animation: delay \(delay), loops \(loops)")
    (self.frames, self.delay, self.loops) = (frames, delay, loops)
  }

  /// Writes the animation, whole or not at all. Throws `FileError`, which names the file.
  public func writePNG(to path: String) throws {
    try AtomicFile.write(try data(path: path), to: path)
  }

  /// Chunks of the first picture's own file, `acTL` behind its header, and before each picture an `fcTL`; the pixels of
  /// the later ones are in `fdAT`. `fcTL` and `fdAT` are numbered in one sequence.
  private func data(path: String) throws -> Data {
    var file = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    var number = 0
    func numbered() -> Data {
      defer { number += 1 }
      return Self.big(number)
    }
    for (index, frame) in frames.enumerated() {
      let chunks = try Self.chunks(of: frame.pngData(path: path))
      if index == 0 {
        for (type, content) in chunks.prefix(while: { $0.type != "IDAT" }) {
          Self.append(type, content, to: &file)
          if type == "IHDR" { Self.append("acTL", Self.big(frames.count) + Self.big(loops), to: &file) }
        }
      }
      // Size, place at the corner, milliseconds; the next picture replaces this one.
      let control = Self.big(frame.width) + Self.big(frame.height) + Self.big(0) + Self.big(0)
      let time = Self.big(Int((delay * 1000).rounded())).suffix(2) + Self.big(1000).suffix(2)
      Self.append("fcTL", numbered() + control + time + [0, 0], to: &file)
      for (type, content) in chunks where type == "IDAT" {
        if index == 0 {
          Self.append(type, content, to: &file)
        } else {
          Self.append("fdAT", numbered() + content, to: &file)
        }
      }
    }
    Self.append("IEND", Data(), to: &file)
    return file
  }

  /// The chunks of a PNG that libpng wrote: length, type, content, checksum.
  private static func chunks(of png: Data) -> [(type: String, content: Data)] {
    var chunks: [(type: String, content: Data)] = []
    let bytes = [UInt8](png)
    var position = 8
    while position + 12 <= bytes.count {
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let type = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
      chunks.append((type, Data(bytes[position + 8..<position + 8 + length])))
      position += 12 + length
    }
    return chunks
  }

  private static func append(_ type: String, _ content: Data, to file: inout Data) {
    let body = [UInt8](type.utf8) + content
    file += big(content.count) + body + big(Int(crc32(0, body, UInt32(body.count))))
  }

  private static func big(_ value: Int) -> Data { withUnsafeBytes(of: UInt32(value).bigEndian) { Data($0) } }
}
