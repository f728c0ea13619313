import ArgumentParser
import Autoencoders
import Datasets
import Experiments

/// `vae traverse`
struct TraverseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traverse", abstract: "Turn one latent unit at a time and see what it does.",
    discussion: """
      Each row: one unit goes from -RANGE to RANGE, in deviations of the prior, while the others stay at an example's \
      posterior means. Rows are the units that the model uses most, by their divergence from the prior over held-out \
      examples, the most first; each is printed with its nats. The example is a held-out one or a picture of your own.

      A model that learned known factors (--model dcign) has a latent for each: --latent azimuth shows the example, what it \
      is decoded to, and then the thing from all sides that the factor's latent knows of. A factor that comes round again, \
      as a turntable's azimuth, has two latents, which go once round from where they are.

      Examples:
        vae traverse runs/digits
        vae traverse runs/digits --example 7 --units 5 --steps 15 -o seven.png
        vae traverse runs/digits --units 3,17,4
        vae traverse runs/cars --latent azimuth,elevation,light
        vae traverse runs/cars mine.png --latent light -o lit.png
      """)

  @OptionGroup var options: RunOptions
  @Argument(help: "A picture to take the place of a held-out example.", completion: .file()) var picture: String?
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(help: "How many units, or which, counted from 0, as in 3,17 (a single unit as 3,) (default: 10).")
  var units: String?
  @Option(help: "The latents of these known factors, as in azimuth,light; or all.") var latent: String?
  @Option(help: "Points on each row.") var steps = 11
  @Option(
    help: "How far to both sides, in deviations of the prior (default: 3; --latent: as far as held-out examples go).")
  var range: Double?
  @Option(help: "The held-out example whose latents the others stay at, counted from 0; by default the seed chooses.")
  var example: Int?

  func validate() throws {
    guard steps > 1 && range ?? 1 > 0 && (range ?? 1).isFinite else {
      throw ValidationError("--steps must be at least 2 and --range above 0")
    }
    if units != nil && latent != nil { throw ValidationError("give either --units or --latent") }
    if picture != nil && example != nil { throw ValidationError("give either a picture or --example") }
  }

  func run() throws {
    let (run, model) = try options.open()
    let (_, held) = try source.load(run)
    let examples = try picture.map { try source.load(run, files: [$0]).examples } ?? held
    guard let position = example ?? someOf(examples.count, count: 1, seed: options.seed).first,
      (0..<examples.count).contains(position)
    else { throw ValidationError("--example must be one of the \(examples.count) examples, counted from 0") }
    let showing = Showing(run: run, model: model, seed: options.seed)
    let some = held.selecting(someOf(held.count, count: 2000, seed: options.seed))
    let path = output.path(in: run, "traversals.png")
    if let latent {
      let (code, reaches) = (showing.code(of: position, examples), showing.reaches(some))
      let ways = try factors(latent, run).map { factor -> Showing.Way in
        let units = Array(factor.units)
        guard units.count == 1 else {
          let names = units.map(String.init).joined(separator: " and ")
          Terminal.result("\(factor.name), latents \(names)  once round")
          return .init(units, from: units.map { code[$0] }, steps: steps)
        }
        let ends = range.map { Float(-$0)...Float($0) } ?? reaches[units[0]]
        let names = [ends.lowerBound, ends.upperBound].map { Format.fixed(Double($0)) }
        Terminal.result("\(factor.name), latent \(units[0])  from \(names[0]) to \(names[1])")
        return .init(units[0], ends, steps: steps)
      }
      try showing.traversals(examples, position, ways: ways, beginning: true).writePNG(to: path)
    } else {
      let use = showing.divergenceByUnit(held.prefix(2000))
      let chosen = try chosen(of: model.latentSize, by: use)
      let reach = Float(range ?? 3)
      try showing.traversals(examples, position, ways: chosen.map { .init($0, -reach...reach, steps: steps) })
        .writePNG(to: path)
      for unit in chosen { Terminal.result("unit \(unit)  \(Format.fixed(use[unit])) nats") }
    }
    Terminal.result(path)
  }

  /// The latents of the factors that are asked for by name.
  private func factors(_ names: String, _ run: Run) throws -> [(name: String, units: Range<Int>)] {
    guard let graphics = run.configuration.model.graphics else {
      throw ExperimentError(
        "--latent is for models that learned known factors (--model dcign); for \(run.path) give --units")
    }
    let known = graphics.factors
    let all = zip(known, graphics.latents).map { (name: $0, units: $1) }
    if names == "all" { return all }
    return try names.split(separator: ",").map { name in
      guard let factor = all.first(where: { $0.name == name }) else {
        throw ValidationError("--latent: \(run.path) has no factor \(name), but \(known.joined(separator: ", "))")
      }
      return factor
    }
  }

  /// The units asked for by number, or the so many that are used most.
  private func chosen(of size: Int, by use: [Double]) throws -> [Int] {
    let units = units ?? "10"
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
