import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import LatentAnalysis
import Pictures
import Tensors

/// `vae map`
struct MapCommand: ParsableCommand {
  /// How latents are brought into the plane.
  enum Method: String, ExpressibleByArgument, CaseIterable {
    case pca, tsne
  }

  static let configuration = CommandConfiguration(
    commandName: "map", abstract: "Where the latents of held-out examples lie, in the plane, coloured by class.",
    discussion: """
      Posterior means along the two directions in which they vary most (pca: distances mean what they say), or so that \
      neighbours stay neighbours (tsne: clusters mean something, distances between them don't). A .csv or .npy has the \
      coordinates.

      Examples:
        vae map runs/digits
        vae map runs/digits --method tsne --count 3000 -o digits.svg
        vae map runs/digits --data mine.npy -o where.csv
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "pca or tsne.") var method = Method.pca
  @Option(name: .shortAndLong, help: "How many examples, chosen by the seed.") var count = 2000
  @Option(help: "tsne: about how many neighbours count for each example.") var perplexity = 30.0
  @Option(help: "Cores to use (default: all). The result does not depend on it.") var threads: Int?

  func validate() throws {
    guard count > 1 && perplexity >= 1 && threads ?? 1 > 0 else {
      throw ValidationError("--count must be at least 2, --perplexity and --threads at least 1")
    }
  }

  func run() throws {
    let (run, model) = try options.openAny()
    let (split, examples) = try source.load(run)
    let positions = someOf(examples.count, count: count, seed: options.seed)
    guard positions.count > 1 else { throw ValidationError("a map needs two examples; there is \(positions.count)") }
    if method == .tsne && Double(positions.count) <= 3 * perplexity {
      throw ValidationError(
        "--perplexity \(perplexity) for \(positions.count) examples: give less than a third of them")
    }
    let stream = RandomStream(seed: options.seed)["map"]
    let means = Inference.encode(model, examples, positions: positions, stream: stream).means
    let (places, axes) = placed(means)
    let labels = examples.labels.map { all in positions.map { all[$0] } }
    let path = output.path(in: run, "map.svg")
    if path.lowercased().hasSuffix(".svg") {
      try chart(places, labels, examples.dataset.labelNames, axes, "\(run.configuration.data.source), \(split)")
        .writeSVG(to: path)
    } else {
      var columns = ["x", "y"]
      var table = places
      if let labels {
        columns.append("label")
        table = table.joined(with: Tensor(labels.map(Float.init), shape: [labels.count, 1]))
      }
      try ArrayFile.write(table.scalars, shape: table.shape.array, columns: columns, to: path)
    }
    Terminal.result(path)
  }

  /// Coordinates [N, 2], and what they are called.
  private func placed(_ means: Tensor) -> (Tensor, (x: String, y: String)) {
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
      let clock = ProgressClock(total: embedding.steps, unit: "steps")
      let places = embedding(means) { clock.show($0, prefix: "t-SNE") }
      Terminal.endProgress()
      return (places, ("t-SNE, perplexity \(Format.fixed(perplexity, 0))", ""))
    }
  }

  private func chart(
    _ places: Tensor, _ labels: [Int]?, _ names: [String]?, _ axes: (x: String, y: String), _ title: String
  ) -> ScatterChart {
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
