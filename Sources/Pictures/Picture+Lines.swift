import Foundation

extension Picture {
  /// Draws a line of `colour` (red, green, blue, 0 to 1) between two points in pixels, as wide as `width`, with smooth edges.
  /// What lies outside the picture is left out. Traps on a grey picture.
  public mutating func drawLine(
    from a: (x: Double, y: Double), to b: (x: Double, y: Double), width lineWidth: Double,
    colour: (Double, Double, Double)
  ) {
    require(channels == 3, "Picture: lines are drawn on colour, 3 channels; got \(channels)")
    let reach = lineWidth / 2 + 1
    let (left, right) = (min(a.x, b.x) - reach, max(a.x, b.x) + reach)
    let (top, bottom) = (min(a.y, b.y) - reach, max(a.y, b.y) + reach)
    guard left.isFinite, right.isFinite, top.isFinite, bottom.isFinite, right >= 0, bottom >= 0,
      left < Double(width), top < Double(height)
    else { return }
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let square = dx * dx + dy * dy
    let ink = [colour.0, colour.1, colour.2]
    for y in Int(max(0, top))...Int(min(Double(height - 1), bottom)) {
      for x in Int(max(0, left))...Int(min(Double(width - 1), right)) {
        let (px, py) = (Double(x) + 0.5 - a.x, Double(y) + 0.5 - a.y)
        let part = square > 0 ? min(1, max(0, (px * dx + py * dy) / square)) : 0
        let distance = ((px - part * dx) * (px - part * dx) + (py - part * dy) * (py - part * dy)).squareRoot()
        let cover = min(1, max(0, lineWidth / 2 + 0.5 - distance))
        guard cover > 0 else { continue }
        for channel in 0..<3 {
          let place = (y * width + x) * 3 + channel
          bytes[place] = UInt8((Double(bytes[place]) * (1 - cover) + 255 * ink[channel] * cover).rounded())
        }
      }
    }
  }
}
