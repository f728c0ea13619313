import Autoencoders
import Datasets
import Foundation
import Pictures

/// Validation bounds of several runs. A run that began with the weights of another goes on where that one stood, as long as its
/// folder is there.
package struct RunCurves {
  /// What is counted across.
  package enum Axis: String, CaseIterable {
    case examples, seconds, epochs

    var label: String {
      switch self {
      case .examples: "training examples seen"
      case .seconds: "seconds of training"
      case .epochs: "epoch"
      }
    }
  }

  private let series: [LineChart.Series]
  private let axis: Axis

  /// The bounds of runs.
  package init(_ runs: [Run], against axis: Axis) {
    self.axis = axis
    series = runs.map { run in
      let points = Self.points(run, axis)
      return .init(
        name: URL(fileURLWithPath: run.path).lastPathComponent, x: points.map(\.x), y: points.map(\.bound))
    }
  }

  /// All in one chart, with dashed lines at bounds to compare with, from `least` upwards; nil where there is no bound yet.
  package func chart(levels: [(name: String, bound: Double)], from least: Double?) -> LineChart? {
    guard let reach = series.flatMap(\.x).max() else { return nil }
    let all = series + levels.map { .init(name: $0.name, x: [0, reach], y: [$0.bound, $0.bound], isDashed: true) }
    let greatest = all.flatMap(\.y).filter(\.isFinite).max() ?? 0
    return LineChart(
      title: "Bound (ELBO) on validation examples", xLabel: axis.label, yLabel: "nats per example",
      yRange: least.map { $0...max($0 + 1, greatest + 1) }, series: all)
  }

  /// How far each epoch with a bound was, after all that came before it; that of other runs first.
  private static func points(_ run: Run, _ axis: Axis) -> [(x: Double, bound: Double)] {
    var points: [(x: Double, bound: Double)] = []
    var (here, step) = (0.0, 0)
    if let earlier = run.configuration.startedFrom.map({ URL(fileURLWithPath: $0) }),
      let other = try? Run(opening: earlier.deletingLastPathComponent().path)
    {
      points = self.points(other, axis)
      here = points.last?.x ?? 0
    }
    for epoch in run.metrics() {
      let examples = Double((epoch.step - step) * run.configuration.training.batchSize)
      step = epoch.step
      switch axis {
      case .examples: here += examples
      case .seconds: here += examples / max(epoch.examplesPerSecond, 1e-9)
      case .epochs: here += 1
      }
      if let bound = epoch.validationBound { points.append((here, bound)) }
    }
    return points
  }
}
