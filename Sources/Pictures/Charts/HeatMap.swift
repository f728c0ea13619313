import Files
import Foundation

/// A table of numbers as coloured cells with the numbers in them, as an SVG picture.
///
/// White is zero, and the deepest blue the top of the range.
public struct HeatMap: Sendable {
  /// The heading.
  public var title: String
  /// What the rows are, by name.
  public var rows: [String]
  /// What the columns are, by name.
  public var columns: [String]
  /// By row and column; what is not finite is left blank.
  public var values: [[Double]]
  /// What is deepest; the largest value without.
  public var top: Double?
  /// Digits after the point.
  public var digits = 2

  /// A table; traps unless `values` has a number for each row and column.
  public init(title: String, rows: [String], columns: [String], values: [[Double]], top: Double? = nil) {
    require(
      values.count == rows.count && values.allSatisfy { $0.count == columns.count },
      "HeatMap: \(values.count) rows of \(Set(values.map(\.count)).sorted()) numbers; expected \(rows.count) of "
        + "\(columns.count)")
    (self.title, self.rows, self.columns, self.values, self.top) = (title, rows, columns, values, top)
  }

  // A cell holds a number and leaves its column's name room, at about 6.6 pixels a letter.
  private var cellWidth: Double { max(64, 6.6 * Double(columns.map(\.count).max() ?? 0) + 16) }
  private var left: Double { 24 + 6.6 * Double(rows.map(\.count).max() ?? 0) }
  private static let (cellHeight, top, margin) = (26.0, 72.0, 20.0)

  /// The table as an SVG document.
  public func svg() -> String {
    let width = max(
      left + cellWidth * Double(columns.count) + Self.margin, left + 9 * Double(title.count) + Self.margin)
    let height = Self.top + Self.cellHeight * Double(rows.count) + Self.margin
    let (w, h) = (ChartFrame.number(width), ChartFrame.number(height))
    let whole = "width=\"\(w)\" height=\"\(h)\""
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<svg xmlns=\"http://www.w3.org/2000/svg\" \(whole) viewBox=\"0 0 \(w) \(h)\" "
        + "font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" font-size=\"12\">",
      "<rect \(whole) fill=\"#ffffff\"/>",
      Self.text(title, left, 28, "start", "#222222", more: " font-size=\"16\""),
    ]
    for (column, name) in columns.enumerated() {
      lines.append(Self.text(name, left + (Double(column) + 0.5) * cellWidth, Self.top - 10, "middle", "#333333"))
    }
    let deepest = top ?? values.joined().filter(\.isFinite).max() ?? 0
    for (row, name) in rows.enumerated() {
      let y = Self.top + Double(row) * Self.cellHeight
      lines.append(Self.text(name, left - 10, y + 17, "end", "#333333"))
      for (column, value) in values[row].enumerated() where value.isFinite {
        lines += cell(value, part: deepest > 0 ? min(1, max(0, value / deepest)) : 0, column: column, y: y)
      }
    }
    return lines.joined(separator: "\n") + "\n</svg>\n"
  }

  /// Writes the table, whole or not at all. Throws `FileError`, which names the file.
  public func writeSVG(to path: String) throws { try AtomicFile.write(svg(), to: path) }

  private func cell(_ value: Double, part: Double, column: Int, y: Double) -> [String] {
    // From white to the blue of Okabe and Ito.
    let colour = zip([255.0, 255, 255], [0.0, 114, 178]).map { Int(($0 + part * ($1 - $0)).rounded()) }
    let x = left + Double(column) * cellWidth
    return [
      "<rect x=\"\(ChartFrame.number(x))\" y=\"\(ChartFrame.number(y))\" width=\"\(ChartFrame.number(cellWidth - 2))\" "
        + "height=\"\(ChartFrame.number(Self.cellHeight - 2))\" "
        + "fill=\"rgb(\(colour[0]),\(colour[1]),\(colour[2]))\" stroke=\"#e6e6e6\"/>",
      Self.text(
        String(format: "%.\(digits)f", value), x + cellWidth / 2 - 1, y + 16, "middle",
        part > 0.55 ? "#ffffff" : "#333333"),
    ]
  }

  private static func text(
    _ text: String, _ x: Double, _ y: Double, _ anchor: String, _ fill: String, more: String = ""
  ) -> String {
    "<text x=\"\(ChartFrame.number(x))\" y=\"\(ChartFrame.number(y))\" text-anchor=\"\(anchor)\" "
      + "fill=\"\(fill)\"\(more)>\(ChartFrame.escaped(text))</text>"
  }
}
