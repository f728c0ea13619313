import ArgumentParser
import Datasets
import Experiments
import Pictures

/// `vae reconstruct`
struct ReconstructCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconstruct", abstract: "Encode held-out examples and decode them again, side by side.",
    discussion: """
      Each row of originals has its reconstructions below. Written as .npy or .csv, the reconstructions alone.

      Examples:
        vae reconstruct runs/digits
        vae reconstruct runs/digits --split train --count 40 -o train.png
        vae reconstruct runs/digits --data my-digits.npy -o mine.npy
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(name: .shortAndLong, help: "How many.") var count = 50
  @Option(help: "Pictures in a row.") var columns = 10

  func validate() throws {
    guard count > 0 && columns > 0 else { throw ValidationError("--count and --columns must be at least 1") }
  }

  func run() throws {
    let (run, model) = try options.open()
    let showing = Showing(run: run, model: model, seed: options.seed)
    let (_, examples) = try source.load(run)
    let (originals, results) = showing.reconstructions(
      examples, someOf(examples.count, count: count, seed: options.seed))
    try write(
      results, exampleShape: run.configuration.examples.shape, to: output.path(in: run, "reconstructions.png")
    ) {
      PictureGrid.pairs(
        originals: try showing.pictures(originals), reconstructions: try showing.pictures(results, like: originals),
        columns: columns)
    }
  }
}
