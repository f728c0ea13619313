import Autoencoders
import Datasets
import Foundation
import LatentAnalysis
import Pictures
import Tensors

/// Where the latents of examples lie, in the plane, coloured by class.
package struct LatentMap {
  /// How latents are brought into the plane.
  package enum Method: String, CaseIterable {
    /// Along the two directions in which they vary most.
    case pca
    /// So that neighbours stay neighbours.
    case tsne
  }

  private let places: Tensor
  private let axes: (x: String, y: String)
  private let labels: [Int]?
  private let names: [String]?
  private let title: String

  /// Posterior means of `count` examples chosen by the seed. Throws where there are too few.
  package init(
    _ run: Run, _ model: any LatentVariableModel, of data: (split: String, examples: Examples), count: Int,
    method: Method, perplexity: Double, threads: Int?, seed: UInt64, reporter: any Reporter
  ) throws {
    let examples = data.examples
    let positions = someOf(examples.count, count: count, seed: seed)
    guard positions.count > 1 else { throw ExperimentError("a map needs two examples; there is \(positions.count)") }
    if method == .tsne && Double(positions.count) <= 3 * perplexity {
      throw SettingError(
        "perplexity", "\(perplexity) for \(positions.count) examples: give less than a third of them")
    }
    let stream = RandomStream(seed: seed)["map"]
    let means = Inference.encode(model, examples, positions: positions, stream: stream).means
    (places, axes) = Self.placed(means, method, perplexity, threads, reporter)
    labels = examples.labels.map { all in positions.map { all[$0] } }
    names = examples.dataset.labelNames
    title = "\(run.configuration.data.source), \(data.split)"
  }

  /// Coordinates, and the class where there is one.
  package var table: (columns: [String], values: Tensor) {
    guard let labels else { return (["x", "y"], places) }
    return (
      ["x", "y", "label"], places.joined(with: Tensor(labels.map(Float.init), shape: [labels.count, 1]))
    )
  }

  /// Coordinates [N, 2], and what they are called.
  private static func placed(
    _ means: Tensor, _ method: Method, _ perplexity: Double, _ threads: Int?, _ reporter: any Reporter
  ) -> (Tensor, (x: String, y: String)) {
    if means.shape[1] == 1 {
      return (means.joined(with: Tensor(repeating: 0, shape: means.shape)), ("latent", ""))
    }
    switch method {
    case .pca:
      let components = PrincipalComponents(of: means, count: 2)
      func name(_ index: Int) -> String {
        let share = components.variances[index] / max(components.totalVariance, 1e-30)
        return "component \(index + 1), \(Format.fixed(100 * share, 1)) % of the variance"
      }
      return (components.coordinates(of: means), (name(0), name(1)))
    case .tsne:
      let embedding = NeighbourEmbedding(
        perplexity: perplexity, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
      let clock = ReportedTask(reporter, total: embedding.steps, unit: "steps")
      let places = embedding(means) { clock.show($0, prefix: "t-SNE") }
      reporter.endProgress()
      return (places, ("t-SNE, perplexity \(Format.fixed(perplexity, 0))", ""))
    }
  }

  /// Points coloured by class.
  package var chart: ScatterChart {
    let values = places.scalars.map(Double.init)
    var chart = ScatterChart(
      title: title, xLabel: axes.x, yLabel: axes.y, x: stride(from: 0, to: values.count, by: 2).map { values[$0] },
      y: stride(from: 1, to: values.count, by: 2).map { values[$0] }, labels: labels)
    chart.hasEqualScales = true
    if let names, let labels {
      for (index, label) in Set(labels).sorted().enumerated() where names.indices.contains(label) {
        chart.groups[index].name = names[label]
      }
    }
    return chart
  }
}
