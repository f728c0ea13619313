/// New sizes of pictures, each side by itself: where it shrinks a new pixel is the mean of the area it covers, edges of
/// that area in proportion; where it grows, a line between the two nearest pixels.
///
/// Weights are whole numbers, so the sums of bytes are exact, and rounding happens once.
package struct Resampling {
  /// What each new pixel along a side takes of the old ones.
  private struct Side {
    /// The old pixels of new pixel i are `first[i] ..< first[i] + count`, their weights `weights[i * count ...]`.
    var first: [Int]
    var count: Int
    var weights: [Double]
    /// What the weights of each new pixel add up to.
    var total: Double

    init(_ old: Int, to new: Int) {
      first = []
      if new <= old {
        // In units of 1 / new of an old pixel, old pixel j is [j * new, (j + 1) * new], new pixel i [i * old, (i + 1) * old].
        count = min(old, (old - 1) / new + 2)
        total = Double(old)
        weights = [Double](repeating: 0, count: count * new)
        for i in 0..<new {
          let start = min(i * old / new, old - count)
          first.append(start)
          for k in 0..<count {
            let overlap = min((start + k + 1) * new, (i + 1) * old) - max((start + k) * new, i * old)
            weights[i * count + k] = Double(max(0, overlap))
          }
        }
      } else {
        // The middle of new pixel i is at ((2 i + 1) old - new) / (2 new), counted from the middle of the first old one.
        count = min(old, 2)
        total = Double(2 * new)
        weights = [Double](repeating: 0, count: count * new)
        for i in 0..<new {
          let place = min(max(0, (2 * i + 1) * old - new), (old - 1) * 2 * new)
          let start = min(place / (2 * new), old - count)
          let rest = Double(place - start * 2 * new)
          first.append(start)
          weights[i * count] = total - rest
          if count == 2 { weights[i * count + 1] = rest }
        }
      }
    }
  }

  private let across: Side
  private let down: Side
  private let (width, height, channels): (Int, Int, Int)
  private let newWidth: Int

  package init(width: Int, height: Int, channels: Int, toWidth newWidth: Int, height newHeight: Int) {
    (self.width, self.height, self.channels, self.newWidth) = (width, height, channels, newWidth)
    across = Side(width, to: newWidth)
    down = Side(height, to: newHeight)
  }

  /// Calls `result` with each new value, [height, width, channels], of a picture that begins at `pixels`.
  @inline(__always)
  func each<Value>(
    _ pixels: UnsafePointer<Value>, _ number: (Value) -> Double, _ result: (Double) -> Void
  ) {
    let stride = newWidth * channels
    // Rows of the new width and the old height.
    var narrow = [Double](repeating: 0, count: stride * height)
    narrow.withUnsafeMutableBufferPointer { narrow in
      across.weights.withUnsafeBufferPointer { weights in
        for y in 0..<height {
          for (x, first) in across.first.enumerated() {
            let source = pixels + (y * width + first) * channels
            for channel in 0..<channels {
              var sum = 0.0
              for k in 0..<across.count {
                sum += weights[x * across.count + k] * number(source[k * channels + channel])
              }
              narrow[y * stride + x * channels + channel] = sum
            }
          }
        }
      }
    }
    let scale = across.total * down.total
    var row = [Double](repeating: 0, count: stride)
    for (y, first) in down.first.enumerated() {
      row.withUnsafeMutableBufferPointer { row in
        narrow.withUnsafeBufferPointer { narrow in
          for x in 0..<stride { row[x] = 0 }
          for k in 0..<down.count {
            let weight = down.weights[y * down.count + k]
            let old = (first + k) * stride
            for x in 0..<stride { row[x] += weight * narrow[old + x] }
          }
          for x in 0..<stride { result(row[x] / scale) }
        }
      }
    }
  }
  /// A picture of real values, [height, width, channels], in the new size.
  package func callAsFunction(_ pixels: [Float]) -> [Float] {
    var result: [Float] = []
    pixels.withUnsafeBufferPointer { pixels in
      each(pixels.baseAddress!, { Double($0) }, { result.append(Float($0)) })
    }
    return result
  }
}
