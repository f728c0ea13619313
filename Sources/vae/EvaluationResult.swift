import Autoencoders
import Foundation

/// What `vae evaluate` found. Bounds and estimates under names of their own.
struct EvaluationResult: Codable {
  var boundNats: Double
  var boundStandardError: Double
  var logLikelihoodNats: Double
  var klNats: Double
  var klPerLatent: [Double]
  var activeUnits: Int
  var latentUnits: Int
  /// By layer, nearest to the data first (hierarchical: the coarsest first), where there are several.
  var activeUnitsByLayer: [Int]?
  var latentUnitsByLayer: [Int]?
  var estimator: EstimatorName?
  var estimateNats: Double?
  var estimateSamples: Int?
  var standardError: Double?
  var monteCarloError: Double?
  var estimateCount: Int?
  var effectiveSamples: Double?
  var doubtfulCount: Int?
  var acceptance: Double?
  var bracket: Bracket?
  var importance: Importance?
  var warning: String?
  var boundBitsPerDimension: Double?
  var estimateBitsPerDimension: Double?
  var count: Int
  var split: String
  var binarization: String
  /// What a conditional model is given of each example.
  var given: String?
  /// log p(x|c) of the deterministic network beside it.
  var baselineNats: Double?
  var baselineStandardError: Double?
  /// The part of the numbers that is missing, if some are: all figures are then about the others.
  var missingPart: Double?
  var likelihood: String
  var checkpoint: String
  var aggregate: AggregateResult?

  /// What annealing both ways says of examples that the model made up.
  struct Bracket: Codable {
    var lowerNats: Double
    var upperNats: Double
    var gapNats: Double
    var gapStandardError: Double
    var count: Int
  }

  /// What importance sampling says of the same examples, and how far annealing is above it, example by example.
  struct Importance: Codable {
    var estimateNats: Double
    var standardError: Double
    var samples: Int
    var differenceNats: Double
    var differenceStandardError: Double
  }

  /// How the estimate was made, in words.
  var method: String? { estimator?.title }

  /// For people.
  var text: String {
    let r = self
    var lines = [
      "\(Format.count(r.count)) \(r.split) examples, \(r.likelihood) likelihood, binarization \(r.binarization), \(r.checkpoint)"
        + (r.given.map { "\nall figures are given \($0)" } ?? ""),
      r.missingPart.map {
        "over the observed numbers: \(Format.fixed(100 * $0, 1))% are missing, and figures count the others only\n"
      } ?? "",
      "bound (ELBO)        \(Format.fixed(r.boundNats)) ± \(Format.fixed(r.boundStandardError)) nats per example",
      "  log-likelihood    \(Format.fixed(r.logLikelihoodNats))",
      "  divergence (KL)   \(Format.fixed(r.klNats))",
    ]
    if let estimate = r.estimateNats, let error = r.standardError, let samples = r.estimateSamples {
      lines.append(
        "estimate of log p   \(Format.fixed(estimate)) ± \(Format.fixed(error)) nats per example "
          + "(\(r.method ?? ""), \(samples) \(r.estimator == .ais ? "chains" : "draws"), "
          + "\(Format.fixed(r.effectiveSamples ?? 0, 1)) effective)")
      lines.append(
        "  from the draws    ± \(Format.fixed(r.monteCarloError ?? 0, 3)); doubtful for "
          + "\(Format.count(r.doubtfulCount ?? 0)) of \(Format.count(r.estimateCount ?? 0)) examples")
    }
    if let baseline = r.baselineNats, let error = r.baselineStandardError {
      lines.append(
        "baseline            \(Format.fixed(baseline)) ± \(Format.fixed(error)) nats per example (the deterministic "
          + "network, without latents)")
    }
    if let other = r.importance {
      lines.append(
        "  importance        \(Format.fixed(other.estimateNats)) ± \(Format.fixed(other.standardError)) "
          + "(\(other.samples) draws); annealing is \(Format.fixed(other.differenceNats, 3)) ± "
          + "\(Format.fixed(other.differenceStandardError, 3)) above it")
    }
    if let acceptance = r.acceptance { lines.append("  acceptance        \(Format.fixed(acceptance))") }
    if let bracket = r.bracket {
      lines.append(
        "bracket on \(Format.count(bracket.count)) examples that the model made up\n"
          + "  from below        \(Format.fixed(bracket.lowerNats))\n"
          + "  from above        \(Format.fixed(bracket.upperNats))\n"
          + "  gap               \(Format.fixed(bracket.gapNats, 3)) ± \(Format.fixed(bracket.gapStandardError, 3))")
    }
    lines += bitsPerDimensionLines
    lines.append("active units        \(r.activeUnits) of \(r.latentUnits)")
    let layers = r.latentUnitsByLayer?.count ?? 1
    if let active = r.activeUnitsByLayer, let units = r.latentUnitsByLayer {
      lines.append("  by layer          " + zip(active, units).map { "\($0) of \($1)" }.joined(separator: ", "))
    }
    if layers > 1 && r.klPerLatent.count == layers {
      let nats = r.klPerLatent.map { Format.fixed($0) }
      lines += stride(from: 0, to: layers, by: 12).map { first in
        (first == 0 ? "KL by layer, in turn " : "                    ")
          + nats[first..<min(first + 12, layers)].joined(separator: " ")
      }
      if let aggregate { lines.append(aggregate.text) }
      return lines.joined(separator: "\n")
    }
    let sorted = r.klPerLatent.sorted(by: >)
    let shown = sorted.prefix(10).map { Format.fixed($0) }.joined(separator: " ")
    lines.append("KL per latent       \(shown)\(sorted.count > 10 ? " ..." : "") (largest first)")
    if let aggregate { lines.append(aggregate.text) }
    return lines.joined(separator: "\n")
  }
}
