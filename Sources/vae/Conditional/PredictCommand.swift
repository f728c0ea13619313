import ArgumentParser
import Datasets
import Experiments

/// `vae predict`
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "What may happen next in a still picture: several futures, drawn over it.",
    discussion: """
      For a run of trajectories (vae train --given frame). A row of the picture is a frame: as it is, what the regressor \
      expects, futures drawn from the model, and the truth where it is known. Without FRAME, held-out frames are shown. A \
      .npy gets the futures as displacements in pixels, [frames, draws, rows, columns, steps, 2].

      Examples:
        vae train moving-digits --given frame --model conv --latent 8 --out runs/futures
        vae predict runs/futures
        vae predict runs/futures frame.png --draws 6 -o futures.png --animate futures-moving.png
        vae predict runs/futures --evaluate          against the regressor and against no motion
      """)

  @OptionGroup var options: RunOptions
  @Argument(help: "Pictures to predict the future of.", completion: .file()) var frames: [String] = []
  @OptionGroup var output: OutputOptions
  @Option(help: "Where to write an animation of the futures, an animated PNG.", completion: .file()) var animate:
    String?
  @Option(help: "Which part of the run's data: train, validation or test (default: test, else validation).")
  var split: Split?
  @Option(help: "Where to look for data sets first (as DIR/NAME/).", completion: .directory) var dataDir: String?
  @Option(name: .shortAndLong, help: "How many held-out frames.") var count = 6
  @Option(help: "Futures of each frame.") var draws = 5
  @Flag(help: "Judge on held-out frames instead: kernel density and least distance of --samples futures.")
  var evaluate = false
  @Option(help: "--evaluate: futures of each frame.") var samples = 50
  @Option(help: "--evaluate: at most so many frames, evenly spread.") var limit = 200
  @Flag(help: "--evaluate: print JSON.") var json = false

  func validate() throws {
    guard count > 0 && draws > 0 && samples > 0 && limit > 0 else {
      throw ValidationError("--count, --draws, --samples and --limit must be at least 1")
    }
    guard !evaluate || frames.isEmpty else {
      throw ValidationError("--evaluate is about the run's data; leave FRAME out")
    }
  }

  func run() throws {
    let (run, model) = try options.openAny()
    let futures = try Futures(run, model, seed: options.seed)
    if evaluate {
      let data = try run.data(directory: dataDir, reporter: Terminal.reporter)
      let (name, examples) = try data.examples(split)
      let tuning = data.validation.count > 0 ? data.validation : data.train
      let result = FutureScores(
        futures, examples, tuning: tuning, samples: samples, limit: limit, split: name.rawValue,
        reporter: Terminal.reporter)
      return Terminal.result(json ? try Format.json(result) : result.text)
    }
    let scenes =
      try frames.isEmpty
      ? PredictedScenes(
        futures, of: run.data(directory: dataDir, reporter: Terminal.reporter).examples(split).examples, count: count,
        draws: draws)
      : PredictedScenes(futures, files: frames, draws: draws)
    if let animate { try scenes.animation.writePNG(to: animate) }
    let path = output.path(in: run, "futures.png")
    if path.lowercased().hasSuffix(".png") {
      try scenes.sheet.writePNG(to: path)
    } else {
      let (values, shape) = scenes.displacements
      try ArrayFile.write(values, shape: shape, to: path)
    }
    Terminal.result([path, animate].compactMap { $0 }.joined(separator: "\n"))
  }
}
