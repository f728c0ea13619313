import Autoencoders
import Datasets
import Files
import Foundation
import Pictures

/// Everything to look at from a run, in one folder: pictures, the training curve, figures, and a page of all.
public struct RunReport: Sendable {
  /// The folder.
  public let folder: String
  /// The pictures in it, each with what it shows.
  public private(set) var pictures: [(file: String, caption: String)] = []
  /// The bound and an importance-sampled estimate.
  public let evaluation: EvaluationResult

  /// Makes the folder.
  ///
  /// - Parameters:
  ///   - data: held-out examples.
  ///   - manifold: a run with two latents whose map is shown; the run itself where it has two.
  ///   - samples: draws of z for each example in the estimate, of the first `limit` examples.
  /// - Throws: ``ExperimentError`` or `FileError`.
  public init(
    _ run: Run, _ model: any LatentVariableModel, on data: (split: String, examples: Examples), in folder: String,
    manifold: String? = nil, samples: Int = 500, limit: Int? = nil, seed: UInt64 = 0,
    checkpoint: Run.Choice = .best, reporter: any Reporter = SilentReporter()
  ) throws {
    self.folder = folder
    let showing = Showing(run: run, model: model, seed: seed)
    try Folder.make(folder)
    evaluation = try run.evaluate(
      model, on: (data.split, data.examples.prefix(limit)), EstimatePlan(samples: samples), seed: seed,
      checkpoint: checkpoint, reporter: reporter)
    if Picture.isPicture(shape: run.configuration.examples.shape) {
      try addPictures(showing, data)
      if let model = model as? any DrawingModel { try addDrawings(model, showing) }
      if let other = try Self.planar(showing, manifold, checkpoint) {
        try other.manifold(side: 20, axes: (0, 1)).writePNG(to: folder + "/manifold.png")
        pictures.append(("manifold.png", "The map of a model with two latents (\(other.run.path))"))
      }
    }
    try showing.trainingCurve().writeSVG(to: folder + "/training-curve.svg")
    pictures.append(("training-curve.svg", "The bound by epoch"))
    try AtomicFile.write(try Format.json(evaluation) + "\n", to: folder + "/evaluation.json")
    try AtomicFile.write(page(run), to: folder + "/report.md")
  }

  private mutating func addPictures(_ showing: Showing, _ data: (split: String, examples: Examples)) throws {
    let samples = try showing.pictures(showing.samples(100))
    try PictureGrid(columns: 10).picture(of: samples).writePNG(to: folder + "/samples.png")
    pictures.append(("samples.png", "Samples: latents drawn from the prior, decoded"))

    let positions = someOf(data.examples.count, count: 50, seed: showing.seed)
    let (originals, decoded) = showing.reconstructions(data.examples, positions)
    try PictureGrid.pairs(
      originals: showing.pictures(originals), reconstructions: showing.pictures(decoded, like: originals)
    ).writePNG(to: folder + "/reconstructions.png")
    pictures.append(
      ("reconstructions.png", "Examples of the \(data.split) split, each row with its reconstructions below"))

    let pairs = showing.pairs(data.examples, 8)
    try showing.interpolations(data.examples, pairs, steps: 9).writePNG(to: folder + "/interpolations.png")
    pictures.append(
      ("interpolations.png", "From one example of the \(data.split) split to another through latent space"))
  }

  private mutating func addDrawings(_ model: any DrawingModel, _ showing: Showing) throws {
    let drawings = try DrawingPictures(new: 8, of: model, showing, seed: showing.seed)
    try drawings.sheet().writePNG(to: folder + "/drawing.png")
    try drawings.animation().writePNG(to: folder + "/drawing-moving.png")
    pictures.append(("drawing.png", "Drawn step by step; red is where the model writes"))
    pictures.append(("drawing-moving.png", "The same, moving"))
  }

  /// The model with two latents: the one asked for, or the report's own.
  private static func planar(_ showing: Showing, _ manifold: String?, _ checkpoint: Run.Choice) throws -> Showing? {
    guard let manifold else { return showing.model.latentSize == 2 ? showing : nil }
    let other = try Run(opening: manifold)
    let model = try other.model(checkpoint)
    guard model.latentSize == 2 else {
      throw SettingError("manifold", "\(manifold): that model has \(model.latentSize) latents, not 2")
    }
    return Showing(run: other, model: model, seed: showing.seed)
  }

  private func page(_ run: Run) -> String {
    var text = """
      # \(run.configuration.data.source), \(run.configuration.modelSummary)

      ```
      \(evaluation.text)
      ```

      The bound is the evidence lower bound; the estimate is of log p(x) itself, from below on average. They are different
      quantities: compare bounds with bounds and estimates with estimates of as many draws.

      """
    for (file, caption) in pictures { text += "\n## \(caption)\n\n![\(caption)](\(file))\n" }
    return text
  }
}
