import ArgumentParser
import Autoencoders
import Datasets

/// `vae sample`
struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Make new examples: draw latents from the prior and decode them.",
    discussion: """
      Examples:
        vae sample runs/digits                            a sheet of 100, runs/digits/samples.png
        vae sample runs/digits --count 25 --temperature 0.7 -o few.png
        vae sample runs/table --count 1000 --draw -o new-rows.csv
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var output: OutputOptions
  @Option(name: .shortAndLong, help: "How many.") var count = 100
  @Option(help: "Standard deviation of the latents; below 1, nearer to the typical.") var temperature = 1.0
  @Option(help: "Pictures in a row.") var columns = 10
  @Flag(help: "Draw from p(x|z) instead of showing its mean.") var draw = false

  func validate() throws {
    guard count > 0 && columns > 0 else { throw ValidationError("--count and --columns must be at least 1") }
    guard temperature >= 0 else { throw ValidationError("--temperature must not be negative") }
  }

  func run() throws {
    let (run, model) = try options.open()
    let showing = Showing(run: run, model: model, seed: options.seed)
    let samples = showing.samples(count, temperature: temperature, drawn: draw)
    try write(samples, exampleShape: run.configuration.data.exampleShape, to: output.path(in: run, "samples.png")) {
      PictureGrid(columns: columns).picture(of: try showing.pictures(samples))
    }
  }
}
