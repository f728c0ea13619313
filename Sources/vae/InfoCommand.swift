import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Networks
import Tensors

/// `vae info`
struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "What a run is: data, model, settings, how far it got.",
    discussion: """
      Examples:
        vae info runs/digits
        vae info runs/digits --json
      """)

  /// What `--json` prints.
  struct Summary: Codable {
    var configuration: RunConfiguration
    var parameters: Int
    var tensors: [String: [Int]]
    var step: Int
    var epoch: Int
    var checkpoint: String
    var bestCheckpoint: String
    var lastMetrics: EpochMetrics?
  }

  @Argument(help: ArgumentHelp("A run's folder.", valueName: "run"), completion: .directory) var folder: String
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let run = try Run(opening: folder)
    let path = try run.checkpointPath(.last)
    let checkpoint = try Safetensors(contentsOf: path)
    let model = try run.model(.last)
    let names = model.parameterNames
    let parameters = model.parameters
    let summary = Summary(
      configuration: run.configuration, parameters: parameters.reduce(0) { $0 + $1.count },
      tensors: Dictionary(uniqueKeysWithValues: zip(names, parameters.map(\.shape.array))),
      step: Int(checkpoint.metadata["step"] ?? "") ?? 0, epoch: Int(checkpoint.metadata["epoch"] ?? "") ?? 0,
      checkpoint: path, bestCheckpoint: try run.checkpointPath(.best), lastMetrics: run.metrics().last)
    if json { return Terminal.result(try Format.json(summary)) }
    let (data, training) = (run.configuration.data, run.configuration.training)
    var lines = [
      "data         \(data.source), \(Format.shape(data.exampleShape)), binarization \(data.binarization)"
        + (data.limit.map { ", first \(Format.count($0))" } ?? "")
        + (data.subset.map { ", \(Format.count($0)) by the seed" } ?? ""),
      "model        \(run.configuration.model.summary)",
      "parameters   \(Format.count(summary.parameters))",
      "objective    \(training.objective.bound.rawValue), \(training.objective.samples) draw(s), \(training.objective.divergence.rawValue) divergence"
        + (training.objective.totalCorrelation?.remark ?? ""),
      "optimizer    \(training.optimizer.rule.rawValue), step size \(training.optimizer.rate), batches of \(training.batchSize)",
      "progress     epoch \(summary.epoch) of \(training.epochs), step \(Format.count(summary.step))",
      "checkpoint   \(path)",
    ]
    if let last = summary.lastMetrics {
      let bound = last.validationBound.map { ", validation bound \(Format.fixed($0))" } ?? ""
      lines.append("last epoch   loss \(Format.fixed(last.loss)), KL \(Format.fixed(last.divergence))\(bound) nats")
    }
    lines += zip(names, parameters).map { "  \($0)  \($1.shape)" }
    Terminal.result(lines.joined(separator: "\n"))
  }
}

extension ModelConfiguration {
  /// The model in a line.
  var summary: String {
    let sizes =
      switch family {
      case .mlp:
        "\(([inputSize] + hidden).map(String.init).joined(separator: "-"))-\(latent)"
          + (prior ?? .standard == .standard
            ? "" : ", \(prior!.rawValue) prior of \(priorComponents ?? Self.defaultPriorComponents),")
      case .m2, .m1m2:
        (family == .m2 ? "\(inputSize)" : "latents of another model")
          + "-\(hidden.map(String.init).joined(separator: "-"))-\(latent), \(semi?.classes ?? 0) classes, alpha "
          + "\(semi?.alpha ?? 0),\(semi?.isSupervised == true ? " supervised," : "")"
      case .conv, .dcign:
        "\(Format.shape(exampleShape ?? [])) \((maps ?? []).map(String.init).joined(separator: "-"))-\(latent), "
          + "\(blocks?.first ?? 0) residual blocks,"
          + (graphics.map { " latents of \($0.factors.joined(separator: ", "))," } ?? "")
      case .hierarchical:
        "\(Format.shape(exampleShape ?? [])) blocks \((blocks ?? []).map(String.init).joined(separator: "-")), width "
          + "\(width ?? 0), \(latent) latents a pixel,"
      case .draw:
        "\(Format.shape(exampleShape ?? [])) in \(drawing?.glimpses ?? 0) glimpses, "
          + (drawing?.read.map { "read \($0)x\($0), write \(drawing?.write ?? 0)x\(drawing?.write ?? 0)" }
            ?? "no attention") + ", \(hidden[0]) units, \(latent) latents a glimpse,"
      case .dlgm:
        "\(([inputSize] + hidden).map(String.init).joined(separator: "-")), latents "
          + "\(layers.map(String.init).joined(separator: "+")), \((posterior ?? .diagonal).rawValue) posterior"
          + (posterior == .flow ? " of \(flowSteps ?? 4) steps," : ",")
      case .ladder, .bottomUp:
        "\(inputSize)" + zip(hidden, layers).map { "-\($0)-\($0)-z\($1)" }.joined() + ","
      }
    let detail =
      switch likelihood {
      case .bernoulli: ""
      case .gaussian, .logistic: ", \(variance.rawValue) variance"
      case .mixture: ", \(components ?? 10) components"
      }
    let leapfrogs =
      isHamiltonian
      ? ", \(momenta ?? 1) moment\(momenta ?? 1 == 1 ? "um" : "a") with \(self.leapfrogs ?? 0) leapfrog(s)" : ""
    let condition = conditionSize.map { ", given \($0) numbers\(conditionalForm)" } ?? ""
    let hiddenUnits = family == .draw ? "" : " \(activation.rawValue),"
    return "\(family.rawValue) \(sizes)\(hiddenUnits) \(likelihood.rawValue) likelihood\(detail)\(leapfrogs)"
      + condition
  }

  /// How a conditional model is trained, where not by its bound alone.
  private var conditionalForm: String {
    switch cvaeShare ?? 1 {
    case 1: ""
    case 0: " (GSNN)"
    case let share: " (hybrid, \(share) of it the CVAE)"
    }
  }
}

extension TotalCorrelation {
  /// What it adds to an objective, in words.
  fileprivate var remark: String { ", \(weight) times the total correlation, known by \(estimator.rawValue)" }
}
