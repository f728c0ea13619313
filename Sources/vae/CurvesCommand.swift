import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Pictures

/// `vae curves`
struct CurvesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "curves", abstract: "Validation bounds of several runs in one chart, by examples seen or by time.",
    discussion: """
      A run that began with the weights of another (--from) goes on where that one stood, as long as its folder is there. \
      Seconds are those of training, without validation, on the machine as it was then, with the threads that the run had.

      Examples:
        vae curves runs/draw runs/draw-whole --level "published=-80.97"
        vae curves runs/a runs/b --against seconds --from-bound -130 -o curves.svg
      """)

  /// What is counted across.
  enum Axis: String, ExpressibleByArgument, CaseIterable {
    case examples, seconds, epochs
  }

  @Argument(help: "Folders of runs.", completion: .directory) var runs: [String]
  @Option(help: "What is counted across.") var against = Axis.examples
  @Option(help: "A dashed line at a bound to compare with, as in published=-80.97. May be given more than once.")
  var level: [String] = []
  @Option(help: "Leave out what is below this bound.") var fromBound: Double?
  @Option(name: .shortAndLong, help: "Where to write.", completion: .file()) var out = "curves.svg"

  func run() throws {
    let levels = try level.map(Self.level)
    var series = try runs.map { try Self.series(Run(opening: $0), against) }
    guard let reach = series.flatMap(\.x).max() else {
      throw ValidationError("there is no epoch with a validation bound in \(runs.joined(separator: ", ")) yet")
    }
    series += levels.map {
      .init(name: $0.name, x: [0, reach], y: [$0.bound, $0.bound], isDashed: true)
    }
    let all = series.flatMap(\.y).filter(\.isFinite)
    let label = [
      Axis.examples: "training examples seen", .seconds: "seconds of training", .epochs: "epoch",
    ][against]!
    let chart = LineChart(
      title: "Bound (ELBO) on validation examples", xLabel: label, yLabel: "nats per example",
      yRange: fromBound.map { $0...max($0 + 1, (all.max() ?? 0) + 1) }, series: series)
    try chart.writeSVG(to: out)
    Terminal.result(out)
  }

  /// A name and a number.
  private static func level(_ text: String) throws -> (name: String, bound: Double) {
    guard let sign = text.lastIndex(of: "="), sign > text.startIndex,
      let bound = Double(text[text.index(after: sign)...]), bound.isFinite
    else { throw ValidationError("--level takes a name and a bound, as in published=-80.97; got \(text)") }
    return (String(text[..<sign]), bound)
  }

  private static func series(_ run: Run, _ axis: Axis) throws -> LineChart.Series {
    let points = points(run, axis)
    return .init(
      name: URL(fileURLWithPath: run.path).lastPathComponent, x: points.map(\.x), y: points.map(\.bound))
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
