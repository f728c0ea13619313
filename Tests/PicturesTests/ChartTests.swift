import Foundation
import Testing

@testable import Pictures

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The elements and texts of a document.
private final class Document: NSObject, XMLParserDelegate {
  var counts: [String: Int] = [:]
  var texts: [String] = []
  private(set) var isWellFormed = false

  init(_ text: String) {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    isWellFormed = parser.parse()
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    counts[name, default: 0] += 1
    if name == "text" { texts.append("") }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if !texts.isEmpty { texts[texts.count - 1] += string }
  }
}

@Suite struct ChartTests {
  @Test func gridHoldsItsChartsWhole() {
    let charts = (0..<3).map { index in
      LineChart(
        title: "panel \(index)", xLabel: "epoch", yLabel: "nats",
        series: [
          .init(name: "a", x: [1, 2], y: [0, Double(index)], colour: 2),
          .init(name: "b", x: [1, 2], y: [1, 2], isDashed: true, colour: 2),
        ])
    }
    let text = ChartGrid(charts, columns: 2).svg()
    let document = Document(text)
    #expect(document.isWellFormed && document.counts["svg"] == 4 && document.counts["polyline"] == 6)
    for index in 0..<3 {
      #expect(document.texts.contains { $0.hasPrefix("panel \(index)") })
      #expect(text.components(separatedBy: "id=\"plot-\(index)\"").count == 2)
      #expect(text.components(separatedBy: "url(#plot-\(index))").count == 2)
    }
    #expect(text.contains("width=\"1520\" height=\"880\""))
    // One colour in both curves' lines and legend entries of the three charts.
    #expect(text.components(separatedBy: "#009e73").count == 13 && !text.contains("#0072b2"))
    #expect(ChartGrid([charts[0]], columns: 2).svg().contains("width=\"760\" height=\"440\""))
  }

  private func chart(_ series: [LineChart.Series], xScale: AxisScale = .linear, title: String = "t") -> Document {
    Document(LineChart(title: title, xLabel: "epoch", yLabel: "nats", xScale: xScale, series: series).svg())
  }

  private func texts(_ document: Document) -> Set<String> {
    Set(document.texts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) })
  }

  @Test func aChartIsXMLWithOneLinePerSeries() {
    let document = chart(
      [.init(name: "a<b", x: [0, 1, 2], y: [3, 1, 2]), .init(name: "\"q\" & 'p'\u{1}", x: [0, 2], y: [1, 5])],
      title: "1 < 2 & 3 > 2")
    #expect(document.isWellFormed)
    #expect(document.counts["polyline"] == 2)
    #expect(texts(document).isSuperset(of: ["1 < 2 & 3 > 2", "a<b", "\"q\" & 'p'", "epoch", "nats"]))
  }

  @Test func missingPointsBreakTheLine() {
    let x = (0..<9).map(Double.init)
    let broken = chart([.init(name: "a", x: x, y: [1, 2, .nan, 3, 4, .infinity, 5, .nan, .nan])])
    #expect(broken.counts["polyline"] == 2)
    #expect(broken.counts["circle"] == 1)  // 5 stands alone and still shows
    let logarithmic = chart([.init(name: "a", x: [-1, 0, 1, 10], y: [9, 9, 1, 2])], xScale: .logarithmic)
    #expect(logarithmic.counts["polyline"] == 1)
    #expect(!texts(logarithmic).contains("9"))  // points without an x do not stretch y
  }

  @Test func ticksAreNiceNumbers() {
    let fine = texts(chart([.init(name: "a", x: [1, 3], y: [0.13, 0.87])]))
    #expect(fine.isSuperset(of: ["1", "2", "3", "0.2", "0.8"]))
    #expect(!texts(chart([.init(name: "a", x: [1, 3], y: [0, 1])])).contains("1.5"))  // epochs are whole
    let wide = texts(chart([.init(name: "a", x: [1, 1e5], y: [-200, 0])], xScale: .logarithmic))
    #expect(wide.isSuperset(of: ["1", "10", "1000", "10\u{2009}000", "\u{2212}100"]))
  }

  @Test func oddDataStillGivesAChart() {
    let cases: [([Double], [Double])] = [
      ([], []), ([1], [1]), ([0, 1], [5, 5]), ([.nan], [.nan]), ([1, 2], [-1e308, 1e308]),
      ([1, 2], [0, .leastNonzeroMagnitude]), ([1e15, 1e15 + 1], [1, 1 + 1e-16]), ([-3, -2], [-1e-300, 1e300]),
    ]
    for (x, y) in cases {
      for scale in [AxisScale.linear, .logarithmic] {
        let chart = LineChart(
          title: "", xLabel: "", yLabel: "", xScale: scale, yScale: scale, series: [.init(name: "a", x: x, y: y)])
        #expect(Document(chart.svg()).isWellFormed)
        #expect(!chart.svg().contains("nan") && !chart.svg().contains("inf"))
      }
    }
    #expect(chart([]).isWellFormed)
  }

  @Test func pointsAreGroupedByClass() {
    let chart = ScatterChart(
      title: "z", xLabel: "z1", yLabel: "z2", x: [0, 1, 2, 3, .nan], y: [0, 1, 2, 3, 4], labels: [7, 3, 7, 3, 3])
    #expect(chart.groups.map(\.name) == ["3", "7"])
    #expect(chart.groups[1].x == [0, 2])
    let document = Document(chart.svg())
    #expect(document.isWellFormed)
    #expect(document.counts["circle"] == 4 + 2)  // and two in the legend
    #expect(chart.svg() == chart.svg())
  }

  @Test func equalScalesKeepACircleRound() {
    let angles = (0..<60).map { Double($0) / 60 * 2 * Double.pi }
    var chart = ScatterChart(
      title: "", xLabel: "x", yLabel: "y", x: angles.map { 3 * cos($0) }, y: angles.map { 3 * sin($0) }, labels: nil)
    #expect(abs(Self.extent(chart, "cx") / Self.extent(chart, "cy") - 1) > 0.2)
    chart.hasEqualScales = true
    #expect(abs(Self.extent(chart, "cx") / Self.extent(chart, "cy") - 1) < 0.01)
  }

  /// How far apart the outermost dots are along one direction, in pixels.
  private static func extent(_ chart: ScatterChart, _ attribute: String) -> Double {
    let places = chart.svg().components(separatedBy: attribute + "=\"").dropFirst()
      .compactMap { Double($0.prefix { $0 != "\"" }) }
    return (places.max() ?? 0) - (places.min() ?? 0)
  }
}
