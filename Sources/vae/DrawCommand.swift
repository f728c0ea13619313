import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Tensors

/// `vae draw`
struct DrawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Watch pictures being drawn, step by step, by a model that draws.",
    discussion: """
      For a run of --model draw. A row is a picture's canvas as it is written on, from the first step to the last; red is \
      where the model writes, with lines as wide as its filters. Pictures are the model's own or, with --examples, like \
      held-out ones: these come first in their row, and green is where the model looks.

      Examples:
        vae train mnist --model draw --glimpses 32 --out runs/draw
        vae draw runs/draw                                   runs/draw/drawing.png and drawing-moving.png
        vae draw runs/draw --examples --count 5 --columns 8
        vae draw runs/draw --no-frames --temperature 0.8 -o canvas.png --animate canvas-moving.png
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "Where to write the animation, an animated PNG; by default in the run's folder.", completion: .file())
  var animate: String?
  @Option(name: .shortAndLong, help: "How many pictures.") var count = 8
  @Option(help: "Canvases in a row, evenly spread over the steps.") var columns = 11
  @Flag(help: "Pictures like held-out examples, from their posterior means, rather than new ones.") var examples = false
  @Flag(inversion: .prefixedNo, help: "Show where the model writes and looks.") var frames = true
  @Option(help: "Deviation of the latents of new pictures.") var temperature: Float = 1
  @Option(help: "Seconds that a step is shown in the animation.") var delay = 0.12

  func validate() throws {
    guard count > 0 && columns > 1 else { throw ValidationError("--count must be at least 1 and --columns at least 2") }
    guard temperature >= 0 && temperature.isFinite else { throw ValidationError("--temperature must be at least 0") }
    guard 0...60 ~= delay else { throw ValidationError("--delay is from 0 to 60 seconds") }
  }

  func run() throws {
    let (run, model) = try options.open()
    guard let model = model as? any DrawingModel else {
      throw ValidationError(
        "\(run.path) holds a \(run.configuration.model.family.rawValue) model, which has no steps to show; train one "
          + "with --model draw")
    }
    let showing = Showing(run: run, model: model, seed: options.seed)
    var originals: [Picture]?
    let steps: [DrawnStep]
    if examples {
      let (_, examples) = try source.load(run)
      let chosen = someOf(examples.count, count: count, seed: options.seed)
      let x = examples.batch(chosen[...], stream: RandomStream(seed: options.seed)["data"])
      originals = try showing.pictures(x)
      steps = model.drawing(like: x, noise: Tensor(repeating: 0, shape: [chosen.count, model.latentSize]))
    } else {
      let stream = RandomStream(seed: options.seed)["drawing"]
      steps = model.drawing(given: model.priorSample(count, stream, temperature: temperature))
    }
    let drawn = try steps.map { try panels($0, showing) }
    let (path, moving) = (output.path(in: run, "drawing.png"), animate ?? output.path(in: run, "drawing-moving.png"))
    try sheet(drawn, originals).writePNG(to: path)
    // Without --animate a path of one's own is for the sheet alone.
    if animate != nil || output.out == nil {
      try animation(drawn, originals).writePNG(to: moving)
      Terminal.result(moving)
    }
    Terminal.result(path)
  }

  /// The canvases of a step with frames on them.
  private func panels(_ step: DrawnStep, _ showing: Showing) throws -> [Picture] {
    try showing.pictures(step.pictures).enumerated().map { index, picture in
      var panel = FramedPicture(picture)
      guard frames else { return panel.picture }
      if !step.reading.isEmpty { panel.draw(step.reading[index], colour: (0.2, 0.8, 0.2)) }
      if !step.writing.isEmpty { panel.draw(step.writing[index], colour: (0.95, 0.2, 0.2)) }
      return panel.picture
    }
  }

  /// A row for each picture.
  private func sheet(_ drawn: [[Picture]], _ originals: [Picture]?) -> Picture {
    let shown = min(columns, drawn.count)
    let chosen = (0..<shown).map { shown == 1 ? drawn.count - 1 : $0 * (drawn.count - 1) / (shown - 1) }
    let cells = drawn[0].indices.flatMap { index -> [Picture] in
      (originals.map { [FramedPicture($0[index]).picture] } ?? []) + chosen.map { drawn[$0][index] }
    }
    return PictureGrid(columns: shown + (originals == nil ? 0 : 1), zoom: 1).picture(of: cells)
  }

  /// All pictures at once, step by step; the last stays for a while.
  private func animation(_ drawn: [[Picture]], _ originals: [Picture]?) -> Animation {
    let grid = PictureGrid(columns: originals == nil ? Int(Double(count).squareRoot().rounded(.up)) : 2, zoom: 1)
    let sheets = drawn.map { panels in
      grid.picture(
        of: panels.enumerated().flatMap { index, panel in
          (originals.map { [FramedPicture($0[index]).picture] } ?? []) + [panel]
        })
    }
    return Animation(sheets + [Picture](repeating: sheets[sheets.count - 1], count: 10), delay: delay)
  }
}

/// A picture in colour and large enough to draw frames on.
private struct FramedPicture {
  private(set) var picture: Picture
  private let zoom: Int

  init(_ original: Picture) {
    zoom = max(1, min(4, 112 / max(original.width, original.height)))
    picture = original.coloured.enlarged(by: zoom)
  }

  /// The square from a grid's first point to its last, with lines of one deviation.
  mutating func draw(_ frame: AttentionFrame, colour: (Double, Double, Double)) {
    let (scale, half) = (Double(zoom), frame.side / 2)
    func point(_ x: Double, _ y: Double) -> (x: Double, y: Double) { ((x + 0.5) * scale, (y + 0.5) * scale) }
    let corners = [
      point(frame.x - half, frame.y - half), point(frame.x + half, frame.y - half),
      point(frame.x + half, frame.y + half), point(frame.x - half, frame.y + half),
    ]
    let width = min(4, max(1, frame.deviation)) * scale / 4
    for index in 0..<4 {
      picture.drawLine(from: corners[index], to: corners[(index + 1) % 4], width: width, colour: colour)
    }
  }
}
