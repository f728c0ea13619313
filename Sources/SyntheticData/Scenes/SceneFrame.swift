/// Samples of a picture that is being drawn: their greys, and how near what they show is.
struct SceneFrame {
  let width: Int
  let greys: UnsafeMutablePointer<Float>
  let nearness: UnsafeMutablePointer<Float>

  /// An empty picture.
  func clear(_ grey: Float) {
    greys.update(repeating: grey, count: width * width)
    nearness.update(repeating: 0, count: width * width)
  }

  /// Draws triangles, three numbers of corners each, but for those that are turned away.
  func fill(_ shown: [Corner], _ corners: [Int], isGround: Bool) {
    for first in stride(from: 0, to: corners.count, by: 3) {
      let (a, b, c) = (shown[corners[first]], shown[corners[first + 1]], shown[corners[first + 2]])
      if a.isFacing || b.isFacing || c.isFacing { fill(a, b, c, isGround: isGround) }
    }
  }

  /// Draws a triangle where nothing nearer is; what lies on the ground is behind everything.
  private func fill(_ a: Corner, _ b: Corner, _ c: Corner, isGround: Bool) {
    let area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)
    guard abs(area) > 1e-6 else { return }
    let rows = span(a.y, b.y, c.y)
    let columns = span(a.x, b.x, c.x)
    if rows.isEmpty || columns.isEmpty { return }
    // Each corner's weight is linear across the picture: its value at a sample and its change to the right.
    let inverse = 1 / area
    let (toB, toC) = ((c.y - a.y) * inverse, (a.y - b.y) * inverse)
    for row in rows {
      let y = Float(row) + 0.5 - a.y
      let x = Float(columns.lowerBound) + 0.5 - a.x
      var weightB = (x * (c.y - a.y) - y * (c.x - a.x)) * inverse
      var weightC = (y * (b.x - a.x) - x * (b.y - a.y)) * inverse
      for index in row * width + columns.lowerBound..<row * width + columns.upperBound {
        if weightB >= 0 && weightC >= 0 && weightB + weightC <= 1 {
          if isGround {
            greys[index] = a.always
          } else {
            let near = a.nearness + weightB * (b.nearness - a.nearness) + weightC * (c.nearness - a.nearness)
            if near > nearness[index] {
              nearness[index] = near
              let lit = a.lit + weightB * (b.lit - a.lit) + weightC * (c.lit - a.lit)
              let always =
                a.always + weightB * (b.always - a.always) + weightC * (c.always - a.always)
              greys[index] = always + max(0, lit)
            }
          }
        }
        weightB += toB
        weightC += toC
      }
    }
  }

  /// Rows or columns whose middles lie between three numbers, as far as there are any.
  private func span(_ a: Float, _ b: Float, _ c: Float) -> Range<Int> {
    let (least, greatest) = (min(a, b, c) - 0.5, max(a, b, c) - 0.5)
    let first = max(0, Int(max(least, -1).rounded(.up)))
    return first..<max(first, min(width, Int(min(greatest, Float(width)).rounded(.down)) + 1))
  }

  /// Means of `samples` x `samples` as bytes.
  func reduce(by samples: Int, into bytes: UnsafeMutableBufferPointer<UInt8>) {
    let side = width / samples
    let scale = 255 / Float(samples * samples)
    for y in 0..<side {
      for x in 0..<side {
        var sum: Float = 0
        for row in 0..<samples {
          for column in 0..<samples { sum += min(1, greys[(y * samples + row) * width + x * samples + column]) }
        }
        bytes[y * side + x] = UInt8((sum * scale).rounded())
      }
    }
  }
}
