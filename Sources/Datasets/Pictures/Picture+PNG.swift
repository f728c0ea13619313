import CPNG
import Files
import Foundation

// libpng's simplified interface reports errors by result, so no `longjmp` crosses a Swift frame.
extension Picture {
  /// Writes a PNG, whole or not at all. Throws `FileError`, which names the file.
  public func writePNG(to path: String) throws {
    try AtomicFile.write(try pngData(path: path), to: path)
  }

  /// Reads a PNG: grey stays grey, anything with colour becomes RGB, transparency is laid on white.
  ///
  /// Throws `DataError` if the file cannot be read, is no PNG, is damaged, or holds more than 2^26 pixels.
  public init(readingPNG path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw DataError(
        file: path, expected: "a PNG", found: "a file that cannot be read", remedy: "check the path and permissions")
    }
    self = try data.withUnsafeBytes { try Self.decode($0, path: path) }
  }

  /// The same from a stream, such as a member of an archive.
  init(readingPNG stream: ByteStream) throws {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = try piece.withUnsafeMutableBytes({ try stream.read(into: $0) }), count > 0 {
      bytes += piece.prefix(count)
    }
    self = try bytes.withUnsafeBytes { try Self.decode($0, path: stream.name) }
  }

  private func pngData(path: String) throws -> Data {
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

  private static func decode(_ data: UnsafeRawBufferPointer, path: String) throws -> Picture {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard let start = data.baseAddress, data.count > 0 else { throw damaged(path, "an empty file") }
    guard png_image_begin_read_from_memory(&image, start, data.count) != 0 else { throw damaged(path, image.reason) }
    let (width, height) = (Int(image.width), Int(image.height))
    guard width * height <= 1 << 26 else {
      throw DataError(
        file: path, expected: "at most 2^26 pixels", found: "\(width) x \(height)", remedy: "scale the picture down")
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

  private static func damaged(_ path: String, _ found: String) -> DataError {
    DataError(file: path, expected: "a whole PNG", found: found, remedy: "fetch or write the picture again")
  }
}

extension png_image {
  fileprivate var reason: String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
