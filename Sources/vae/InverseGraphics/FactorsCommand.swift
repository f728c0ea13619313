import ArgumentParser
import Autoencoders
import Datasets
import Files
import Foundation
import Pictures
import Tensors

/// `vae factors`
struct FactorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "factors",
    abstract: "What latents say about known factors: predicted against true, on held-out examples.",
    discussion: """
      Of each factor: the correlation of what is read from one latent with the truth, and the mean error, and the same for a \
      linear function of all latents. Lines are fitted on codes of training examples and judged on held-out ones. The one \
      latent is the factor's own in a dcign model; in others, the one that is best on the training examples. An angle of \
      full circle is read as its cosine and sine from two latents.

      The other latents are for what is shown: the part of their variance that lies within one thing, as its factors change, \
      is 0 where they are invariant. Works for any model of a set whose factors are known.

      Examples:
        vae factors runs/cars
        vae factors runs/cars-plain --factors azimuth,elevation,light -o plain.svg
        vae factors runs/faces --json
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "Which factors, as in azimuth,light (default: the model's own, else all that don't say what is shown).")
  var factors: String?
  @Option(help: "Training examples that lines are fitted on, chosen by the seed.") var fitted = 5000
  @Option(help: "Held-out examples that are judged, chosen by the seed (default: all).") var limit: Int?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard fitted > 1 && limit ?? 1 > 0 else { throw ValidationError("--fitted must be at least 2 and --limit 1") }
  }

  func run() throws {
    let (run, model) = try options.open()
    let configuration = run.configuration
    let data = try RunData(configuration.data, seed: configuration.training.seed, directory: source.dataDir)
    let (split, held) = try source.load(run)
    let judged = held.selecting(someOf(held.count, count: limit ?? held.count, seed: options.seed))
    let lessons = data.train.selecting(someOf(data.train.count, count: fitted, seed: options.seed))
    guard let known = judged.factors, lessons.factors != nil else {
      throw ValidationError(
        "nothing is known of the factors of \(held.dataset.name); 'vae data list' shows sets with factors")
    }
    let names = try chosen(known, configuration.model.graphics)
    let result = FactorsResult(
      model, names: names, own: configuration.model.graphics, fitted: lessons, judged: judged,
      split: split, stream: RandomStream(seed: options.seed)["factors"])
    let path = output.path(in: run, "factors.svg")
    let charts =
      names.map { result.chart($0, source: configuration.data.source) } + names.flatMap { result.circles($0) }
    try ChartGrid(charts, columns: min(3, charts.count)).writeSVG(to: path)
    Terminal.result(json ? try Format.json(result.report) : result.text)
    if !json { Terminal.result(path) }
  }

  private func chosen(_ known: Dataset.Factors, _ graphics: InverseGraphics?) throws -> [String] {
    guard let factors else { return graphics?.factors ?? known.waysOfShowing }
    let names = factors.split(separator: ",").map(String.init)
    if let other = names.first(where: { !known.names.contains($0) }) {
      throw ValidationError("--factors: there is no factor \(other), but \(known.names.joined(separator: ", "))")
    }
    return names
  }
}
