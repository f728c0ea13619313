import CJPEG
import Foundation
import Pictures

/// A smooth picture that JPEG keeps well; every row and column differs.
package func smoothPicture(width: Int, height: Int, channels: Int, phase: Int = 0) -> Picture {
  var bytes: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      for channel in 0..<channels {
        let part = channel == 1 ? 190 * x / width : 190 * y / height
        bytes.append(UInt8((30 + part + phase) % 256))
      }
    }
  }
  return Picture(width: width, height: height, channels: channels, bytes: bytes)
}

extension Bytes {
  /// A JPEG of rows of `channels` bytes a pixel; four are inks as Adobe writes them.
  package static func jpeg(
    _ rows: [UInt8], width: Int, height: Int, channels: Int, quality: Int = 95, isProgressive: Bool = false
  ) -> [UInt8] {
    var output: UnsafeMutablePointer<UInt8>?
    var message = [CChar](repeating: 0, count: Int(vae_jpeg_message_length) + 1)
    let size = vae_jpeg_write(
      rows, Int32(width), Int32(height), Int32(channels), Int32(quality), isProgressive ? 1 : 0, &output, &message)
    defer { free(output) }
    return Array(UnsafeBufferPointer(start: output, count: size))
  }

  package static func jpeg(_ picture: Picture, quality: Int = 95, isProgressive: Bool = false) -> [UInt8] {
    jpeg(
      picture.bytes, width: picture.width, height: picture.height, channels: picture.channels, quality: quality,
      isProgressive: isProgressive)
  }

  /// A JPEG with an Exif segment that states an orientation, behind another entry.
  package static func exif(_ jpeg: [UInt8], orientation: Int, isLittle: Bool) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] { isLittle ? little(value, count) : big(value, count) }
    func entry(_ tag: Int, _ value: Int) -> [UInt8] {
      number(tag, 2) + number(3, 2) + number(1, 4) + number(value, 2) + [0, 0]
    }
    let tiff =
      Array((isLittle ? "II" : "MM").utf8) + number(42, 2) + number(8, 4) + number(2, 2) + entry(0x0100, 7)
      + entry(0x0112, orientation) + number(0, 4)
    let segment = Array("Exif\0\0".utf8) + tiff
    return Array(jpeg[..<2]) + [0xff, 0xe1] + big(segment.count + 2, 2) + segment + Array(jpeg[2...])
  }

  /// A PNG of rows that are already packed as its kind wants them, without filters, one row after the other.
  package static func png(
    width: Int, height: Int, depth: Int, colour: Int, palette: [UInt8] = [], rows: [[UInt8]],
    isInterlaced: Bool = false, in folder: TemporaryFolder
  ) throws -> [UInt8] {
    func chunk(_ type: String, _ content: [UInt8]) throws -> [UInt8] {
      let body = Array(type.utf8) + content
      // The checksum of a gzip file is PNG's.
      let gzip = try folder.gzip(body)
      return big(content.count, 4) + body + gzip[(gzip.count - 8)..<(gzip.count - 4)].reversed()
    }
    let header = big(width, 4) + big(height, 4) + [UInt8(depth), UInt8(colour), 0, 0, isInterlaced ? 1 : 0]
    var plain: [UInt8] = []
    for row in rows { plain += [0] + row }
    let zlib = Array(try compressed(plain, in: folder).dropFirst(8))
    var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]
    file += try chunk("IHDR", header)
    if !palette.isEmpty { file += try chunk("PLTE", palette) }
    return try file + chunk("IDAT", zlib) + chunk("IEND", [])
  }

  /// A tar of files.
  package static func tar(_ members: [(String, [UInt8])]) -> [UInt8] {
    func field(_ text: String, _ count: Int) -> [UInt8] {
      Array(text.utf8) + [UInt8](repeating: 0, count: count - text.utf8.count)
    }
    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    var file: [UInt8] = []
    for (name, content) in members {
      var header = field(name, 100) + field("0000644", 8) + field("0000000", 8) + field("0000000", 8)
      header += field(octal(content.count, 11), 12) + field(octal(0, 11), 12) + Array("        ".utf8) + [48]
      header += [UInt8](repeating: 0, count: 512 - header.count)
      let sum = header.reduce(0) { $0 + Int($1) }
      header.replaceSubrange(148..<156, with: Array(octal(sum, 6).utf8) + [0, 32])
      file += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }
    return file + [UInt8](repeating: 0, count: 1024)
  }
}

/// The bytes of a PNG that the library writes.
package func pngBytes(_ picture: Picture, in folder: TemporaryFolder) throws -> [UInt8] {
  let path = "\(folder.path)/\(UUID().uuidString).png"
  try picture.writePNG(to: path)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// The greatest difference of two pictures' bytes; nil where their forms differ.
package func difference(_ one: Picture, _ other: Picture) -> Int? {
  guard (one.width, one.height, one.channels) == (other.width, other.height, other.channels) else { return nil }
  return zip(one.bytes, other.bytes).map { abs(Int($0) - Int($1)) }.max()
}
