import Autoencoders
import Datasets
import Files
import Pictures

/// What a comparison leaves: all points as a table, the figure, and a page with the last points.
struct ComparisonOutput {
  let comparison: Comparison
  let curves: [(curve: Curve, rate: Float, points: [Curve.Point])]

  func write() throws {
    try AtomicFile.write(table, to: comparison.folder + "/points.csv")
    let panels = panels
    try ChartGrid(panels.map(\.chart), columns: panels.count > 1 ? 2 : 1).writeSVG(
      to: comparison.folder + "/figure.svg")
    try AtomicFile.write(page, to: comparison.folder + "/figure.md")
  }

  private var table: String {
    let head =
      "algorithm,latents,training_examples,learning_rate,samples,train_nats,train_standard_error,"
      + "held_out_nats,held_out_standard_error\n"
    return curves.reduce(into: head) { text, entry in
      let configuration = entry.curve.configuration
      for p in entry.points {
        text +=
          "\(entry.curve.algorithm.rawValue),\((configuration.model.base as? any LatentUnitsSetting)?.latent ?? 0),\(entry.curve.data.train.count),"
          + "\(entry.rate),\(p.samples),\(p.train),\(p.trainStandardError),\(p.heldOut),\(p.heldOutStandardError)\n"
      }
    }
  }

  /// A chart for each panel: an algorithm has a colour, held-out curves are dashed.
  private var panels: [(name: String, chart: LineChart)] {
    var names: [String] = []
    for entry in curves where !names.contains(entry.curve.panel) { names.append(entry.curve.panel) }
    return names.map { name in
      let shown = curves.filter { $0.curve.panel == name }
      let series = shown.flatMap { entry -> [LineChart.Series] in
        let x = entry.points.map { Double($0.samples) }
        let colour = TrainingAlgorithm.allCases.firstIndex(of: entry.curve.algorithm)
        let title = entry.curve.algorithm.title
        return [
          .init(name: "\(title), train", x: x, y: entry.points.map(\.train), colour: colour),
          .init(
            name: "\(title), \(entry.curve.data.heldOut.name)", x: x, y: entry.points.map(\.heldOut), isDashed: true,
            colour: colour),
        ]
      }
      return (
        name,
        LineChart(
          title: name, xLabel: "training samples evaluated", yLabel: comparison.measure.axis, xScale: .logarithmic,
          yRange: range(shown.map(\.points)), series: series)
      )
    }
  }

  /// From the best point down to where the worst curve is after a tenth of its samples: before, all are far below.
  private func range(_ curves: [[Curve.Point]]) -> ClosedRange<Double>? {
    let points = curves.joined()
    guard let end = points.map(\.samples).max() else { return nil }
    let settled = points.filter { $0.samples * 10 >= end }.flatMap { [$0.train, $0.heldOut] }.filter(\.isFinite)
    guard let high = points.flatMap({ [$0.train, $0.heldOut] }).filter(\.isFinite).max(), let low = settled.min(),
      high > low
    else { return nil }
    return low - 0.15 * (high - low)...high + 0.05 * (high - low)
  }

  private var page: String {
    var text = """
      # \(comparison.title)

      ![\(comparison.title)](figure.svg)

      \(comparison.measure.description) Nats per example at the last point, ± one standard error over examples; the step \
      size was chosen on training data.

      | panel | algorithm | step size | training samples evaluated | train | held out |
      | --- | --- | ---: | ---: | ---: | ---: |

      """
    for (curve, rate, points) in curves {
      guard let p = points.last else { continue }
      text +=
        "| \(curve.panel) | \(curve.algorithm.title) | \(rate) | \(Format.count(p.samples)) "
        + "| \(Format.fixed(p.train)) ± \(Format.fixed(p.trainStandardError)) "
        + "| \(Format.fixed(p.heldOut)) ± \(Format.fixed(p.heldOutStandardError)) |\n"
    }
    return text
  }
}
