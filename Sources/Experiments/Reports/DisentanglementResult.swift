import Autoencoders
import Datasets
import Foundation
import LatentAnalysis
import Pictures
import Tensors

/// How far each latent stands for one known cause.
package struct DisentanglementResult: Codable {
  var mig: Double
  var sap: Double
  var disentanglement: Double
  var completeness: Double
  var informativeness: Double
  var factorVaeScore: Double
  var betaVaeScore: Double
  /// What guessing gives as the last two.
  var chance: Double
  var factors: [Factor]
  /// Factors that take one value only, and are left out.
  var constantFactors: [String]
  var count: Int
  var source: String
  var split: String

  /// One factor's part in the scores.
  struct Factor: Codable {
    var name: String
    var classes: Int
    /// Gap of mutual information, as a part of the entropy.
    var mig: Double
    /// Gap of balanced accuracies.
    var sap: Double
    /// The part of examples that trees are right about.
    var informativeness: Double
    /// What latents know of it, nats, and how much its trees owe them.
    var information: [Double]
    var importance: [Double]
  }

  init(_ report: DisentanglementReport, split: String, source: String) {
    let (gap, dci, sap) = (report.informationGap, report.completeness, report.predictability)
    mig = gap.score
    self.sap = sap.score
    (disentanglement, completeness, informativeness) = (dci.disentanglement, dci.completeness, dci.informativeness)
    (factorVaeScore, betaVaeScore, chance) = (report.factorScore, report.betaScore, report.chance)
    factors = report.factorNames.enumerated().map { index, name in
      Factor(
        name: name, classes: report.factorSizes[index], mig: gap.gaps[index], sap: sap.gaps[index],
        informativeness: dci.accuracies[index], information: gap.information.map { $0[index] },
        importance: dci.importances.map { $0[index] })
    }
    constantFactors = report.constantNames
    (count, self.source, self.split) = (report.count, source, split)
  }

  /// For people.
  package var text: String {
    func number(_ value: Double) -> String { Format.fixed(value, 3) }
    let constant =
      constantFactors.isEmpty ? "" : "; left out, having one value: \(constantFactors.joined(separator: ", "))"
    var lines = [
      "\(Format.count(count)) \(split) examples of \(source), \(factors.count) factors\(constant)", "",
      "MIG               \(number(mig))   mutual information gap, 20 bins",
      "SAP               \(number(sap))   gap of thresholds on one latent",
      "DCI               \(number(disentanglement))   disentanglement, ten trees",
      "                  \(number(completeness))   completeness",
      "                  \(number(informativeness))   informativeness: trees that are right",
      "FactorVAE score   \(number(factorVaeScore))   chance \(number(chance))",
      "beta-VAE score    \(number(betaVaeScore))   chance \(number(chance))", "",
    ]
    let width = max(6, factors.map(\.name.count).max() ?? 0)
    lines.append("\("factor".padded(to: width))  classes    MIG    SAP  trees right  most known by")
    for factor in factors {
      let most = factor.importance.indices.sorted { factor.importance[$0] > factor.importance[$1] }.prefix(2)
        .map { "latent \($0) (\(Format.fixed(factor.importance[$0])))" }.joined(separator: ", ")
      let classes = String(repeating: " ", count: max(0, 7 - "\(factor.classes)".count)) + "\(factor.classes)"
      lines.append(
        "\(factor.name.padded(to: width))  \(classes)  \(number(factor.mig))  \(number(factor.sap))"
          + "        \(number(factor.informativeness))  \(most)")
    }
    return lines.joined(separator: "\n")
  }
}

/// Scores of posterior means against known factors, and the matrices behind them.
package struct Disentanglement {
  /// All that was found.
  package let report: DisentanglementReport
  /// The same as a result.
  package let result: DisentanglementResult
  private let title: String

  /// What a picture shows of each latent and factor.
  package enum Matrix: String, CaseIterable {
    case importance, information, predictability
  }

  /// Scores of `count` examples chosen by the seed. Throws ``ExperimentError`` where no factors are known.
  package init(
    _ run: Run, _ model: any LatentVariableModel, on data: (split: String, examples: Examples), count: Int,
    threads: Int?, seed: UInt64
  ) throws {
    let chosen = data.examples.selecting(someOf(data.examples.count, count: count, seed: seed))
    let name = chosen.dataset.name
    guard let known = chosen.factors else {
      throw ExperimentError(
        "\(name) comes without known factors; vae disentangle is for sets such as dsprites and digits")
    }
    let factors: KnownFactors
    do { factors = try KnownFactors(names: known.names, values: known.values) } catch {
      throw ExperimentError("\(name): \(error)")
    }
    let stream = RandomStream(seed: seed)["disentangle"]
    let codes = Inference.encode(model, chosen, positions: Array(0..<chosen.count), stream: stream)
    report = DisentanglementReport(
      of: codes.means, factors, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, seed: seed)
    result = DisentanglementResult(report, split: data.split, source: name)
    title = "\(run.configuration.data.source), \(data.split)"
  }

  /// Latents as rows, factors as columns.
  package func picture(_ matrix: Matrix) -> HeatMap {
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
