import Tensors

extension Picture {
  /// The picture reduced to `width` x `height`, each new pixel the mean of the area it covers; edges of that area count in
  /// proportion. Traps unless the new sides are positive and not larger than the old.
  public func reduced(toWidth newWidth: Int, height newHeight: Int) -> Picture {
    require(
      (1...width) ~= newWidth && (1...height) ~= newHeight,
      "Picture: reducing \(width) x \(height) to \(newWidth) x \(newHeight) is no reduction")
    let (across, down) = (Self.shares(of: width, among: newWidth), Self.shares(of: height, among: newHeight))
    var result = [UInt8]()
    result.reserveCapacity(newWidth * newHeight * channels)
    for rows in down {
      for columns in across {
        for channel in 0..<channels {
          var sum = 0.0
          for (row, weight) in rows {
            for (column, share) in columns {
              sum += weight * share * Double(bytes[(row * width + column) * channels + channel])
            }
          }
          result.append(UInt8(min(255, sum.rounded())))
        }
      }
    }
    return Picture(width: newWidth, height: newHeight, channels: channels, bytes: result)
  }

  /// For each new pixel along a side, the old ones it covers and their parts of it, which add up to 1.
  private static func shares(of old: Int, among new: Int) -> [[(index: Int, part: Double)]] {
    let step = Double(old) / Double(new)
    return (0..<new).map { i in
      let (from, to) = (Double(i) * step, min(Double(i + 1) * step, Double(old)))
      return (Int(from)..<Int(to.rounded(.up))).map { ($0, (min(Double($0 + 1), to) - max(Double($0), from)) / step) }
    }
  }
}
