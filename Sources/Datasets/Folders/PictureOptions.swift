import Files
import Pictures
import Tensors

/// What becomes of pictures of any size and colour as they are read.
public struct PictureOptions: Sendable, Equatable {
  /// Rows and columns.
  public struct Size: Sendable, Equatable, CustomStringConvertible {
    /// Rows.
    public var height: Int
    /// Pixels in a row.
    public var width: Int

    /// A size in pixels.
    public init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

    /// `64x48`: 64 rows of 48 pixels.
    public var description: String { "\(height)x\(width)" }
  }

  /// The middle of each picture that has the shape of this size, in this size: means of areas where it shrinks, straight
  /// lines between pixels where it grows. Nil leaves sizes as they are.
  public var size: Size?
  /// 1 turns colour into grey, 3 grey into colour. Nil leaves grey as it is where all pictures are grey.
  public var channels: Int?
  /// A part of each picture that is larger than it, from this corner, before anything else.
  package var crop: (x: Int, y: Int, size: Size)?

  /// Pictures as they are found, unless told otherwise.
  public init(size: Size? = nil, channels: Int? = nil) { (self.size, self.channels) = (size, channels) }

  /// Compares what callers can set, and the part that is cut out.
  public static func == (one: PictureOptions, other: PictureOptions) -> Bool {
    one.form == other.form
  }

  /// Whether nothing is to be done.
  public var isAsFound: Bool { size == nil && channels == nil && crop == nil }

  /// All that changes the pixels, in words; part of a cache's key.
  var form: String {
    let cut = crop.map { ", \($0.size) from \($0.y), \($0.x)" } ?? ""
    return "pictures\(cut), size \(size.map(\.description) ?? "as found"), "
      + "channels \(channels.map(String.init) ?? "as found")"
  }

  /// A picture's bytes as these options want it.
  func decode(_ data: [UInt8], path: String) throws -> Picture {
    let least = crop == nil ? size.map { (width: $0.width, height: $0.height) } : nil
    return apply(to: try Picture.decode(data, path: path, atLeast: least))
  }

  /// A picture as these options want it.
  public func apply(to picture: Picture) -> Picture {
    var picture = picture
    if channels == 1 { picture = picture.grey }
    if let crop, picture.width >= crop.x + crop.size.width, picture.height >= crop.y + crop.size.height {
      picture = picture.cropped((crop.x, crop.y, crop.size.width, crop.size.height))
    }
    if let size { picture = picture.fitted(toWidth: size.width, height: size.height) }
    return channels == 3 ? picture.coloured : picture
  }
}

extension Dataset {
  /// The same examples as `options` want pictures. Throws `DataError` where they are none.
  package func fitted(_ options: PictureOptions) throws -> Dataset {
    if options.isAsFound { return self }
    guard let first = Picture(self, at: 0) else {
      throw DataError(
        file: name, expected: "pictures to resize or turn grey", found: "examples of shape \(exampleShape)",
        remedy: "leave --size and --grey out")
    }
    if first.channels == options.channels ?? first.channels,
      options.size.map({ $0 == .init(height: first.height, width: first.width) }) ?? true
    {
      return self
    }
    let shape = options.apply(to: first).exampleShape
    let size = shape.reduce(1, *)
    var result = self
    result.exampleShape = shape
    let isReal = if case .floats = values { true } else { false }
    try MemoryLimit.check(
      count * size * (isReal ? 4 : 1), file: name, position: .whole, what: "\(count) pictures of \(shape)")
    if isReal {
      result.values = .floats(resampledFloats(first, options, size: size))
    } else {
      result.values = .bytes(
        [UInt8](unsafeUninitializedCapacity: count * size) { output, initialized in
          nonisolated(unsafe) let output = output
          Parallel.run(count) { index in
            let bytes = options.apply(to: Picture(self, at: index)!).bytes
            _ = UnsafeMutableBufferPointer(rebasing: output[index * size..<(index + 1) * size]).initialize(from: bytes)
          }
          initialized = count * size
        })
    }
    return result
  }

  /// Real values keep their precision and range.
  private func resampledFloats(_ first: Picture, _ options: PictureOptions, size: Int) -> [Float] {
    guard case .floats(let values) = values else { return [] }
    let isGreyed = options.channels == 1 && first.channels == 3
    let channels = isGreyed ? 1 : first.channels
    let wanted = options.size ?? .init(height: first.height, width: first.width)
    let part = Picture.middle(first.width, first.height, shapedAs: (wanted.width, wanted.height))
    let resampling = Resampling(
      width: part.width, height: part.height, channels: channels, toWidth: wanted.width, height: wanted.height)
    var result: [Float] = []
    result.reserveCapacity(count * size)
    for index in 0..<count {
      var pixels: [Float] = []
      for y in part.y..<part.y + part.height {
        for x in part.x..<part.x + part.width {
          let start = index * exampleSize + (y * first.width + x) * first.channels
          let pixel = values[start..<start + first.channels]
          pixels +=
            isGreyed ? [zip(pixel, [0.299, 0.587, 0.114] as [Float]).reduce(0) { $0 + $1.0 * $1.1 }] : Array(pixel)
        }
      }
      let repeats = options.channels == 3 && channels == 1 ? 3 : 1
      for value in resampling(pixels) { result.append(contentsOf: repeatElement(value, count: repeats)) }
    }
    return result
  }
}
