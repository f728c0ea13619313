import Files

/// Points in the plane, coloured by class, as an SVG picture: where a latent space puts what.
public struct ScatterChart: Sendable {
  /// The points of one class.
  public struct Group: Sendable {
    /// The name in the legend.
    public var name: String
    /// Where the points are across.
    public var x: [Double]
    /// Where the points are up; as many as `x`.
    public var y: [Double]

    /// Points of one colour; traps unless there are as many y as x.
    public init(name: String, x: [Double], y: [Double]) {
      require(x.count == y.count, "ScatterChart: group \(name) has \(x.count) x and \(y.count) y")
      self.name = name
      self.x = x
      self.y = y
    }
  }

  /// The heading.
  public var title: String
  /// What is counted across.
  public var xLabel: String
  /// What is counted up.
  public var yLabel: String
  /// The classes, in the order of the legend.
  public var groups: [Group]
  /// Whether groups go round, so that the last is next to the first and their colours a wheel of eight.
  public var isWheel = false
  /// Whether a unit is as long across as it is up, so that a circle is round.
  public var hasEqualScales = false

  /// A chart; a legend is drawn when there are several groups.
  public init(title: String, xLabel: String, yLabel: String, groups: [Group]) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.groups = groups
  }

  /// Points by their class labels, one group per class in rising order; without labels there is one group.
  ///
  /// Traps unless all three have one count.
  public init(title: String, xLabel: String, yLabel: String, x: [Double], y: [Double], labels: [Int]?) {
    require(x.count == y.count, "ScatterChart: \(x.count) x and \(y.count) y")
    let labels = labels ?? Array(repeating: 0, count: x.count)
    require(labels.count == x.count, "ScatterChart: \(x.count) points, \(labels.count) labels")
    let groups = Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }.map { label, places in
      Group(name: String(label), x: places.map { x[$0] }, y: places.map { y[$0] })
    }
    self.init(title: title, xLabel: xLabel, yLabel: yLabel, groups: groups)
  }

  // After ten classes the colours begin again. Chosen so that light and dark alternate too.
  private static let colours = [
    "#332288", "#dd9a00", "#44aa99", "#cc3311", "#88ccee", "#117733", "#ee88bb", "#999933", "#882255", "#777777",
  ]

  private static let wheel = [
    "#d62728", "#ff9f1c", "#c5c500", "#3aa02c", "#17b3b3", "#1f6fd6", "#7a3fd0", "#d63fae",
  ]

  /// The chart as an SVG document.
  public func svg() -> String {
    let colours = isWheel ? Self.wheel : Self.colours
    let entries = groups.enumerated().map { index, group in
      ChartFrame.Entry(name: group.name, colour: colours[index % colours.count])
    }
    let frame = ChartFrame(
      title: title, xLabel: xLabel, yLabel: yLabel, entries: groups.count > 1 ? entries : [], mark: .dot)
    let shown = groups.flatMap { zip($0.x, $0.y) }.filter { Axis.shows($0, .linear) && Axis.shows($1, .linear) }
    var x = Axis(
      over: shown.map(\.0), range: nil, scale: .linear, rounded: true, start: frame.left, end: frame.right)
    var y = Axis(
      over: shown.map(\.1), range: nil, scale: .linear, rounded: true, start: frame.bottom, end: frame.top)
    if hasEqualScales {
      let unit = max(x.unitsPerPixel, y.unitsPerPixel)
      x = x.widened(toUnitsPerPixel: unit)
      y = y.widened(toUnitsPerPixel: unit)
    }
    // Small and clear enough that a crowd shows its density.
    let radius = shown.count > 3000 ? 1.7 : shown.count > 600 ? 2.4 : 3.5
    let data = zip(groups, entries).flatMap { group, entry -> [String] in
      let dots = zip(group.x, group.y).compactMap { xValue, yValue -> String? in
        guard let across = x.position(xValue), let up = y.position(yValue) else { return nil }
        return "<circle cx=\"\(ChartFrame.number(across))\" cy=\"\(ChartFrame.number(up))\" r=\"\(radius)\"/>"
      }
      return ["<g fill=\"\(entry.colour)\" fill-opacity=\"0.65\">"] + dots + ["</g>"]
    }
    return frame.svg(x: x, y: y, data: data)
  }

  /// Writes the chart, whole or not at all. Throws `FileError`, which names the file.
  public func writeSVG(to path: String) throws {
    try AtomicFile.write(svg(), to: path)
  }
}
