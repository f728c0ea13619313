import Files

/// Several named curves over one pair of axes, as an SVG picture.
///
/// Colours are those of Okabe & Ito (2008), told apart by colour-blind readers too. The same chart gives the same text.
public struct LineChart: Sendable {
  /// One curve. Points that are not finite, or not positive on a logarithmic axis, break it.
  public struct Series: Sendable {
    /// The name in the legend.
    public var name: String
    /// Where the points are across.
    public var x: [Double]
    /// Where the points are up; as many as `x`.
    public var y: [Double]
    /// Whether the curve is dashed.
    public var isDashed: Bool
    /// Which of the chart's colours; by default the next one.
    public var colour: Int?

    /// A curve through points; traps unless there are as many y as x.
    public init(name: String, x: [Double], y: [Double], isDashed: Bool = false, colour: Int? = nil) {
      require(x.count == y.count, "LineChart: series \(name) has \(x.count) x and \(y.count) y")
      self.name = name
      self.x = x
      self.y = y
      self.isDashed = isDashed
      self.colour = colour
    }
  }

  /// The heading.
  public var title: String
  /// What is counted across, with its unit.
  public var xLabel: String
  /// What is counted up, with its unit.
  public var yLabel: String
  /// How x is laid out.
  public var xScale: AxisScale
  /// How y is laid out.
  public var yScale: AxisScale
  /// The part of y to show; nil shows all.
  public var yRange: ClosedRange<Double>?
  /// The curves, in the order of the legend.
  public var series: [Series]

  /// A chart; a legend is drawn when there are several series.
  public init(
    title: String, xLabel: String, yLabel: String, xScale: AxisScale = .linear, yScale: AxisScale = .linear,
    yRange: ClosedRange<Double>? = nil, series: [Series]
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.xScale = xScale
    self.yScale = yScale
    self.yRange = yRange
    self.series = series
  }

  // After seven curves the colours begin again, dashed.
  private static let colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444"]

  /// The chart as an SVG document.
  public func svg() -> String {
    let entries = series.enumerated().map { index, series in
      ChartFrame.Entry(
        name: series.name, colour: Self.colours[(series.colour ?? index) % Self.colours.count],
        isDashed: series.isDashed || series.colour == nil && index >= Self.colours.count)
    }
    let frame = ChartFrame(
      title: title, xLabel: xLabel, yLabel: yLabel, entries: series.count > 1 ? entries : [], mark: .line)
    // A point without a place on one axis must not stretch the other.
    let shown = series.flatMap { zip($0.x, $0.y) }.filter { Axis.shows($0, xScale) && Axis.shows($1, yScale) }
    let x = Axis(
      over: shown.map(\.0), range: nil, scale: xScale, rounded: false, start: frame.left, end: frame.right)
    let y = Axis(
      over: shown.map(\.1), range: yRange, scale: yScale, rounded: true, start: frame.bottom, end: frame.top)
    let data = zip(series, entries).flatMap { series, entry in
      Self.runs(of: series, x: x, y: y).map { Self.shape(run: $0, entry: entry) }
    }
    return frame.svg(x: x, y: y, data: data)
  }

  /// Writes the chart, whole or not at all. Throws `FileError`, which names the file.
  public func writeSVG(to path: String) throws {
    try AtomicFile.write(svg(), to: path)
  }

  /// The unbroken parts of a curve, on the paper.
  private static func runs(of series: Series, x: Axis, y: Axis) -> [[(Double, Double)]] {
    var runs: [[(Double, Double)]] = []
    var run: [(Double, Double)] = []
    for (xValue, yValue) in zip(series.x, series.y) {
      if let across = x.position(xValue), let up = y.position(yValue) {
        run.append((across, up))
      } else if !run.isEmpty {
        runs.append(run)
        run = []
      }
    }
    return run.isEmpty ? runs : runs + [run]
  }

  // A point between two gaps is no line, but must not vanish.
  private static func shape(run: [(Double, Double)], entry: ChartFrame.Entry) -> String {
    if run.count == 1 { return ChartFrame.dot(run[0].0, run[0].1, radius: 2.5, fill: entry.colour) }
    let points = run.map { "\(ChartFrame.number($0)),\(ChartFrame.number($1))" }.joined(separator: " ")
    return "<polyline points=\"\(points)\" fill=\"none\" stroke=\"\(entry.colour)\" stroke-width=\"2\" "
      + "stroke-linejoin=\"round\" stroke-linecap=\"round\"\(entry.isDashed ? " stroke-dasharray=\"6 4\"" : "")/>"
  }
}
