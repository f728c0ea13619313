import Autoencoders
import Foundation
import LatentAnalysis

/// What `vae disentangle` found.
struct DisentanglementResult: Codable {
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
  var text: String {
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
