import ArgumentParser
import Autoencoders
import Datasets
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
  var estimateNats: Double?
  var estimateSamples: Int?
  var standardError: Double?
  var estimateCount: Int?
  var effectiveSamples: Double?
  var boundBitsPerDimension: Double?
  var estimateBitsPerDimension: Double?
  var count: Int
  var split: String
  var binarization: String
  var likelihood: String
  var checkpoint: String
}

/// `vae evaluate`
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "How good the model is on data it has not learned from.",
    discussion: """
      Two figures, never to be mixed up: the evidence lower bound (ELBO), and an importance-sampled estimate of log p(x) \
      (Burda et al. 2016), the tighter the more --samples. Both in nats per example; higher is better. Standard errors are \
      over examples.

      Examples:
        vae evaluate runs/digits
        vae evaluate runs/digits --samples 5000          as published; minutes
        vae evaluate runs/digits --limit 1000 --json
        vae evaluate runs/digits --samples 0             the bound only
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @Option(name: .shortAndLong, help: "Draws of z for each example in the estimate; 0 for none.") var samples = 500
  @Option(help: "Draws of z for each example in the bound.") var boundSamples = 1
  @Option(help: "Only the first so many examples.") var limit: Int?
  @Option(help: "Cores to use (default: all). The result does not depend on it.") var threads: Int?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard samples >= 0 && boundSamples > 0 && limit ?? 1 > 0 && threads ?? 1 > 0 else {
      throw ValidationError("--samples must not be negative; --bound-samples, --limit and --threads at least 1")
    }
  }

  func run() throws {
    let (run, model) = try options.open()
    let (split, all) = try source.load(run)
    let result = try Self.evaluate(
      run, model, (split, all.prefix(limit)), samples: samples, boundSamples: boundSamples, threads: threads,
      seed: options.seed, checkpoint: options.checkpoint)
    Terminal.result(json ? try Format.json(result) : Self.text(result))
    if result.activeUnits == 0 { Terminal.warn(PosteriorCollapse.warning) }
  }

  static func evaluate(
    _ run: Run, _ model: any LatentVariableModel, _ data: (split: String, examples: Examples), samples: Int,
    boundSamples: Int = 1, threads: Int? = nil, seed: UInt64, checkpoint: Run.Choice
  ) throws -> EvaluationResult {
    let evaluator = Evaluator(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, seed: seed)
    let bound = evaluator.bound(model, on: data.examples, samples: boundSamples)
    var result = EvaluationResult(
      boundNats: bound.bound, boundStandardError: bound.standardError, logLikelihoodNats: bound.logLikelihood,
      klNats: bound.divergence, klPerLatent: bound.divergenceByGroup, activeUnits: bound.activeUnits,
      latentUnits: model.latentSize, count: bound.count, split: data.split,
      binarization: run.configuration.data.binarization, likelihood: run.configuration.model.likelihood.rawValue,
      checkpoint: URL(fileURLWithPath: try run.checkpointPath(checkpoint)).lastPathComponent)
    let dimension = run.dimensionOfDiscreteData(data.examples)
    result.boundBitsPerDimension = dimension.map { bound.bound.bitsPerDimension($0) }
    guard samples > 0 else { return result }
    let clock = ProgressClock(total: data.examples.count, unit: "images")
    let estimate = evaluator.importanceEstimate(model, on: data.examples, samples: samples) {
      clock.show($0, prefix: "importance sampling, \(samples) draws")
    }
    Terminal.endProgress()
    result.estimateNats = estimate.estimate
    result.estimateBitsPerDimension = dimension.map { estimate.estimate.bitsPerDimension($0) }
    result.estimateSamples = estimate.samples
    result.standardError = estimate.standardError
    result.estimateCount = estimate.count
    result.effectiveSamples = estimate.effectiveSamples
    return result
  }

  static func text(_ r: EvaluationResult) -> String {
    var lines = [
      "\(Format.count(r.count)) \(r.split) examples, \(r.likelihood) likelihood, binarization \(r.binarization), \(r.checkpoint)",
      "",
      "bound (ELBO)        \(Format.fixed(r.boundNats)) ± \(Format.fixed(r.boundStandardError)) nats per example",
      "  log-likelihood    \(Format.fixed(r.logLikelihoodNats))",
      "  divergence (KL)   \(Format.fixed(r.klNats))",
    ]
    if let estimate = r.estimateNats, let error = r.standardError, let samples = r.estimateSamples {
      lines.append(
        "estimate of log p   \(Format.fixed(estimate)) ± \(Format.fixed(error)) nats per example "
          + "(importance sampling, \(samples) draws, \(Format.fixed(r.effectiveSamples ?? 0, 1)) effective)")
    }
    lines += bitsPerDimensionLine(r)
    lines.append("active units        \(r.activeUnits) of \(r.latentUnits)")
    let sorted = r.klPerLatent.sorted(by: >)
    let shown = sorted.prefix(10).map { Format.fixed($0) }.joined(separator: " ")
    lines.append("KL per latent       \(shown)\(sorted.count > 10 ? " ..." : "") (largest first)")
    return lines.joined(separator: "\n")
  }
}

/// What to say when the latents go unused.
enum PosteriorCollapse {
  static let warning =
    "posterior collapse: no latent unit varies with the data, so the decoder ignores them. "
    + "Try --kl-warm-up 0.2, --free-bits 0.1, or a smaller decoder (--hidden)."
}

extension Examples {
  /// The first `count` of them, or all.
  func prefix(_ count: Int?) -> Examples {
    guard let count, count < self.count else { return self }
    return Examples(
      dataset, indices: Array((indices ?? Array(0..<self.count)).prefix(count)), binarization: binarization)
  }
}
