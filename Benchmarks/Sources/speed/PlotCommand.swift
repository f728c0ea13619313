import ArgumentParser
import Foundation
import Pictures

/// `speed plot`
struct PlotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draw what sweep.py measured, a chart per setting that was varied.")

  @Argument(help: "The sweep's file of raw numbers.", completion: .file()) var json: String
  @Option(name: [.short, .long], help: "The folder for cost-SETTING.svg.", completion: .directory) var out = "."

  /// What is read of the file.
  private struct Sweep: Decodable {
    struct Point: Decodable {
      var axis: String
      var value: Double
      var threads: Int
      /// Seconds per example, where they were measured.
      var ours: Double?
      var theirs: Double?
    }
    var points: [Point]
  }

  private static let names = [
    "batch": ("Batch size", "784-400-20"), "hidden": ("Hidden units", "784-H-20, batch 128"),
    "latent": ("Latent units", "784-400-Z, batch 128"),
    "samples": ("Draws of the latents, k", "IWAE 784-200-200-50, batch 20"),
  ]

  func run() throws {
    let sweep = try JSONDecoder().decode(Sweep.self, from: Data(contentsOf: URL(fileURLWithPath: json)))
    try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
    for axis in Set(sweep.points.map(\.axis)).sorted() {
      let path = "\(out)/cost-\(axis).svg"
      try chart(axis, sweep.points.filter { $0.axis == axis }).writeSVG(to: path)
      print(path)
    }
  }

  private func chart(_ axis: String, _ points: [Sweep.Point]) -> LineChart {
    let (label, model) = Self.names[axis] ?? (axis, "")
    let series = Set(points.map(\.threads)).sorted().flatMap { threads in
      let chosen = points.filter { $0.threads == threads }
      let suffix = "\(threads) thread\(threads == 1 ? "" : "s")"
      return [
        line("swift-vae, \(suffix)", chosen, \.ours, isDashed: false),
        line("PyTorch, \(suffix)", chosen, \.theirs, isDashed: true),
      ]
    }
    return LineChart(
      title: "Training, \(model)", xLabel: label, yLabel: "microseconds per example", xScale: .logarithmic,
      yScale: .logarithmic, series: series)
  }

  private func line(
    _ name: String, _ points: [Sweep.Point], _ cost: KeyPath<Sweep.Point, Double?>, isDashed: Bool
  ) -> LineChart.Series {
    let known = points.compactMap { point in point[keyPath: cost].map { (x: point.value, y: 1e6 * $0) } }
      .sorted { $0.x < $1.x }
    return LineChart.Series(name: name, x: known.map(\.x), y: known.map(\.y), isDashed: isDashed)
  }
}
