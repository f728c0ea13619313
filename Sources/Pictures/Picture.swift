import Foundation

/// An 8-bit picture, grey or RGB, row-major from the top left.
public struct Picture: Equatable, Sendable {
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// 1 for grey, 3 for red, green, blue.
  public let channels: Int
  /// [height, width, channels], 0 is black.
  public var bytes: [UInt8]

  /// A picture of given bytes, [height, width, channels].
  ///
  /// Traps unless both sides are positive, `channels` is 1 or 3 and the bytes fill the picture exactly.
  public init(width: Int, height: Int, channels: Int = 1, bytes: [UInt8]) {
    require(width > 0 && height > 0, "Picture: sides must be positive, got \(width) x \(height)")
    require(channels == 1 || channels == 3, "Picture: 1 (grey) or 3 (RGB) channels, got \(channels)")
    require(
      bytes.count == width * height * channels,
      "Picture: \(width) x \(height) x \(channels) needs \(width * height * channels) bytes, got \(bytes.count)")
    self.width = width
    self.height = height
    self.channels = channels
    self.bytes = bytes
  }

  /// A picture of intensities: the ends of `range` become 0 and 255, rounded; what lies outside is clamped and NaN is black.
  ///
  /// `shape` is [height, width] or [height, width, channels]. Traps if it is neither or the values do not fill it.
  public init(values: some Collection<Float>, shape: [Int], range: ClosedRange<Float> = 0...1) {
    require(Self.isPicture(shape: shape), "Picture: shape [h, w], [h, w, 1] or [h, w, 3], got \(shape)")
    self.init(
      width: shape[1], height: shape[0], channels: shape.count == 3 ? shape[2] : 1,
      // `max` comes first so that NaN, which loses every comparison, becomes 0.
      bytes: values.map { value in
        let part = range == 0...1 ? value : (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        return UInt8((min(max(0, part), 1) * 255).rounded())
      })
  }

  /// What should become black and white in pictures of these values: 0 and 1 where all lie between, else the least and the
  /// greatest of them.
  public static func range(of values: some Sequence<Float>) -> ClosedRange<Float> {
    var (least, greatest) = (Float.infinity, -Float.infinity)
    for value in values where value.isFinite { (least, greatest) = (min(least, value), max(greatest, value)) }
    return least >= greatest || (least >= 0 && greatest <= 1) ? 0...1 : least...greatest
  }

  /// [height, width] or [height, width, 3].
  package var exampleShape: [Int] { [height, width] + (channels == 1 ? [] : [channels]) }

  /// Whether examples of this shape can be shown: [h, w], [h, w, 1] or [h, w, 3].
  public static func isPicture(shape: [Int]) -> Bool {
    guard shape.count == 2 || shape.count == 3, shape.allSatisfy({ $0 > 0 }) else { return false }
    return shape.count == 2 || shape[2] == 1 || shape[2] == 3
  }

  /// The same picture with every pixel a square of `factor` x `factor`.
  public func enlarged(by factor: Int) -> Picture {
    require(factor >= 1, "Picture: enlarged by \(factor)")
    if factor == 1 { return self }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count * factor * factor)
    for y in 0..<height {
      var row: [UInt8] = []
      row.reserveCapacity(width * channels * factor)
      for pixel in stride(from: y * width * channels, to: (y + 1) * width * channels, by: channels) {
        for _ in 0..<factor { row += bytes[pixel..<pixel + channels] }
      }
      for _ in 0..<factor { result += row }
    }
    return Picture(width: width * factor, height: height * factor, channels: channels, bytes: result)
  }
}
