import ArgumentParser
import Experiments
import Tensors

/// `vae complete`
struct CompleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "complete", abstract: "What the rest may be: several x for each condition, from p(z|c) and p(x|z, c).",
    discussion: """
      For a run that was given something (vae train --given). A row of the picture is an example: what is given of it, \
      the deterministic network's guess, completions, and the truth. Written as .npy or .csv, the completions alone, \
      [examples, draws] + the shape of one.

      Examples:
        vae train mnist --given quadrants:1 --hidden 500,500 --latent 50 --out runs/quadrants
        vae complete runs/quadrants
        vae complete runs/quadrants --count 20 --draws 4 --draw -o drawn.png
        vae complete runs/quadrants --data halves.npy --draws 100 -o completions.npy
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(name: .shortAndLong, help: "How many examples.") var count = 10
  @Option(help: "Completions of each.") var draws = 8
  @Option(help: "Standard deviation of the latents in units of p(z|c); below 1, nearer to the typical.")
  var temperature = 1.0
  @Flag(help: "Draw from p(x|z, c) instead of showing its mean.") var draw = false

  func validate() throws {
    guard count > 0 && draws > 0 else { throw ValidationError("--count and --draws must be at least 1") }
    guard temperature >= 0 && temperature.isFinite else {
      throw ValidationError("--temperature takes a number from 0; got \(temperature)")
    }
  }

  func run() throws {
    let (run, model) = try options.openAny()
    let (_, examples) = try source.load(run)
    let completing = try Completing(run, model, examples, seed: options.seed)
    let positions = someOf(examples.count, count: count, seed: options.seed)
    let rows = examples.batch(positions[...], stream: RandomStream(seed: options.seed)["complete"])
    let completions = completing.completions(rows, draws: draws, temperature: Float(temperature), drawn: draw)
    let shape = [positions.count, draws] + run.configuration.examples.shape
    try write(completions.reshaped(to: Shape(shape)), exampleShape: Array(shape.dropFirst()), to: path(run)) {
      try completing.sheet(
        rows, completions, draws: draws, Showing(run: run, model: model, seed: options.seed))
    }
  }

  private func path(_ run: Run) -> String { output.path(in: run, "completions.png") }
}
