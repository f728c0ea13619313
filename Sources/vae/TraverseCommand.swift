import ArgumentParser
import Autoencoders
import Datasets
import Tensors

/// `vae traverse`
struct TraverseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traverse", abstract: "Turn one latent unit at a time and see what it does.",
    discussion: """
      Each row: one unit goes from -RANGE to RANGE, in deviations of the prior, while the others stay at an example's \
      posterior means. Rows are the units that the model uses most, by their divergence from the prior over held-out \
      examples, the most first; each is printed with its nats.

      Examples:
        vae traverse runs/digits
        vae traverse runs/digits --example 7 --units 5 --steps 15 -o seven.png
        vae traverse runs/digits --units 3,17,4
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "How many units, or which, counted from 0, as in 3,17 (a single unit as 3,).") var units = "10"
  @Option(help: "Points on each row.") var steps = 11
  @Option(help: "How far to both sides, in deviations of the prior.") var range = 3.0
  @Option(help: "The held-out example whose latents the others stay at, counted from 0; by default the seed chooses.")
  var example: Int?

  func validate() throws {
    guard steps > 1 && range > 0 && range.isFinite else {
      throw ValidationError("--steps must be at least 2 and --range above 0")
    }
  }

  func run() throws {
    let (run, model) = try options.open()
    let (_, examples) = try source.load(run)
    guard let position = example ?? someOf(examples.count, count: 1, seed: options.seed).first,
      (0..<examples.count).contains(position)
    else { throw ValidationError("--example must be one of the \(examples.count) examples, counted from 0") }
    let showing = Showing(run: run, model: model, seed: options.seed)
    let use = showing.divergenceByUnit(examples.prefix(2000))
    let chosen = try chosen(of: model.latentSize, by: use)
    let path = output.path(in: run, "traversals.png")
    try showing.traversals(examples, position, units: chosen, steps: steps, range: Float(range)).writePNG(to: path)
    for unit in chosen { Terminal.result("unit \(unit)  \(Format.fixed(use[unit])) nats") }
    Terminal.result(path)
  }

  /// The units asked for by number, or the so many that are used most.
  private func chosen(of size: Int, by use: [Double]) throws -> [Int] {
    let numbers = units.split(separator: ",").map { Int($0) ?? -1 }
    if units.contains(",") {
      guard !numbers.isEmpty && numbers.allSatisfy({ (0..<size).contains($0) }) else {
        throw ValidationError("--units needs units of 0...\(size - 1), as in 3,17; got \(units)")
      }
      return numbers
    }
    guard numbers.count == 1 && numbers[0] > 0 else {
      throw ValidationError("--units takes how many, or which, as in 10 or 3,17; got \(units)")
    }
    return Array((0..<size).sorted { use[$0] > use[$1] }.prefix(numbers[0]))
  }
}
