import ArgumentParser
import Autoencoders
import Experiments

/// `vae draw`
struct DrawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Watch pictures being drawn, step by step, by a model that draws.",
    discussion: """
      For a run of --model draw. A row is a picture's canvas as it is written on, from the first step to the last; red is \
      where the model writes, with lines a quarter as wide as a filter's deviation. Pictures are the model's own or, with --examples, like \
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
      throw ExperimentError(
        "\(run.path) holds a \(run.configuration.model.name) model, which has no steps to show; train one with --model draw"
      )
    }
    let showing = Showing(run: run, model: model, seed: options.seed)
    let pictures =
      try examples
      ? DrawingPictures(like: source.load(run).examples, count: count, of: model, showing, frames: frames)
      : DrawingPictures(new: count, of: model, showing, temperature: temperature, frames: frames, seed: options.seed)
    let (path, moving) = (output.path(in: run, "drawing.png"), animate ?? output.path(in: run, "drawing-moving.png"))
    try pictures.sheet(columns: columns).writePNG(to: path)
    // Without --animate a path of one's own is for the sheet alone.
    if animate != nil || output.out == nil {
      try pictures.animation(delay: delay).writePNG(to: moving)
      Terminal.result(moving)
    }
    Terminal.result(path)
  }
}
