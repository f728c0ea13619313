import Files

/// What can be drawn as an SVG picture.
public protocol Chart: Sendable {
  /// The chart as an SVG document.
  func svg() -> String
}

extension LineChart: Chart {}
extension ScatterChart: Chart {}

/// Several charts side by side, as one SVG picture.
public struct ChartGrid: Sendable {
  /// The charts, row by row.
  public var charts: [any Chart]
  /// Charts in a row.
  public var columns: Int

  /// A grid of at least one column.
  public init(_ charts: [any Chart], columns: Int) {
    self.charts = charts
    self.columns = max(1, columns)
  }

  /// The grid as an SVG document.
  public func svg() -> String {
    let (width, height) = (ChartFrame.width, ChartFrame.height)
    let across = Double(min(columns, max(charts.count, 1))) * width
    let down = Double((charts.count + columns - 1) / columns) * height
    let panels = charts.enumerated().map { index, chart in
      // Names of clip paths count in the whole document.
      let panel = chart.svg().replacing("id=\"plot\"", with: "id=\"plot-\(index)\"")
        .replacing("url(#plot)", with: "url(#plot-\(index))")
      let body = panel.split(separator: "\n").dropFirst().joined(separator: "\n")
      let (x, y) = (Double(index % columns) * width, Double(index / columns) * height)
      return "<g transform=\"translate(\(ChartFrame.number(x)) \(ChartFrame.number(y)))\">\n\(body)\n</g>\n"
    }
    let (w, h) = (ChartFrame.number(across), ChartFrame.number(down))
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(w)\" "
      + "height=\"\(h)\" viewBox=\"0 0 \(w) \(h)\">\n" + panels.joined() + "</svg>\n"
  }

  /// Writes the grid, whole or not at all. Throws `FileError`, which names the file.
  public func writeSVG(to path: String) throws { try AtomicFile.write(svg(), to: path) }
}
