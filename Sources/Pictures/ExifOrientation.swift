/// How a camera was held: which way a picture has to be turned to be upright. The numbers are Exif's.
enum ExifOrientation: Int, CaseIterable {
  case upright = 1
  case mirrored, upsideDown, mirroredUpsideDown
  case transposed, turnedLeft, antitransposed, turnedRight

  /// Whether rows become columns.
  var swapsSides: Bool { rawValue >= 5 }

  /// What the Exif data of a JPEG say; upright where there are none or they make no sense.
  init(jpeg data: [UInt8]) {
    var position = 2
    // Segments are a marker, a length that counts itself, and content; pixels follow the marker 0xda.
    while position + 4 <= data.count, data[position] == 0xff {
      let marker = data[position + 1]
      if marker == 0xff {
        position += 1
        continue
      }
      if marker == 0xda || marker == 0xd9 { break }
      let length = Int(data[position + 2]) << 8 | Int(data[position + 3])
      let end = position + 2 + length
      guard length >= 2, end <= data.count else { break }
      if marker == 0xe1, let found = Self.exif(data[position + 4..<end]) {
        self = found
        return
      }
      position = end
    }
    self = .upright
  }

  /// The orientation in an APP1 segment: "Exif", then a TIFF header and its first directory of 12-byte entries.
  private static func exif(_ segment: ArraySlice<UInt8>) -> ExifOrientation? {
    guard segment.starts(with: Array("Exif\0\0".utf8)) else { return nil }
    let tiff = Array(segment.dropFirst(6))
    let isLittle = tiff.starts(with: Array("II".utf8))
    guard isLittle || tiff.starts(with: Array("MM".utf8)) else { return nil }
    func number(at offset: Int, bytes: Int) -> Int? {
      guard offset >= 0, offset + bytes <= tiff.count else { return nil }
      let part = tiff[offset..<offset + bytes]
      return isLittle ? part.reversed().reduce(0) { $0 << 8 | Int($1) } : part.reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(at: 2, bytes: 2) == 42, let directory = number(at: 4, bytes: 4),
      let count = number(at: directory, bytes: 2)
    else { return nil }
    for entry in 0..<count {
      let offset = directory + 2 + 12 * entry
      guard let tag = number(at: offset, bytes: 2) else { return nil }
      // The orientation's tag, and a 16-bit number as its type.
      if tag == 0x0112, number(at: offset + 2, bytes: 2) == 3 {
        return number(at: offset + 8, bytes: 2).flatMap(ExifOrientation.init(rawValue:))
      }
    }
    return nil
  }
}

extension Picture {
  /// The picture turned and mirrored until it is upright.
  func turned(_ orientation: ExifOrientation) -> Picture {
    if orientation == .upright { return self }
    let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
    var result = [UInt8](repeating: 0, count: bytes.count)
    for y in 0..<newHeight {
      for x in 0..<newWidth {
        let (fromX, fromY): (Int, Int) =
          switch orientation {
          case .upright: (x, y)
          case .mirrored: (width - 1 - x, y)
          case .upsideDown: (width - 1 - x, height - 1 - y)
          case .mirroredUpsideDown: (x, height - 1 - y)
          case .transposed: (y, x)
          case .turnedLeft: (y, height - 1 - x)
          case .antitransposed: (width - 1 - y, height - 1 - x)
          case .turnedRight: (width - 1 - y, x)
          }
        let (target, source) = ((y * newWidth + x) * channels, (fromY * width + fromX) * channels)
        for channel in 0..<channels { result[target + channel] = bytes[source + channel] }
      }
    }
    return Picture(width: newWidth, height: newHeight, channels: channels, bytes: result)
  }
}
