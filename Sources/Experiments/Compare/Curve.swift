import Autoencoders
import Datasets
import Files
import Foundation

/// One curve of a figure: a way to train one model on some data, which becomes a run's folder of its own.
package struct Curve: Sendable {
  package let algorithm: TrainingAlgorithm
  /// The panel of the figure it belongs to.
  package let panel: String
  /// The run's folder.
  package let path: String
  /// All but the step size, which is chosen from several.
  package let configuration: RunConfiguration
  package let data: RunData

  package var name: String { URL(fileURLWithPath: path).lastPathComponent }

  // MARK: How far along

  private var batchSize: Int { configuration.training.batchSize }
  private var stepsPerEpoch: Int { (data.train.count + batchSize - 1) / batchSize }

  /// Training examples evaluated after so many steps: how often p(x, z) and a gradient of it were asked for.
  func evaluations(step: Int) -> Int {
    let seen = step / stepsPerEpoch * data.train.count + min(step % stepsPerEpoch * batchSize, data.train.count)
    return seen * algorithm.evaluationsPerExample
  }

  /// The first step at which so many are evaluated.
  package func step(evaluations: Int) -> Int {
    let seen = (evaluations + algorithm.evaluationsPerExample - 1) / algorithm.evaluationsPerExample
    let (epochs, rest) = seen.quotientAndRemainder(dividingBy: data.train.count)
    return epochs * stepsPerEpoch + (rest + batchSize - 1) / batchSize
  }

  /// Steps after which it is judged: at `perDecade` counts a decade, equally far apart on a logarithmic axis.
  func marks(from first: Int, to last: Int, perDecade: Int) -> [Int] {
    let decades = log10(Double(last) / Double(min(first, last)))
    let intervals = max(1, Int((decades * Double(perDecade)).rounded()))
    let counts = (0...intervals).map { Int(Double(last) * pow(10, -decades * (1 - Double($0) / Double(intervals)))) }
    return Set(counts.map { step(evaluations: $0) }).union([step(evaluations: last)]).filter { $0 > 0 }.sorted()
  }

  // MARK: Points

  /// What it was judged to be worth after some steps, in nats per example.
  package struct Point: Codable, Sendable {
    package var step: Int
    package var samples: Int
    package var train: Double
    package var trainStandardError: Double
    package var heldOut: Double
    package var heldOutStandardError: Double
  }

  private var pointsPath: String { path + "/points.json" }

  /// The points that are in its folder.
  func savedPoints() throws -> [Point] {
    guard let data = FileManager.default.contents(atPath: pointsPath) else { return [] }
    guard let points = try? JSONDecoder().decode([Point].self, from: data) else {
      throw FileError(path: pointsPath, problem: "is damaged; remove \(path) to train this curve anew")
    }
    return points
  }

  func save(_ points: [Point]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(try encoder.encode(points) + Data("\n".utf8), to: pointsPath)
  }
}

extension TrainingAlgorithm {
  /// The name in a legend.
  var title: String {
    switch self {
    case .variational: "AEVB"
    case .wakeSleep: "wake-sleep"
    case .monteCarloEM: "MCEM"
    }
  }
}
