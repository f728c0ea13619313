import ArgumentParser
import Autoencoders
import Datasets
import Experiments
import Foundation
import Pictures

/// `vae segment`
struct SegmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segment", abstract: "Masks for pictures, how sure they are, and how good they are.",
    discussion: """
      For a run that was trained on masks given photographs (vae train PHOTOS --masks MASKS). A mask is white where the \
      mean over draws from p(z|c) is above one half, in the size of its picture. Beside it, NAME-uncertainty.png is the \
      draws' standard deviation, white being one half, the greatest there is, and NAME-sheet.png shows the picture, the \
      deterministic network's guess, draws, their mean, the uncertainty and, where it is known, the truth.

      A picture of another shape than the model's is looked at in overlapping parts, as large as fit or --tile pixels high.

      Without pictures, a sheet of the run's held-out examples is made; --evaluate says what the masks are worth there.

      Examples:
        vae segment runs/horses horse.jpg -o mask.png
        vae segment runs/horses photos -o masks            a folder: a mask for each, and sheet.png
        vae segment runs/horses photos --truth masks -o out
        vae segment runs/horses --count 8 -o sheet.png
        vae segment runs/horses --evaluate --json
      """)

  @OptionGroup var options: RunOptions
  @Argument(help: "Pictures, or folders of them.", completion: .file()) var pictures: [String] = []
  @Option(
    name: [.customShort("o"), .long], help: "The mask's file, or a folder for the masks of several pictures.",
    completion: .file())
  var out: String?
  @Option(help: "Draws from p(z|c) for each picture.") var draws = 32
  @Option(help: "Height of the part of a picture that the model sees at once, in the picture's pixels.") var tile: Int?
  @Option(help: "A folder of true masks, of the pictures' names.", completion: .directory) var truth: String?
  @Option(help: "Without pictures: how many held-out examples.") var count = 8
  @Flag(help: "Turn pictures into grey or colour where the run was given the other.") var convert = false
  @Flag(help: "Judge the masks of held-out examples.") var evaluate = false
  @Option(help: "Which part of the run's data: train, validation or test (default: test, else validation).")
  var split: Split?
  @Option(help: "Where to look for data sets first (as DIR/NAME/).", completion: .directory) var dataDir: String?
  @Option(help: "--evaluate: only the first so many examples.") var limit: Int?
  @Option(help: "--evaluate: cores to use (default: all).") var threads: Int?
  @Flag(help: "--evaluate: print JSON.") var json = false

  func validate() throws {
    guard draws > 0 && count > 0 && tile ?? 1 > 0 && limit ?? 1 > 0 && threads ?? 1 > 0 else {
      throw ValidationError("--draws, --count, --tile, --limit and --threads must be at least 1")
    }
    guard !evaluate || (pictures.isEmpty && out == nil && truth == nil) else {
      throw ValidationError("--evaluate is about the run's own examples; leave pictures, --out and --truth out")
    }
    guard truth == nil || !pictures.isEmpty else { throw ValidationError("--truth goes with pictures") }
  }

  func run() throws {
    let (run, model) = try options.openAny()
    let segmenting = try Segmenting(run, model, draws: draws, seed: options.seed)
    if evaluate { return try judge(run, segmenting.model) }
    if pictures.isEmpty {
      let (_, examples) = try run.data(directory: dataDir, reporter: Terminal.reporter).examples(split)
      let path = out ?? "\(run.path)/segments.png"
      try segmenting.sheet(of: examples, count: count).writePNG(to: path)
      return Terminal.result(path)
    }
    try segment(run, segmenting)
  }

  private func segment(_ run: Run, _ segmenting: Segmenting) throws {
    let files = try PictureFiles(pictures)
    let masks = try out.map { try MaskFiles($0, files) } ?? MaskFiles("\(run.path)/masks", files, isFolder: true)
    var rows: [[Picture]] = []
    for (file, mask) in zip(files.paths, masks.paths) {
      let picture = try segmenting.read(file, converts: convert)
      let known = try truth.map { try PictureFiles.mask(of: file, in: $0, picture) }
      let result = segmenting.segment(picture, tile: try segmenting.tile(of: picture, file, asked: tile, run))
      let (width, height) = (picture.width, picture.height)
      let made = result.mask(width: width, height: height)
      try made.writePNG(to: mask + ".png")
      try result.uncertainty(width: width, height: height).writePNG(to: mask + "-uncertainty.png")
      let row = result.row(truth: known)
      if !masks.isFolder { try Segmentation.sheet([row]).writePNG(to: mask + "-sheet.png") }
      if rows.count < 100 { rows.append(row) }
      Terminal.result("\(mask).png: \(result.summary(made, truth: known))")
    }
    if masks.isFolder {
      let path = masks.folder + "/sheet.png"
      try Segmentation.sheet(rows).writePNG(to: path)
      Terminal.result(path)
    }
  }

  private func judge(_ run: Run, _ model: any ConditionalModel) throws {
    let (split, all) = try run.data(directory: dataDir, reporter: Terminal.reporter).examples(split)
    let evaluator = Evaluator(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, seed: options.seed)
    let examples = all.prefix(limit)
    let report = evaluator.segmentation(model, on: examples, draws: draws) {
      Terminal.reporter.progress(TaskProgress("segmenting", done: $0, of: examples.count, unit: "examples"))
    }
    Terminal.endProgress()
    Terminal.result(json ? try Format.json(report) : report.text(split: split.rawValue))
  }
}

extension SegmentationReport {
  /// For people.
  func text(split: String) -> String {
    func line(_ name: String, _ score: Score) -> String {
      "\(name.padding(toLength: 20, withPad: " ", startingAt: 0))IoU \(Format.fixed(100 * score.overlap)) ± "
        + "\(Format.fixed(100 * score.overlapError))%, pixels right \(Format.fixed(100 * score.pixelAccuracy)) ± "
        + "\(Format.fixed(100 * score.pixelAccuracyError))%, calibration error "
        + "\(Format.fixed(100 * score.calibrationError))%"
    }
    return [
      "\(Format.count(count)) \(split) examples, \(draws) draws from p(z|c) of each",
      line("mean of the draws", mean), line("at the mean of z", typical), line("deterministic", baseline),
      "  gain in IoU       \(Format.fixed(100 * gain)) ± \(Format.fixed(100 * gainError))% (paired)",
      "a single draw       IoU \(Format.fixed(100 * drawOverlap))%; the best of \(draws) "
        + "\(Format.fixed(100 * bestOverlap))% (chosen by the truth)",
      "diversity           \(Format.fixed(100 * diversity))% (1 - IoU of two draws)",
    ].joined(separator: "\n")
  }
}
