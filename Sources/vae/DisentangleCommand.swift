import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import LatentAnalysis
import Pictures
import Tensors

/// `vae disentangle`
struct DisentangleCommand: ParsableCommand {
  /// What a picture shows.
  enum Matrix: String, ExpressibleByArgument, CaseIterable {
    case importance, information, predictability
  }

  static let configuration = CommandConfiguration(
    commandName: "disentangle", abstract: "How far each latent stands for one known cause of the data.",
    discussion: """
      For data whose factors are known, such as dsprites and digits. Five scores of the posterior means of examples chosen \
      by the seed; 1 is the most. They ask different things and need not agree (Locatello et al. 2019):
        MIG                by how much the latent that knows most of a factor knows more of it than the next (Chen et al. 2018)
        SAP                the same of predicting the factor from one latent by thresholds (Kumar et al. 2018)
        DCI                by trees that predict each factor from all latents (Eastwood and Williams 2018): disentanglement, \
      is a latent about one factor; completeness, is a factor in one latent; informativeness, how often they are right
        FactorVAE score    which latent varies least among examples with one factor's value (Kim and Mnih 2018)
        beta-VAE score     whether a linear classifier tells the factor that pairs share (Higgins et al. 2017)
      The picture has latents as rows and factors as columns.

      Examples:
        vae disentangle runs/sprites
        vae disentangle runs/sprites --data dsprites --count 10000 --json     of the whole set
        vae disentangle runs/sprites --matrix information -o information.svg
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @OptionGroup var output: OutputOptions
  @Option(name: .shortAndLong, help: "How many examples, chosen by the seed.") var count = 10_000
  @Option(
    help: """
      What the picture shows of each latent and factor: its importance to the trees of DCI, the mutual information in \
      nats, or the balanced accuracy of SAP's thresholds.
      """)
  var matrix = Matrix.importance
  @Option(help: "Cores to use (default: all). The result does not depend on it.") var threads: Int?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard count > 0 && threads ?? 1 > 0 else { throw ValidationError("--count and --threads must be at least 1") }
  }

  func run() throws {
    let (run, model) = try options.openAny()
    let (split, examples) = try source.load(run)
    let chosen = examples.selecting(someOf(examples.count, count: count, seed: options.seed))
    guard let known = chosen.factors else {
      throw ValidationError(
        "\(examples.dataset.name) comes without known factors; vae disentangle is for sets such as dsprites and "
          + "digits")
    }
    let factors: KnownFactors
    do { factors = try KnownFactors(names: known.names, values: known.values) } catch {
      throw ValidationError("\(examples.dataset.name): \(error)")
    }
    let stream = RandomStream(seed: options.seed)["disentangle"]
    let codes = Inference.encode(model, chosen, positions: Array(0..<chosen.count), stream: stream)
    let report = DisentanglementReport(
      of: codes.means, factors, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, seed: options.seed)
    let result = DisentanglementResult(report, split: split, source: examples.dataset.name)
    let path = output.path(in: run, "disentanglement.svg")
    try picture(report, "\(run.configuration.data.source), \(split)").writeSVG(to: path)
    Terminal.result(json ? try Format.json(result) : result.text)
    if !json { Terminal.result(path) }
  }

  private func picture(_ report: DisentanglementReport, _ title: String) -> HeatMap {
    let (name, values, top): (String, [[Double]], Double?) =
      switch matrix {
      case .importance: ("importance to trees", report.completeness.importances, 1)
      case .information: ("mutual information, nats", report.informationGap.information, nil)
      case .predictability: ("balanced accuracy of thresholds", report.predictability.scores, 1)
      }
    return HeatMap(
      title: "\(title): \(name)", rows: values.indices.map { "latent \($0)" }, columns: report.factorNames,
      values: values, top: top)
  }
}
