// Only +, -, *, / and square roots on Double: IEEE 754 fixes their every bit, so the bytes are the same everywhere.
extension StrokeDigit {
  private struct Point {
    var x: Double
    var y: Double
  }

  /// Straight pieces between two points of a stroke: short enough (about one pixel) to look round.
  private static let piecesPerSpan = 5
  /// Height in pixels of the pen's path at scale 1.
  private static let height = 19.0

  /// Fills 28 x 28 bytes with the digit; ink 255 on 0.
  func draw(into pixels: UnsafeMutableBufferPointer<UInt8>) {
    let side = StrokeDigits.side
    let reach = Double(thickness) / 2 + 0.5
    let lines = self.lines()
    withUnsafeTemporaryAllocation(of: Double.self, capacity: side * side) { squares in
      // The squared distance of every pixel to the pen's path, as far as the pen reaches.
      squares.initialize(repeating: reach * reach)
      for line in lines {
        for (start, end) in zip(line, line.dropFirst()) { Self.lower(squares, start, end, reach) }
      }
      for index in 0..<side * side {
        // Ink falls from 1 to 0 over one pixel. One, since a line's ink then does not depend on where between pixels
        // it lies, and a shift moves the centre of mass by what it says.
        let ink = min(max(reach - squares[index].squareRoot(), 0), 1)
        pixels[index] = UInt8(ink * 255 + 0.5)
      }
    }
  }

  private static func lower(
    _ squares: UnsafeMutableBufferPointer<Double>, _ start: Point, _ end: Point, _ reach: Double
  ) {
    let last = StrokeDigits.side - 1
    // Pixel (i, j) has its middle at (i + 0.5, j + 0.5). Clamped before the conversion, which traps on huge numbers.
    func pixel(_ position: Double) -> Int { Int(min(max(position - 0.5, 0), Double(last))) }
    let left = pixel(min(start.x, end.x) - reach)
    let right = min(pixel(max(start.x, end.x) + reach) + 1, last)
    let top = pixel(min(start.y, end.y) - reach)
    let bottom = min(pixel(max(start.y, end.y) + reach) + 1, last)
    let (dx, dy) = (end.x - start.x, end.y - start.y)
    let inverse = 1 / max(dx * dx + dy * dy, 1e-12)
    for j in top...bottom {
      for i in left...right {
        let (x, y) = (Double(i) + 0.5 - start.x, Double(j) + 0.5 - start.y)
        let along = min(max((x * dx + y * dy) * inverse, 0), 1)
        let (ox, oy) = (x - along * dx, y - along * dy)
        let index = j * (last + 1) + i
        squares[index] = min(squares[index], ox * ox + oy * oy)
      }
    }
  }

  /// The pen's path in pixels: the glyph with its points moved by the hand, sized, slanted and put in its place.
  private func lines() -> [[Point]] {
    var draws = CounterGenerator(seed: hand, stream: UInt64(digit))
    let ways = Glyph.ways[digit]
    let glyph = ways[draws.index(below: ways.count)]
    let wideness = draws.uniform(0.86, 1.1)
    let tilt = draws.uniform(-0.08, 0.08)  // writing that climbs or falls
    let taper = draws.uniform(-0.3, 0.3)  // wider below than above
    let bend = draws.uniform(-0.08, 0.08)  // strokes bowed like a bracket
    let points = glyph.points.map { point in
      Point(
        x: point.x * (wideness + taper * (point.y - 0.5)) + bend * 4 * point.y * (1 - point.y) + Self.wobble(&draws),
        y: point.y + tilt * point.x + Self.wobble(&draws))
    }
    var lines = glyph.strokes.map { Self.curve(through: $0.map { points[$0] }) }

    // Sized and placed by the box of the finished path, so that scale and shifts mean the same in every hand.
    var (low, high) = Self.box(lines)
    let size = Self.height * Double(scale) / (high.y - low.y)
    Self.change(&lines) { Point(x: ($0.x - Double(slant) * $0.y) * size, y: $0.y * size) }
    (low, high) = Self.box(lines)
    let middle = Double(StrokeDigits.side) / 2
    let moveX = middle + Double(shiftX) - (low.x + high.x) / 2
    let moveY = middle + Double(shiftY) - (low.y + high.y) / 2
    Self.change(&lines) { Point(x: $0.x + moveX, y: $0.y + moveY) }
    return lines
  }

  /// Sum of four uniforms: nearly normal, never far, and no logarithm. Standard deviation 0.018.
  private static func wobble(_ draws: inout CounterGenerator) -> Double {
    var sum = 0.0
    for _ in 0..<4 { sum += draws.uniform(-0.016, 0.016) }
    return sum
  }

  private static func box(_ lines: [[Point]]) -> (low: Point, high: Point) {
    var low = Point(x: .infinity, y: .infinity)
    var high = Point(x: -.infinity, y: -.infinity)
    for line in lines {
      for point in line {
        low = Point(x: min(low.x, point.x), y: min(low.y, point.y))
        high = Point(x: max(high.x, point.x), y: max(high.y, point.y))
      }
    }
    return (low, high)
  }

  private static func change(_ lines: inout [[Point]], _ move: (Point) -> Point) {
    for line in lines.indices {
      for index in lines[line].indices { lines[line][index] = move(lines[line][index]) }
    }
  }

  /// A Catmull-Rom spline through the points, cut into straight pieces.
  private static func curve(through points: [Point]) -> [Point] {
    let last = points.count - 1
    let isClosed = points[0].x == points[last].x && points[0].y == points[last].y
    func point(_ index: Int) -> Point {
      if index < 0 { return isClosed ? points[last - 1] : points[0] }
      if index > last { return isClosed ? points[1] : points[last] }
      return points[index]
    }
    var result = [points[0]]
    result.reserveCapacity(last * piecesPerSpan + 1)
    for span in 0..<last {
      let (a, b, c, d) = (point(span - 1), point(span), point(span + 1), point(span + 2))
      for piece in 1...piecesPerSpan {
        let t = Double(piece) / Double(piecesPerSpan)
        let (t2, t3) = (t * t, t * t * t)
        func blend(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
          b + 0.5 * ((c - a) * t + (2 * a - 5 * b + 4 * c - d) * t2 + (3 * b - a - 3 * c + d) * t3)
        }
        result.append(Point(x: blend(a.x, b.x, c.x, d.x), y: blend(a.y, b.y, c.y, d.y)))
      }
    }
    return result
  }
}
