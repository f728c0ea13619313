import Autoencoders
import Datasets
import Foundation

/// How good a model is on examples. Bounds and estimates have names of their own.
public struct EvaluationResult: Codable, Sendable {
  /// The evidence lower bound, nats per example.
  public var boundNats: Double
  /// Its standard error over examples.
  public var boundStandardError: Double
  /// E[log p(x|z)], nats per example.
  public var logLikelihoodNats: Double
  /// KL(q(z|x)||p(z)), nats per example.
  public var klNats: Double
  /// KL(q(z|x)||p(z)) by latent unit or layer, nats.
  public var klPerLatent: [Double]
  /// Latent units that vary with the data.
  public var activeUnits: Int
  /// Latent units.
  public var latentUnits: Int
  /// By layer, nearest to the data first (hierarchical: the coarsest first), where there are several.
  public var activeUnitsByLayer: [Int]?
  /// Latent units of each layer, of a model with several.
  public var latentUnitsByLayer: [Int]?
  /// How log p(x) was estimated.
  public var estimator: EstimatorName?
  /// The estimate of log p(x), nats per example.
  public var estimateNats: Double?
  /// Draws of z, or chains, for each example.
  public var estimateSamples: Int?
  /// Its standard error over examples.
  public var standardError: Double?
  /// The error of the mean that is due to draws alone.
  public var monteCarloError: Double?
  /// Examples that were estimated.
  public var estimateCount: Int?
  /// Effective draws, the mean over examples.
  public var effectiveSamples: Double?
  /// Examples whose draws are too few to trust.
  public var doubtfulCount: Int?
  /// The part of Hamiltonian moves that was accepted.
  public var acceptance: Double?
  /// What annealed importance sampling found on examples that the model made.
  public var bracket: Bracket?
  /// An importance-sampled estimate beside another.
  public var importance: Importance?
  /// Why the figures should not be trusted, if there is a reason.
  public var warning: String?
  /// The bound in bits per dimension, of discrete data.
  public var boundBitsPerDimension: Double?
  /// The estimate in bits per dimension, of discrete data.
  public var estimateBitsPerDimension: Double?
  /// Examples.
  public var count: Int
  /// Which examples.
  public var split: String
  /// What became of grey values.
  public var binarization: Binarization
  /// What a conditional model is given of each example.
  public var given: String?
  /// log p(x|c) of the deterministic network beside it.
  public var baselineNats: Double?
  /// Its standard error over examples.
  public var baselineStandardError: Double?
  /// The part of the numbers that is missing, if some are: all figures are then about the others.
  public var missingPart: Double?
  /// p(x|z).
  public var likelihood: String
  /// The checkpoint's name.
  public var checkpoint: String
  /// What the rate is made of, where that was asked for.
  public var aggregate: AggregateResult?

  /// What annealing both ways says of examples that the model made up.
  public struct Bracket: Codable, Sendable {
    /// A stochastic lower bound on the same.
    public var lowerNats: Double
    /// A stochastic upper bound on log p(x) of examples the model made, nats.
    public var upperNats: Double
    /// Their difference.
    public var gapNats: Double
    /// Its standard error over examples.
    public var gapStandardError: Double
    /// Examples.
    public var count: Int
  }

  /// What importance sampling says of the same examples, and how far annealing is above it, example by example.
  public struct Importance: Codable, Sendable {
    /// The estimate of log p(x), nats per example.
    public var estimateNats: Double
    /// Its standard error over examples.
    public var standardError: Double
    /// Draws of z for each example.
    public var samples: Int
    /// How much the estimate is above this one, nats per example.
    public var differenceNats: Double
    /// Its standard error, of differences example by example.
    public var differenceStandardError: Double
  }

  /// How the estimate was made, in words.
  var method: String? { estimator?.title }

  /// For people.
  package var text: String {
    let r = self
    var lines = [
      "\(Format.count(r.count)) \(r.split) examples, \(r.likelihood) likelihood, binarization \(r.binarization.rawValue), \(r.checkpoint)"
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

extension EvaluationResult {
  /// Bound and estimate once more, in bits; lower is better. Nothing where there are none.
  var bitsPerDimensionLines: [String] {
    guard let bound = boundBitsPerDimension else { return [] }
    // Noise makes a density's figures bounds, so what is estimated is one.
    let isDequantized = binarization == .dequantize
    let boundLine = "bits per dimension  \(Format.fixed(bound, 4)) (bound\(isDequantized ? ", by dequantization" : ""))"
    guard let estimate = estimateBitsPerDimension else { return [boundLine] }
    let kind = isDequantized ? "estimate, of the bound by dequantization" : "estimate"
    return [boundLine, "                    \(Format.fixed(estimate, 4)) (\(kind))"]
  }
}

extension Run {
  /// How good a model of this run is on examples: the bound, and an estimate of log p(x) where the plan has draws.
  ///
  /// - Parameters:
  ///   - boundSamples: draws of z for each example in the bound.
  ///   - aggregate: Gaussians of a prior to be fitted, for rate, distortion and the aggregate posterior too; nil for none.
  /// - Throws: ``ExperimentError``, or `FileError` where there is no checkpoint.
  public func evaluate(
    _ model: any LatentVariableModel, on data: (split: String, examples: Examples), _ plan: EstimatePlan,
    boundSamples: Int = 1, aggregate: Int? = nil, threads: Int? = nil, seed: UInt64 = 0, checkpoint: Choice = .best,
    directory: String? = nil, reporter: any Reporter = SilentReporter()
  ) throws -> EvaluationResult {
    let evaluator = Evaluator(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, seed: seed)
    let bound = evaluator.bound(model, on: data.examples, samples: boundSamples)
    var result = EvaluationResult(
      boundNats: bound.bound, boundStandardError: bound.standardError, logLikelihoodNats: bound.logLikelihood,
      klNats: bound.divergence, klPerLatent: bound.divergenceByGroup, activeUnits: bound.activeUnits,
      latentUnits: model.latentSize, count: bound.count, split: data.split,
      binarization: configuration.data.binarization,
      likelihood: configuration.model.likelihood?.name.rawValue ?? configuration.model.name,
      checkpoint: URL(fileURLWithPath: try checkpointPath(checkpoint)).lastPathComponent)
    if model.latentLayers.count > 1 {
      (result.activeUnitsByLayer, result.latentUnitsByLayer) = (
        bound.activeUnits(inLayers: model.latentLayers), model.latentLayers
      )
    }
    plan.estimate(model, on: data.examples, evaluator, into: &result, reporter: reporter)
    if let model = model as? any ConditionalModel {
      let baseline = evaluator.baseline(model, on: data.examples)
      result.given = configuration.data.given
      (result.baselineNats, result.baselineStandardError) = (baseline.mean, baseline.standardError)
    }
    let missing = data.examples.missingPart
    if missing > 0 { result.missingPart = missing }
    let bits = bitsPerDimension(data.examples)
    result.boundBitsPerDimension = bits.map { $0(result.boundNats) }
    result.estimateBitsPerDimension = bits.flatMap { bits in result.estimateNats.map { bits($0) } }
    if let aggregate {
      result.aggregate = try AggregateResult(
        self, model, data.examples, distortion: -result.logLikelihoodNats, samples: plan.samples,
        components: aggregate, evaluator: evaluator, directory: directory, reporter: reporter)
    }
    return result
  }
}
