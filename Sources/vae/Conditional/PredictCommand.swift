import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

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
      let data = try RunData(run.configuration.data, seed: run.configuration.training.seed, directory: dataDir)
      let (name, examples) = try data.examples(split)
      let tuning = data.validation.count > 0 ? data.validation : data.train
      let result = FutureScores(futures, examples, tuning: tuning, samples: samples, limit: limit, split: name.rawValue)
      return Terminal.result(json ? try Format.json(result) : result.text)
    }
    let (conditions, truths) = try scenes(run, futures)
    let stream = RandomStream(seed: options.seed)["futures"]
    let drawn = conditions.indices.map { futures.draws(draws, given: conditions[$0], stream[$0]) }
    if let animate { try animation(futures, conditions, drawn, truths).writePNG(to: animate) }
    let path = output.path(in: run, "futures.png")
    if path.lowercased().hasSuffix(".png") {
      try sheet(futures, conditions, drawn, truths).writePNG(to: path)
    } else {
      let form = futures.form
      try ArrayFile.write(
        drawn.flatMap { $0.flatMap { form.decode($0) } },
        shape: [conditions.count, draws, form.rows, form.columns, form.steps, 2], to: path)
    }
    Terminal.result([path, animate].compactMap { $0 }.joined(separator: "\n"))
  }

  /// Conditions, and the truth of each where it is known.
  private func scenes(_ run: Run, _ futures: Futures) throws -> ([Tensor], [[Float]]?) {
    guard frames.isEmpty else { return (try frames.map { try futures.condition($0) }, nil) }
    let (_, examples) = try RunData(
      run.configuration.data, seed: run.configuration.training.seed, directory: dataDir
    ).examples(split)
    let rows = someOf(examples.count, count: count, seed: options.seed).map {
      examples.batch([$0], stream: RandomStream(seed: options.seed))
    }
    return (rows.map { futures.model.condition(of: $0) }, rows.map { futures.model.target(of: $0).scalars })
  }

  private func zoom(_ futures: Futures, panels: Int) -> Int {
    max(1, min(4, 1600 / (panels * futures.frameShape[1])))
  }

  private func sheet(
    _ futures: Futures, _ conditions: [Tensor], _ drawn: [[[Float]]], _ truths: [[Float]]?
  ) -> Picture {
    let panels = draws + 2 + (truths == nil ? 0 : 1)
    let zoom = zoom(futures, panels: panels)
    let cells = conditions.indices.flatMap { index -> [Picture] in
      let frame = futures.frame(conditions[index], zoom: zoom)
      let examples = [futures.guess(given: conditions[index])] + drawn[index] + (truths.map { [$0[index]] } ?? [])
      return [frame] + examples.map { futures.overlay($0, on: frame, zoom: zoom) }
    }
    return PictureGrid(columns: panels, zoom: 1).picture(of: cells)
  }

  private func animation(
    _ futures: Futures, _ conditions: [Tensor], _ drawn: [[[Float]]], _ truths: [[Float]]?
  ) -> Animation {
    let panels = draws + (truths == nil ? 0 : 1)
    let zoom = zoom(futures, panels: panels)
    let frames = conditions.map { futures.frame($0, zoom: zoom) }
    let steps = stride(from: 0, through: futures.form.steps, by: max(1, futures.form.steps / 15))
    return Animation(
      steps.map { step in
        let cells = conditions.indices.flatMap { index in
          (drawn[index] + (truths.map { [$0[index]] } ?? [])).map {
            futures.overlay($0, on: frames[index], zoom: zoom, upTo: step)
          }
        }
        return PictureGrid(columns: panels, zoom: 1).picture(of: cells)
      }, delay: 0.12)
  }
}
