import ArgumentParser
import Experiments

/// `vae manifold`
struct ManifoldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "manifold", abstract: "Decode a grid over two latents: the map a model has made of its data.",
    discussion: """
      Grid points are at equal steps of probability (the inverse of the Gaussian distribution function). Made for models \
      with --latent 2; in others the latents that are not on an axis are zero.

      Examples:
        vae train frey-faces --likelihood gaussian --latent 2 --out runs/frey && vae manifold runs/frey
        vae manifold runs/digits --axes 3,7 --side 15
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "Pictures along each side.") var side = 20
  @Option(help: "Which two latents, counted from 0.") var axes = NumberList([0, 1])

  func run() throws {
    let (run, model) = try options.open()
    let numbers = axes.values
    guard numbers.count == 2, numbers[0] != numbers[1], numbers.allSatisfy({ (0..<model.latentSize).contains($0) })
    else {
      throw ValidationError("--axes needs two different latents of 0...\(model.latentSize - 1), as in --axes 0,1")
    }
    guard side > 1 else { throw ValidationError("--side must be at least 2") }
    let path = output.path(in: run, "manifold.png")
    try Showing(run: run, model: model, seed: options.seed).manifold(side: side, axes: (numbers[0], numbers[1]))
      .writePNG(to: path)
    Terminal.result(path)
  }
}
