import ArgumentParser
import Experiments

extension RunCurves.Axis: ExpressibleByArgument {}

/// `vae curves`
struct CurvesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "curves", abstract: "Validation bounds of several runs in one chart, by examples seen or by time.",
    discussion: """
      A run that began with the weights of another (--from) goes on where that one stood, as long as its folder is there. \
      Seconds are those of training, without validation, on the machine as it was then, with the threads that the run had.

      Examples:
        vae curves runs/draw runs/draw-whole --level "published=-80.97"
        vae curves runs/a runs/b --against seconds --from-bound -130 -o curves.svg
      """)

  @Argument(help: "Folders of runs.", completion: .directory) var runs: [String]
  @Option(help: "What is counted across.") var against = RunCurves.Axis.examples
  @Option(help: "A dashed line at a bound to compare with, as in published=-80.97. May be given more than once.")
  var level: [String] = []
  @Option(help: "Leave out what is below this bound.") var fromBound: Double?
  @Option(name: .shortAndLong, help: "Where to write.", completion: .file()) var out = "curves.svg"

  func run() throws {
    let levels = try level.map(Self.level)
    guard
      let chart = try RunCurves(runs.map { try Run(opening: $0) }, against: against).chart(
        levels: levels, from: fromBound)
    else { throw ExperimentError("there is no epoch with a validation bound in \(runs.joined(separator: ", ")) yet") }
    try chart.writeSVG(to: out)
    Terminal.result(out)
  }

  /// A name and a number.
  private static func level(_ text: String) throws -> (name: String, bound: Double) {
    guard let sign = text.lastIndex(of: "="), sign > text.startIndex,
      let bound = Double(text[text.index(after: sign)...]), bound.isFinite
    else { throw ValidationError("--level takes a name and a bound, as in published=-80.97; got \(text)") }
    return (String(text[..<sign]), bound)
  }
}
