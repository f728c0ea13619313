import Foundation

/// What every chart has around its data: paper, title, grid, ticks, axis labels and a legend at the right.
struct ChartFrame {
  enum Mark { case line, dot }

  struct Entry {
    var name: String
    var colour: String
    var isDashed = false
  }

  static let width = 760.0
  static let height = 440.0

  var title: String
  var xLabel: String
  var yLabel: String
  var entries: [Entry]
  var mark: Mark

  var left: Double { 74 }
  var right: Double { Self.width - (entries.isEmpty ? 26 : 60 + min(legendTextWidth, 240)) }
  var top: Double { title.isEmpty ? 24 : 50 }
  var bottom: Double { Self.height - 56 }

  // Letters are not measured; 6.6 pixels is about the mean at 12 pixels.
  private var legendTextWidth: Double { 6.6 * Double(entries.map(\.name.count).max() ?? 0) }

  /// The whole document around `data`, which is drawn inside the axes and clipped to them.
  func svg(x: Axis, y: Axis, data: [String]) -> String {
    let (w, h) = (Self.number(Self.width), Self.number(Self.height))
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(w)\" height=\"\(h)\" viewBox=\"0 0 \(w) \(h)\" "
        + "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" font-size=\"12\">",
      "<rect width=\"\(w)\" height=\"\(h)\" fill=\"#ffffff\"/>",
      "<clipPath id=\"plot\"><rect x=\"\(Self.number(left))\" y=\"\(Self.number(top - 3))\" "
        + "width=\"\(Self.number(right - left))\" height=\"\(Self.number(bottom - top + 6))\"/></clipPath>",
    ]
    if !title.isEmpty {
      lines.append(text(title, x: left, y: 28, anchor: "start", fill: "#222222", more: " font-size=\"16\""))
    }
    lines += grid(x: x, y: y)
    lines.append("<g clip-path=\"url(#plot)\">")
    lines += data
    lines.append("</g>")
    lines += legend()
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  private func grid(x: Axis, y: Axis) -> [String] {
    var lines: [String] = []
    for tick in y.ticks {
      guard let at = y.position(tick.value) else { continue }
      lines.append(line(left, at, right, at, stroke: "#e6e6e6"))
      lines.append(text(tick.label, x: left - 8, y: at + 4, anchor: "end", fill: "#555555"))
    }
    for tick in x.ticks {
      guard let at = x.position(tick.value) else { continue }
      lines.append(line(at, top, at, bottom, stroke: "#f0f0f0"))
      lines.append(line(at, bottom, at, bottom + 4, stroke: "#888888"))
      lines.append(text(tick.label, x: at, y: bottom + 18, anchor: "middle", fill: "#555555"))
    }
    lines.append(line(left, bottom, right, bottom, stroke: "#888888"))
    lines.append(text(xLabel, x: (left + right) / 2, y: bottom + 42, anchor: "middle", fill: "#333333"))
    let middle = (top + bottom) / 2
    lines.append(
      text(
        yLabel, x: 18, y: middle, anchor: "middle", fill: "#333333",
        more: " transform=\"rotate(-90 18 \(Self.number(middle)))\""))
    return lines
  }

  private func legend() -> [String] {
    entries.enumerated().flatMap { index, entry -> [String] in
      let (x, y) = (right + 16, top + 10 + 20 * Double(index))
      let sign =
        switch mark {
        case .line: line(x, y, x + 20, y, stroke: entry.colour, width: 2, isDashed: entry.isDashed)
        case .dot: Self.dot(x + 14, y, radius: 4.5, fill: entry.colour)
        }
      return [sign, text(entry.name, x: x + 27, y: y + 4, anchor: "start", fill: "#333333")]
    }
  }

  private func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String, width: Int = 1, isDashed: Bool = false
  ) -> String {
    "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" y2=\"\(Self.number(y2))\" "
      + "stroke=\"\(stroke)\" stroke-width=\"\(width)\"\(isDashed ? " stroke-dasharray=\"6 4\"" : "")/>"
  }

  private func text(_ text: String, x: Double, y: Double, anchor: String, fill: String, more: String = "") -> String {
    "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\" fill=\"\(fill)\"\(more)>"
      + "\(Self.escaped(text))</text>"
  }

  static func dot(_ x: Double, _ y: Double, radius: Double, fill: String, more: String = "") -> String {
    "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(radius))\" fill=\"\(fill)\"\(more)/>"
  }

  /// A hundredth of a pixel is enough, and hides differences between mathematical libraries.
  static func number(_ value: Double) -> String {
    let hundredths = (min(max(value, -1e7), 1e7) * 100).rounded() / 100
    return hundredths == hundredths.rounded() ? String(Int(hundredths)) : String(hundredths)
  }

  /// Text that is safe between tags and in quotes; control characters, which XML cannot hold, become spaces.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&apos;"
      case _ where scalar.value < 32 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
