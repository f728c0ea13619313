import ArgumentParser
import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Pictures
import Tensors

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
    let (run, opened) = try options.openAny()
    let configuration = run.configuration
    guard let model = opened as? any ConditionalModel, let given = configuration.model.conditionShape,
      Picture.isPicture(shape: given), Array(given.prefix(2)) == Array(configuration.data.exampleShape.prefix(2)),
      configuration.model.likelihood == .bernoulli, model.inputSize == given[0] * given[1]
    else {
      throw ValidationError(
        "\(run.path) holds no model of masks given pictures; train one with vae train PHOTOS --masks MASKS")
    }
    let segmenting = Segmenting(
      model: model, shape: (given[0], given[1], given.count == 3 ? given[2] : 1), draws: draws, seed: options.seed)
    if evaluate { return try judge(run, model) }
    if pictures.isEmpty { return try showHeldOut(run, segmenting) }
    try segment(run, segmenting)
  }

  // MARK: Pictures

  private func segment(_ run: Run, _ segmenting: Segmenting) throws {
    let files = try PictureFiles(pictures)
    let masks = try out.map { try MaskFiles($0, files) } ?? MaskFiles("\(run.path)/masks", files, isFolder: true)
    var rows: [[Picture]] = []
    for (file, mask) in zip(files.paths, masks.paths) {
      let picture = try read(file, channels: segmenting.shape.channels)
      let known = try truth.map { try PictureFiles.mask(of: file, in: $0, picture) }
      let result = segmenting.segment(picture, tile: try self.tile(of: picture, file, run, segmenting))
      let (width, height) = (picture.width, picture.height)
      let made = result.mask(width: width, height: height)
      try made.writePNG(to: mask + ".png")
      try result.uncertainty(width: width, height: height).writePNG(to: mask + "-uncertainty.png")
      let row = sheetRow(result, truth: known)
      if !masks.isFolder { try sheet([row]).writePNG(to: mask + "-sheet.png") }
      if rows.count < 100 { rows.append(row) }
      Terminal.result("\(mask).png: \(summary(result, made, known))")
    }
    if masks.isFolder {
      let path = masks.folder + "/sheet.png"
      try sheet(rows).writePNG(to: path)
      Terminal.result(path)
    }
  }

  /// The part's height that was asked for or is that of the run's own examples; nil for as large as fits.
  private func tile(of picture: Picture, _ path: String, _ run: Run, _ segmenting: Segmenting) throws -> Int? {
    let known = Catalog.entry(named: run.configuration.data.source)?.tileSide
    guard let rows = tile ?? known else { return nil }
    let columns = rows * segmenting.shape.width / segmenting.shape.height
    guard rows <= picture.height && columns <= picture.width else {
      if tile == nil { return nil }
      throw ValidationError("--tile \(rows): \(path) is only \(picture.width) x \(picture.height)")
    }
    let scale = Double(segmenting.shape.height) / Double(rows)
    guard Double(picture.width * picture.height) * scale * scale * Double(draws + 1) < 0x1p28 else {
      throw ValidationError(
        "--tile \(rows): too small a part of \(path), \(picture.width) x \(picture.height), for \(draws) draws to be held; "
          + "take larger ones or fewer draws")
    }
    return rows
  }

  private func read(_ path: String, channels: Int) throws -> Picture {
    let picture = try Picture(reading: path)
    if picture.channels == channels { return picture }
    guard convert else {
      throw ValidationError(
        "\(path) is \(picture.channels == 1 ? "grey" : "in colour"), and the run was given pictures "
          + "\(channels == 1 ? "in grey" : "in colour"); --convert turns it into such a one")
    }
    return channels == 1 ? picture.grey : picture.coloured
  }

  private func summary(_ result: Segmentation, _ mask: Picture, _ truth: Picture?) -> String {
    let white = Double(mask.bytes.count { $0 > 127 }) / Double(mask.bytes.count)
    var text =
      "\(Format.fixed(100 * white, 1))% white, overlap of two draws \(Format.fixed(1 - MaskMeasure.diversity(result.draws)))"
    if let truth {
      let (found, known) = (mask.bytes.map { Float($0) / 255 }, truth.bytes.map { Float($0) / 255 })
      text +=
        ", overlap with the truth \(Format.fixed(MaskMeasure.overlap(found, known))), pixels right "
        + "\(Format.fixed(100 * MaskMeasure.accuracy(found, known), 1))%"
    }
    return text
  }

  // MARK: Sheets

  private func sheetRow(_ result: Segmentation, truth: Picture?) -> [Picture] {
    let shown = result.draws.prefix(4).map { result.picture($0) }
    let all =
      [result.seen, result.picture(result.guess)] + shown + [
        result.picture(result.mean), result.picture(result.deviation.map { 2 * $0 }),
      ] + (truth.map { [$0] } ?? [])
    return all.map { $0.coloured.boxed(96) }
  }

  private func sheet(_ rows: [[Picture]]) -> Picture {
    PictureGrid(columns: rows[0].count, zoom: 1, background: 128).picture(of: rows.flatMap { $0 })
  }

  private func showHeldOut(_ run: Run, _ segmenting: Segmenting) throws {
    let (_, examples) = try RunData(
      run.configuration.data, seed: run.configuration.training.seed, directory: dataDir
    ).examples(split)
    let positions = someOf(examples.count, count: count, seed: options.seed)
    let rows = examples.batch(positions[...], stream: RandomStream(seed: options.seed)["segment"])
    let (height, width, channels) = segmenting.shape
    let shape = channels == 1 ? [height, width] : [height, width, channels]
    let sheetRows = (0..<rows.shape[0]).map { index -> [Picture] in
      let row = rows.rows(index..<index + 1)
      let seen = Picture(values: segmenting.model.condition(of: row).scalars, shape: shape)
      let truth = Picture(values: segmenting.model.target(of: row).scalars, shape: [height, width])
      return sheetRow(segmenting.segment(seen, tile: nil), truth: truth)
    }
    let path = out ?? "\(run.path)/segments.png"
    try sheet(sheetRows).writePNG(to: path)
    Terminal.result(path)
  }

  // MARK: Figures

  private func judge(_ run: Run, _ model: any ConditionalModel) throws {
    let (split, all) = try RunData(
      run.configuration.data, seed: run.configuration.training.seed, directory: dataDir
    ).examples(split)
    let examples = all.prefix(limit)
    let evaluator = Evaluator(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, seed: options.seed)
    let clock = ProgressClock(total: examples.count, unit: "examples")
    let report = evaluator.segmentation(model, on: examples, draws: draws) { clock.show($0, prefix: "segmenting") }
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
