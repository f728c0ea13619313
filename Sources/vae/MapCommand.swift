import ArgumentParser
import Datasets
import Experiments

extension LatentMap.Method: ExpressibleByArgument {}

/// `vae map`
struct MapCommand: ParsableCommand {
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
  @Option(help: "pca or tsne.") var method = LatentMap.Method.pca
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
    let map = try LatentMap(
      run, model, of: source.load(run), count: count, method: method, perplexity: perplexity, threads: threads,
      seed: options.seed, reporter: Terminal.reporter)
    let path = output.path(in: run, "map.svg")
    if path.lowercased().hasSuffix(".svg") {
      try map.chart.writeSVG(to: path)
    } else {
      let (columns, table) = map.table
      try ArrayFile.write(table.scalars, shape: table.shape.array, columns: columns, to: path)
    }
    Terminal.result(path)
  }
}
