import ArgumentParser
import Autoencoders
import Datasets
import Files
import Foundation
import Pictures

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
    let showing = Showing(run: run, model: model, seed: options.seed)
    let (split, examples) = try source.load(run)
    let folder = output.path(in: run, "report")
    try Folder.make(folder)
    var pictures: [(file: String, caption: String)] = []

    if Picture.isPicture(shape: run.configuration.data.exampleShape) {
      let sheet = PictureGrid(columns: 10)
      let samples = try showing.pictures(showing.samples(100, temperature: 1, drawn: false))
      try sheet.picture(of: samples).writePNG(to: folder + "/samples.png")
      pictures.append(("samples.png", "Samples: latents drawn from the prior, decoded"))

      let positions = someOf(examples.count, count: 50, seed: options.seed)
      let (originals, decoded) = showing.reconstructions(examples, positions)
      try PictureGrid.pairs(
        originals: showing.pictures(originals), reconstructions: showing.pictures(decoded, like: originals)
      )
      .writePNG(to: folder + "/reconstructions.png")
      pictures.append(
        ("reconstructions.png", "Examples of the \(split) split, each row with its reconstructions below"))

      let pairs = InterpolateCommand.pairs(examples, 8, seed: options.seed)
      try showing.interpolations(examples, pairs, steps: 9).writePNG(to: folder + "/interpolations.png")
      pictures.append(("interpolations.png", "From one example of the \(split) split to another through latent space"))

      if let model = model as? any DrawingModel {
        let drawings = try DrawingPictures(new: 8, of: model, showing, seed: options.seed)
        try drawings.sheet().writePNG(to: folder + "/drawing.png")
        try drawings.animation().writePNG(to: folder + "/drawing-moving.png")
        pictures.append(("drawing.png", "Drawn step by step; red is where the model writes"))
        pictures.append(("drawing-moving.png", "The same, moving"))
      }
      if let other = try planar(run, model) {
        try other.manifold(side: 20, axes: (0, 1)).writePNG(to: folder + "/manifold.png")
        pictures.append(("manifold.png", "The map of a model with two latents (\(other.run.path))"))
      }
    }
    try showing.trainingCurve().writeSVG(to: folder + "/training-curve.svg")
    pictures.append(("training-curve.svg", "The bound by epoch"))

    let result = try EvaluateCommand.evaluate(
      run, model, (split, examples.prefix(limit)), EstimatePlan(samples: samples), seed: options.seed,
      checkpoint: options.checkpoint)
    try AtomicFile.write(try Format.json(result) + "\n", to: folder + "/evaluation.json")
    try AtomicFile.write(page(run, result, pictures), to: folder + "/report.md")
    Terminal.result("\(result.text)\n\nreport and pictures: \(folder)")
    for (file, caption) in pictures { Terminal.result("  \(folder)/\(file)  \(caption)") }
  }

  /// The model with two latents: this one, or that of `--manifold`.
  private func planar(_ run: Run, _ model: any LatentVariableModel) throws -> Showing? {
    if let manifold {
      let other = try Run(opening: manifold)
      let otherModel = try other.model(options.checkpoint)
      guard otherModel.latentSize == 2 else {
        throw ValidationError("--manifold \(manifold): that model has \(otherModel.latentSize) latents, not 2")
      }
      return Showing(run: other, model: otherModel, seed: options.seed)
    }
    return model.latentSize == 2 ? Showing(run: run, model: model, seed: options.seed) : nil
  }

  private func page(_ run: Run, _ result: EvaluationResult, _ pictures: [(file: String, caption: String)]) -> String {
    var text = """
      # \(run.configuration.data.source), \(run.configuration.model.summary)

      ```
      \(result.text)
      ```

      The bound is the evidence lower bound; the estimate is of log p(x) itself, from below on average. They are different
      quantities: compare bounds with bounds and estimates with estimates of as many draws.

      """
    for (file, caption) in pictures { text += "\n## \(caption)\n\n![\(caption)](\(file))\n" }
    return text
  }
}
