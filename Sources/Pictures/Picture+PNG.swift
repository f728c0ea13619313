import CPNG
import Files
import Foundation

// libpng's simplified interface reports errors by result, so no `longjmp` crosses a Swift frame.
extension Picture {
  /// Writes a PNG, whole or not at all. Throws `FileError`, which names the file.
  public func writePNG(to path: String) throws {
    try AtomicFile.write(try pngData(path: path), to: path)
  }

  /// Reads a PNG of any kind: grey stays grey, anything with colour becomes RGB, transparency is laid on white, 16 bits
  /// become 8.
  ///
  /// Throws `DataError` if the file cannot be read, is no PNG, is damaged, or holds more than 2^26 pixels.
  public init(readingPNG path: String) throws {
    self = try Self.png(try ReadableFile(path: path).rest(), path: path)
  }

  package func pngData(path: String) throws -> Data {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(width)
    image.height = png_uint_32(height)
    image.format = channels == 3 ? png_uint_32(PNG_FORMAT_FLAG_COLOR) : 0

    // The first call measures, the second one writes.
    var size: png_alloc_size_t = 0
    guard png_image_write_to_memory(&image, nil, &size, 0, bytes, 0, nil) != 0 else {
      throw FileError(path: path, problem: "cannot encode as PNG: \(image.reason)")
    }
    var encoded = Data(count: Int(size))
    let isWritten = encoded.withUnsafeMutableBytes {
      png_image_write_to_memory(&image, $0.baseAddress, &size, 0, bytes, 0, nil) != 0
    }
    guard isWritten else { throw FileError(path: path, problem: "cannot encode as PNG: \(image.reason)") }
    return encoded.prefix(Int(size))
  }

  /// The same from a file's bytes.
  package static func png(_ data: [UInt8], path: String) throws -> Picture {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard !data.isEmpty else { throw damaged(path, "an empty file") }
    return try data.withUnsafeBytes { try finish(&image, $0, path: path) }
  }

  private static func finish(
    _ image: inout png_image, _ data: UnsafeRawBufferPointer, path: String
  ) throws -> Picture {
    guard png_image_begin_read_from_memory(&image, data.baseAddress!, data.count) != 0 else {
      throw damaged(path, image.reason)
    }
    let (width, height) = (Int(image.width), Int(image.height))
    try checkSize(width, height, path: path)
    // The header, which has just been found whole, states bits per channel and, by a number, the channels.
    let bits = Int(data[24]) * ([2: 3, 4: 2, 6: 4][data[25]] ?? 1)
    guard width * height / 8 * bits <= data.count * greatestRatio else {
      throw damaged(path, "\(data.count) bytes for \(width) x \(height) pixels")
    }
    let isColour = image.format & png_uint_32(PNG_FORMAT_FLAG_COLOR) != 0
    image.format = isColour ? png_uint_32(PNG_FORMAT_FLAG_COLOR) : 0
    // 16-bit files without a stated gamma are taken as they are, like 8-bit ones.
    image.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
    var background = png_color(red: 255, green: 255, blue: 255)
    var bytes = [UInt8](repeating: 0, count: width * height * (isColour ? 3 : 1))
    guard png_image_finish_read(&image, &background, &bytes, 0, nil) != 0 else { throw damaged(path, image.reason) }
    return Picture(width: width, height: height, channels: isColour ? 3 : 1, bytes: bytes)
  }

  /// DEFLATE can't do better than 1032 to 1.
  private static let greatestRatio = 1032

  private static func damaged(_ path: String, _ found: String) -> DataError {
    DataError(file: path, expected: "a whole PNG", found: found, remedy: "fetch or write the picture again")
  }
}

extension png_image {
  fileprivate var reason: String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
