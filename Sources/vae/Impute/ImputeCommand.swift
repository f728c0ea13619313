import ArgumentParser
import Autoencoders
import Datasets
import Experiments
import Foundation
import Pictures
import Tensors

extension Filling.Method: ExpressibleByArgument {}

/// `vae impute`
struct ImputeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "impute", abstract: "Fill in what is missing of examples.",
    discussion: """
      Numbers that are NaN (in a .csv empty, NA or ? too) are missing; --mask takes others away, whose truth is then known, \
      and errors are against it. Methods:

        gibbs       z from q(z|x), missing numbers from p(x|z), again and again (Rezende et al. 2014): quick to be near
        metropolis  the same, each z accepted or refused (Mattei and Frellsen 2018): right in the end, however poor q(z|x)
        importance  many z from q(z|x) at once, weighed by how they explain what is observed (Mattei and Frellsen 2019)

      A picture shows examples, their holes in grey, and missing pixels at their expectation after 1, 2, 4 ... steps. A \
      .csv or .npy has the examples completed: by the mean, or with --draws several times by draws (a column draw before \
      the others, or an axis). Observed numbers stay what they are.

      Examples:
        vae impute runs/digits                                     60% of the pixels missing, runs/digits/imputations.png
        vae impute runs/digits --mask random:0.8 --method metropolis --steps 200
        vae impute runs/digits --mask left --method importance --draws 6 -o halves.png
        vae impute runs/faces --mask rectangle:10,8,6,12 --count 8 -o eyes.png
        vae impute runs/table holes.csv -o filled.csv              what is missing in the file
        vae impute runs/table holes.csv --method importance --draws 20 -o filled-20-times.csv
      """)

  @OptionGroup var options: RunOptions
  @Argument(help: "A file of examples to use instead of the run's data.", completion: .file()) var file: String?
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(
    help: """
      What is missing: random:PART, of all pixels; rectangle:TOP,LEFT,HEIGHT,WIDTH, in pixels; left, right, top or bottom, a \
      half; file:PATH, a .npy or .png in which 0 (black) is missing and else (white) observed, for all examples or for each; \
      nan, what the data lack (default: nan if they lack any, else random:0.6).
      """)
  var mask: String?
  @Option(help: "How: gibbs, metropolis or importance.") var method = Filling.Method.gibbs
  @Option(help: "gibbs, metropolis: steps of a chain.") var steps = 100
  @Option(
    help: """
      metropolis: steps before those that may refuse (default: 20). importance: steps of a chain that fills the holes before \
      q(z|x) is asked (default: 20; 0 for a model that learned with holes).
      """)
  var warmUp: Int?
  @Option(help: "importance: draws of z for each example.") var samples = 1000
  @Option(help: "Completed examples for each, by draws; of a picture: importance only (there 4).") var draws: Int?
  @Option(name: .shortAndLong, help: "How many examples, chosen by the seed (default: 100 for a picture, else all).")
  var count: Int?
  @Option(help: "Examples that a picture shows.") var rows = 10
  @Flag(help: "Show missing pixels as they were drawn, not at their expectation.") var draw = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard steps > 0 && samples > 0 && rows > 0 && draws ?? 1 > 0 && count ?? 1 > 0 && warmUp ?? 0 >= 0 else {
      throw ValidationError(
        "--steps, --samples, --draws, --count and --rows must be at least 1, --warm-up not below 0")
    }
    guard warmUp == nil || method != .gibbs else {
      throw ValidationError("--warm-up goes with --method metropolis or importance")
    }
    guard warmUp ?? 0 < steps || method == .importance else {
      throw ValidationError("--warm-up \(warmUp!) leaves none of the \(steps) steps; give more --steps")
    }
    guard file == nil || source.data == nil else { throw ValidationError("give either a file or --data, not both") }
  }

  func run() throws {
    let hidden = try mask.map { try HiddenPart(parsing: $0) }
    let (run, model) = try options.open()
    if method == .metropolis && !model.hasPosteriorDensity {
      throw ExperimentError(
        "\(run.path) has leapfrogs, whose q(z|x) of given latents is not known: use --method importance, or gibbs")
    }
    let isPicture = Picture.isPicture(shape: run.configuration.examples.shape)
    let path = output.path(in: run, isPicture ? "imputations.png" : "imputed.csv")
    let showsPicture = path.lowercased().hasSuffix(".png")
    let showing = Showing(run: run, model: model, seed: options.seed)
    if showsPicture { _ = try showing.pictureShape() }
    guard draws == nil || !showsPicture || method == .importance else {
      throw ValidationError("--draws of a chain are written as numbers: give --out a path ending in .csv or .npy")
    }
    let own = file ?? source.data
    var source = source
    source.data = own
    let task = try ImputationTask(
      run, source.load(run), isOwn: own == nil, mask: hidden,
      count: count ?? (showsPicture ? 100 : nil), directory: source.dataDir, seed: options.seed,
      reporter: Terminal.reporter)
    let filler = Filling(
      method: method, steps: steps, warmUp: warmUp, samples: samples, draws: draws ?? (showsPicture ? 4 : 0),
      isPicture: showsPicture, seed: options.seed, for: task)
    let filled = filler.fill(model, task, reporter: Terminal.reporter)
    if showsPicture {
      try filled.strip(task, showing, rows: rows, drawn: draw).writePNG(to: path)
    } else {
      try write(filled, shape: run.configuration.examples.shape, to: path)
    }
    let result = ImputationResult(filled, filler, task, path)
    Terminal.result(json ? try Format.json(result) : result.text)
  }

  /// The examples completed: once by the mean, or as often as draws were asked for.
  private func write(_ filled: FilledExamples, shape: [Int], to path: String) throws {
    guard !filled.draws.isEmpty else {
      return try ArrayFile.write(filled.mean.scalars, shape: [filled.mean.shape[0]] + shape, to: path)
    }
    let all = Tensor.stacked(filled.draws)
    let count = filled.draws[0].shape[0]
    guard path.lowercased().hasSuffix(".csv") else {
      return try ArrayFile.write(all.scalars, shape: [filled.draws.count, count] + shape, to: path)
    }
    let numbers = Tensor((0..<all.shape[0]).map { Float($0 / count + 1) }, shape: [all.shape[0], 1])
    let size = all.shape[1]
    try ArrayFile.write(
      numbers.joined(with: all).scalars, shape: [all.shape[0], size + 1],
      columns: ["draw"] + (0..<size).map { "x_\($0)" },
      to: path)
  }
}
