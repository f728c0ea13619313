extension Picture {
  /// The picture reduced to `width` x `height`, each new pixel the mean of the area it covers; edges of that area count in
  /// proportion. Traps unless the new sides are positive and not larger than the old.
  public func reduced(toWidth newWidth: Int, height newHeight: Int) -> Picture {
    require(
      (1...width) ~= newWidth && (1...height) ~= newHeight,
      "Picture: reducing \(width) x \(height) to \(newWidth) x \(newHeight) is no reduction")
    return resized(toWidth: newWidth, height: newHeight)
  }

  /// The picture in another size, each side by itself: means of areas where it shrinks, straight lines between pixels
  /// where it grows. Traps unless the new sides are positive.
  public func resized(toWidth newWidth: Int, height newHeight: Int) -> Picture {
    require(newWidth > 0 && newHeight > 0, "Picture: resizing to \(newWidth) x \(newHeight)")
    if (newWidth, newHeight) == (width, height) { return self }
    let resampling = Resampling(
      width: width, height: height, channels: channels, toWidth: newWidth, height: newHeight)
    var result = [UInt8]()
    result.reserveCapacity(newWidth * newHeight * channels)
    bytes.withUnsafeBufferPointer { pixels in
      resampling.each(pixels.baseAddress!, { Double($0) }, { result.append(UInt8($0.rounded())) })
    }
    return Picture(width: newWidth, height: newHeight, channels: channels, bytes: result)
  }

  /// The middle of the picture that has the shape of `width` x `height`, in that size.
  public func fitted(toWidth newWidth: Int, height newHeight: Int) -> Picture {
    let middle = Self.middle(width, height, shapedAs: (newWidth, newHeight))
    return cropped(middle).resized(toWidth: newWidth, height: newHeight)
  }

  /// A part of the picture. Traps unless it lies inside.
  package func cropped(_ part: (x: Int, y: Int, width: Int, height: Int)) -> Picture {
    if (part.width, part.height) == (width, height) { return self }
    require(
      part.x >= 0 && part.y >= 0 && part.x + part.width <= width && part.y + part.height <= height,
      "Picture: \(part) is not inside \(width) x \(height)")
    var result = [UInt8]()
    result.reserveCapacity(part.width * part.height * channels)
    for y in part.y..<part.y + part.height {
      let start = (y * width + part.x) * channels
      result += bytes[start..<start + part.width * channels]
    }
    return Picture(width: part.width, height: part.height, channels: channels, bytes: result)
  }

  /// The largest part in the middle of `width` x `height` with the sides' ratio of `shape`, to the nearest pixel.
  package static func middle(
    _ width: Int, _ height: Int, shapedAs shape: (width: Int, height: Int)
  ) -> (x: Int, y: Int, width: Int, height: Int) {
    let narrow = max(1, min(width, (2 * height * shape.width + shape.height) / (2 * shape.height)))
    let low = max(1, min(height, (2 * width * shape.height + shape.width) / (2 * shape.width)))
    return ((width - narrow) / 2, (height - low) / 2, narrow, low)
  }

  /// Brightness alone: 0.299 red, 0.587 green, 0.114 blue, as television weighs them.
  public var grey: Picture {
    if channels == 1 { return self }
    let pixels = stride(from: 0, to: bytes.count, by: 3).map { i in
      let (red, green, blue) = (Int(bytes[i]), Int(bytes[i + 1]), Int(bytes[i + 2]))
      return UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000)
    }
    return Picture(width: width, height: height, bytes: pixels)
  }

  /// The same with three equal channels.
  public var coloured: Picture {
    if channels == 3 { return self }
    var pixels = [UInt8](repeating: 0, count: bytes.count * 3)
    for (i, value) in bytes.enumerated() {
      (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = (value, value, value)
    }
    return Picture(width: width, height: height, channels: 3, bytes: pixels)
  }
}
