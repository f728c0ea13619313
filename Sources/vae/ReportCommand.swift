import ArgumentParser
import Experiments

/// `vae report`
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Everything to look at from a run, in one folder: pictures, curve, figures.",
    discussion: """
      Makes samples, reconstructions, interpolations, the training curve, the manifold where there are two latents, and \
      report.md with the held-out bound and an importance-sampled estimate.

      Examples:
        vae report runs/digits
        vae report runs/digits --manifold runs/digits-2d --out pictures
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "Take the manifold from this run, one with two latents.", completion: .directory) var manifold: String?
  @Option(help: "Draws of z for each example in the estimate.") var samples = 500
  @Option(help: "Only the first so many held-out examples for the estimate.") var limit: Int?

  func validate() throws {
    guard samples > 0 && limit ?? 1 > 0 else { throw ValidationError("--samples and --limit must be at least 1") }
  }

  func run() throws {
    let (run, model) = try options.open()
    let report = try RunReport(
      run, model, on: source.load(run), in: output.path(in: run, "report"), manifold: manifold, samples: samples,
      limit: limit, seed: options.seed, checkpoint: options.checkpoint, reporter: Terminal.reporter)
    Terminal.result("\(report.evaluation.text)\n\nreport and pictures: \(report.folder)")
    for (file, caption) in report.pictures { Terminal.result("  \(report.folder)/\(file)  \(caption)") }
  }
}
