import ArgumentParser
import Autoencoders
import Experiments

/// `vae info`
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "What a run is: data, model, settings, how far it got.",
    discussion: """
      Examples:
        vae info runs/digits
        vae info runs/digits --json
      """)

  @Argument(help: ArgumentHelp("A run's folder.", valueName: "run"), completion: .directory) var folder: String
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let run = try Run(opening: folder)
    let summary = try RunSummary(run)
    if json { return Terminal.result(try Format.json(summary)) }
    let (data, training) = (run.configuration.data, run.configuration.training)
    var lines = [
      "data         \(data.source), \(Format.shape(run.configuration.examples.shape)), binarization \(data.binarization.rawValue)"
        + (data.limit.map { ", first \(Format.count($0))" } ?? "")
        + (data.subset.map { ", \(Format.count($0)) by the seed" } ?? ""),
      "model        \(run.configuration.modelSummary)",
      "parameters   \(Format.count(summary.parameters))",
      "objective    \(training.objective.bound.rawValue), \(training.objective.samples) draw(s), \(training.objective.divergence.rawValue) divergence"
        + (training.objective.totalCorrelation?.remark ?? ""),
      "optimizer    \(training.optimizer.rule.rawValue), step size \(training.optimizer.rate), batches of \(training.batchSize)",
      "progress     epoch \(summary.epoch) of \(training.epochs), step \(Format.count(summary.step))",
      "checkpoint   \(summary.checkpoint)",
    ]
    if let last = summary.lastMetrics {
      let bound = last.validationBound.map { ", validation bound \(Format.fixed($0))" } ?? ""
      lines.append("last epoch   loss \(Format.fixed(last.loss)), KL \(Format.fixed(last.divergence))\(bound) nats")
    }
    lines += summary.parameterShapes.map { "  \($0.name)  \($0.shape)" }
    Terminal.result(lines.joined(separator: "\n"))
  }
}

extension TotalCorrelation {
  /// What it adds to an objective, in words.
  fileprivate var remark: String { ", \(weight) times the total correlation, known by \(estimator.rawValue)" }
}
