import ArgumentParser
import Autoencoders
import Datasets
import Pictures
import Tensors

/// `vae analogies`
struct AnalogiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "analogies", abstract: "Examples, each in its style as all other classes.",
    discussion: """
      A row for each example: the example, then what the decoder expects for the mean of its q(z|x, y) and every class in \
      turn (Kingma et al. 2014, figure 1). For runs of --model m2 and m1m2.

      Examples:
        vae analogies runs/m1m2
        vae analogies runs/m2 --count 5 -o styles.png
        vae analogies runs/m2 --split train -o styles.npy
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(name: .shortAndLong, help: "How many examples.") var count = 10

  func run() throws {
    guard count > 0 else { throw ValidationError("--count must be at least 1") }
    let (run, model) = try options.open()
    let (_, all) = try source.load(run)
    guard let model = model as? any ClassConditioned else { throw NoClasses.problem(run) }
    let examples = all.asTheyAre
    let positions = someOf(examples.count, count: count, seed: options.seed)
    let x = examples.batch(positions[...], stream: RandomStream(seed: options.seed)["analogies"]).asConstant
    let known = examples.labels.map { labels in positions.map { labels[$0] } }
    let own =
      known.flatMap { known in known.allSatisfy { $0 < model.classes } ? known : nil }
      ?? model.classLogProbabilities(x).mostProbable
    let made = analogies(model, x, own)
    let path = output.path(in: run, "analogies.png")
    try write(made, exampleShape: run.configuration.data.exampleShape, to: path) {
      let showing = Showing(run: run, model: model, seed: options.seed)
      let (originals, others) = (try showing.pictures(x), try showing.pictures(made, like: x))
      let cells = originals.indices.flatMap { [originals[$0]] + others[$0 * model.classes..<($0 + 1) * model.classes] }
      return PictureGrid(columns: model.classes + 1).picture(of: cells)
    }
  }

  /// For each example, one of every class: [N C, D].
  private func analogies(_ model: any ClassConditioned, _ x: Tensor, _ own: [Int]) -> Tensor {
    let styles = model.style(of: x, classes: own)
    let repeated = Tensor.stacked(
      (0..<x.shape[0]).flatMap { [Tensor](repeating: styles.rows($0..<$0 + 1), count: model.classes) })
    let labels = (0..<x.shape[0] * model.classes).map { $0 % model.classes }
    return model.expectation(style: repeated, classes: labels)
  }
}

/// A model that was not learned with classes.
enum NoClasses {
  static func problem(_ run: Run) -> ValidationError {
    ValidationError("the model in \(run.path) knows no classes; train one with --model m2 or m1m2")
  }
}

extension Run {
  /// The number of a class, said by its name or number. Throws if there is none such.
  func classNumber(_ text: String) throws -> Int {
    guard let semi = configuration.model.semi else { throw NoClasses.problem(self) }
    let names = semi.classNames
    if let index = names.firstIndex(of: text) { return index }
    if let number = Int(text), names.indices.contains(number) { return number }
    let known = names.count > 20 ? "0 to \(names.count - 1)" : names.joined(separator: ", ")
    throw ValidationError("--class \(text): the classes of \(path) are \(known)")
  }
}
