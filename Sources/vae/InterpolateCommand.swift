import ArgumentParser
import Experiments

/// `vae interpolate`
struct InterpolateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate", abstract: "Walk between pairs of held-out examples through latent space.",
    discussion: """
      Each row: an example, the decoded way from its posterior mean to the other's, the other example.

      Examples:
        vae interpolate runs/digits
        vae interpolate runs/digits --pairs 4 --steps 15 --seed 3 -o ways.png
        vae interpolate runs/digits --animate --pairs 16 --steps 24    there and back again, as an animated PNG
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "How many pairs, chosen by the seed.") var pairs = 8
  @Option(help: "Decoded points on the way, ends included.") var steps = 9
  @Flag(help: "An animation instead of strips: all pairs at once, there and back again.") var animate = false

  func validate() throws {
    guard pairs > 0 && steps > 1 else { throw ValidationError("--pairs must be at least 1 and --steps at least 2") }
  }

  func run() throws {
    let (run, model) = try options.open()
    let (_, examples) = try source.load(run)
    guard examples.count > 1 else { throw ExperimentError("there are fewer than two examples to go between") }
    let showing = Showing(run: run, model: model, seed: options.seed)
    let chosen = showing.pairs(examples, pairs)
    let path = output.path(in: run, animate ? "interpolations-animated.png" : "interpolations.png")
    if animate {
      try showing.animation(examples, chosen, steps: steps).writePNG(to: path)
    } else {
      try showing.interpolations(examples, chosen, steps: steps).writePNG(to: path)
    }
    Terminal.result(path)
  }
}
