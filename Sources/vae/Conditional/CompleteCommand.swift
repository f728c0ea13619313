import ArgumentParser
import Autoencoders
import Datasets
import Pictures
import Tensors

/// `vae complete`
struct CompleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "complete", abstract: "What the rest may be: several x for each condition, from p(z|c) and p(x|z, c).",
    discussion: """
      For a run that was given something (vae train --given). A row of the picture is an example: what is given of it, \
      the deterministic network's guess, completions, and the truth. Written as .npy or .csv, the completions alone, \
      [examples, draws] + the shape of one.

      Examples:
        vae train mnist --given quadrants:1 --hidden 500,500 --latent 50 --out runs/quadrants
        vae complete runs/quadrants
        vae complete runs/quadrants --count 20 --draws 4 --draw -o drawn.png
        vae complete runs/quadrants --data halves.npy --draws 100 -o completions.npy
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(name: .shortAndLong, help: "How many examples.") var count = 10
  @Option(help: "Completions of each.") var draws = 8
  @Option(help: "Standard deviation of the latents in units of p(z|c); below 1, nearer to the typical.")
  var temperature = 1.0
  @Flag(help: "Draw from p(x|z, c) instead of showing its mean.") var draw = false

  func validate() throws {
    guard count > 0 && draws > 0 else { throw ValidationError("--count and --draws must be at least 1") }
    guard temperature >= 0 && temperature.isFinite else {
      throw ValidationError("--temperature takes a number from 0; got \(temperature)")
    }
  }

  func run() throws {
    let (run, model) = try options.openAny()
    guard let model = model as? any ConditionalModel else {
      throw ValidationError(
        "\(run.path) holds a model of the data alone; train one with --given, or see vae impute, which fills in what is "
          + "missing with any model")
    }
    let (_, examples) = try source.load(run)
    let positions = someOf(examples.count, count: count, seed: options.seed)
    let rows = examples.batch(positions[...], stream: RandomStream(seed: options.seed)["complete"])
    let completing = Completing(model: model, condition: examples.condition, seed: options.seed)
    let completions = completing.completions(rows, draws: draws, temperature: Float(temperature), drawn: draw)
    let shape = [positions.count, draws] + run.configuration.data.exampleShape
    try write(completions.reshaped(to: Shape(shape)), exampleShape: Array(shape.dropFirst()), to: path(run)) {
      let showing = Showing(run: run, model: model, seed: options.seed)
      return try completing.sheet(rows, completions, draws: draws, showing)
    }
  }

  private func path(_ run: Run) -> String { output.path(in: run, "completions.png") }
}

/// A conditional model at work on rows [x | c].
struct Completing {
  let model: any ConditionalModel
  let condition: Condition?
  let seed: UInt64

  /// Whole examples, [N draws, D], those of one condition after the other.
  func completions(_ rows: Tensor, draws: Int, temperature: Float, drawn: Bool) -> Tensor {
    let stream = RandomStream(seed: seed)["completions"]
    let parts = (0..<rows.shape[0]).map { index -> Tensor in
      let c = model.condition(of: rows.rows(index..<index + 1))
      let z = model.priorDraws(draws, stream["z"][index], temperature: temperature)
      let x = drawn ? model.sample(given: z, c, stream["x"][index]) : model.expectation(given: z, c)
      return whole(x.reshaped(to: [draws, model.inputSize]), Tensor.stacked([Tensor](repeating: c, count: draws)))
    }
    return Tensor.stacked(parts)
  }

  /// The deterministic network's, [N, D].
  func guesses(_ rows: Tensor) -> Tensor {
    let c = model.condition(of: rows)
    return whole(model.guess(given: c), c)
  }

  /// A row for each example: what is given, the guess, completions, the truth.
  func sheet(_ rows: Tensor, _ completions: Tensor, draws: Int, _ showing: Showing) throws -> Picture {
    let (c, x) = (model.condition(of: rows), model.target(of: rows))
    let truth = try showing.pictures(whole(x, c))
    let guesses = try showing.pictures(guesses(rows))
    let completed = try showing.pictures(completions)
    let given = try self.given(c, showing)
    let sheetRows = truth.indices.map { i in
      (given.map { [$0[i]] } ?? []) + [guesses[i]] + completed[i * draws..<(i + 1) * draws] + [truth[i]]
    }
    let isColoured = sheetRows.joined().contains { $0.channels == 3 }
    return PictureGrid(columns: sheetRows[0].count)
      .picture(of: sheetRows.flatMap { $0.map { isColoured ? $0.coloured : $0 } })
  }

  /// What is given, with the middle of the range where there is nothing; nil where it is no picture.
  private func given(_ c: Tensor, _ showing: Showing) throws -> [Picture]? {
    switch condition {
    case .part:
      let unknown = Tensor(repeating: 0.5, shape: [c.shape[0], model.inputSize])
      return try showing.pictures(whole(unknown, c))
    case .pictures(let others):
      let values = c.scalars
      return stride(from: 0, to: values.count, by: others.exampleSize).map {
        Picture(values: values[$0..<$0 + others.exampleSize], shape: others.exampleShape)
      }
    case .label, nil: return nil
    }
  }

  private func whole(_ x: Tensor, _ c: Tensor) -> Tensor {
    if case .part(let part) = condition { return part.assembled(target: x, given: c) }
    return x
  }
}
