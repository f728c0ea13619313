import CJPEG
import Files
import Foundation

extension Picture {
  /// Reads a JPEG, turned as its Exif data say: grey stays grey, colour and the four inks of print become RGB.
  ///
  /// Throws `DataError` if the file cannot be read, is no JPEG, is damaged or cut short, or holds more than 2^26 pixels.
  public init(readingJPEG path: String) throws {
    self = try Self.jpeg(try ReadableFile(path: path).rest(), path: path, atLeast: nil)
  }

  /// The same from a file's bytes. Where `least` is given, a picture of more than twice that size may come out halved, or
  /// halved again, by the decoder, which then has less to do; it does so by means of 8 x 8 blocks' lower frequencies.
  package static func jpeg(_ data: [UInt8], path: String, atLeast least: (width: Int, height: Int)?) throws -> Picture {
    var header = vae_jpeg_info()
    var message = [CChar](repeating: 0, count: Int(vae_jpeg_message_length) + 1)
    func damaged() -> DataError {
      DataError(
        file: path, expected: "a whole JPEG", found: message.text, remedy: "fetch or write the picture again")
    }
    guard vae_jpeg_read(data, data.count, 1, nil, 0, &header, &message) != 0 else { throw damaged() }
    let (width, height) = (Int(header.width), Int(header.height))
    try Picture.checkSize(width, height, path: path)
    // A block of 8 x 8 pixels takes a bit at the very least.
    guard width * height <= 1 << 16 || width * height <= data.count * 512 else {
      throw DataError(
        file: path, expected: "data for \(width) x \(height) pixels", found: "\(data.count) bytes",
        remedy: "the file is cut short or its header is damaged: fetch or write the picture again")
    }
    let orientation = ExifOrientation(jpeg: data)
    var denominator: Int32 = 1
    if let least {
      let wanted = orientation.swapsSides ? (least.height, least.width) : (least.width, least.height)
      while denominator < 8, width >= 4 * Int(denominator) * wanted.0, height >= 4 * Int(denominator) * wanted.1 {
        denominator *= 2
      }
    }
    guard vae_jpeg_read(data, data.count, denominator, nil, 0, &header, &message) != 0 else { throw damaged() }
    var pixels = [UInt8](repeating: 0, count: Int(header.width) * Int(header.height) * Int(header.channels))
    let capacity = pixels.count
    guard vae_jpeg_read(data, data.count, denominator, &pixels, capacity, &header, &message) != 0 else {
      throw damaged()
    }
    if header.channels == 4 { pixels = Self.rgb(cmyk: pixels, isInverted: header.is_inverted != 0) }
    let picture = Picture(
      width: Int(header.width), height: Int(header.height), channels: header.channels == 1 ? 1 : 3, bytes: pixels)
    return picture.turned(orientation)
  }

  /// Each colour is what cyan, magenta or yellow leaves, less what black takes.
  private static func rgb(cmyk: [UInt8], isInverted: Bool) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: cmyk.count / 4 * 3)
    for pixel in 0..<cmyk.count / 4 {
      for channel in 0..<3 {
        let (ink, black) = (cmyk[4 * pixel + channel], cmyk[4 * pixel + 3])
        let (light, white) = isInverted ? (ink, black) : (255 - ink, 255 - black)
        result[3 * pixel + channel] = UInt8((Int(light) * Int(white) + 127) / 255)
      }
    }
    return result
  }
}

extension [CChar] {
  /// What a C string says.
  fileprivate var text: String {
    String(decoding: prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
