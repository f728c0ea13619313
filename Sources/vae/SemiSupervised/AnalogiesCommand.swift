import ArgumentParser
import Experiments

/// `vae analogies`
struct AnalogiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analogies", abstract: "Examples, each in its style as all other classes.",
    discussion: """
      A row for each example: the example, then what the decoder expects for the mean of its q(z|x, y) and every class in \
      turn (Kingma et al. 2014, figure 1). For runs of --model m2 and m1m2.

      Examples:
        vae analogies runs/m1m2
        vae analogies runs/m2 --count 5 -o styles.png
        vae analogies runs/m2 --split train -o styles.npy
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(name: .shortAndLong, help: "How many examples.") var count = 10

  func run() throws {
    guard count > 0 else { throw ValidationError("--count must be at least 1") }
    let (run, model) = try options.open()
    let showing = Showing(run: run, model: model, seed: options.seed)
    let (originals, made, classes) = try showing.analogies(source.load(run).examples, count: count)
    let path = output.path(in: run, "analogies.png")
    try write(made, exampleShape: run.configuration.examples.shape, to: path) {
      try showing.sheet(originals, analogies: made, classes: classes)
    }
  }
}
