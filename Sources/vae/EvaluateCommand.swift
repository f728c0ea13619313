import ArgumentParser
import Autoencoders
import Datasets
import Foundation

/// `vae evaluate`
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "How good the model is on data it has not learned from.",
    discussion: """
      Two figures, never to be mixed up: the evidence lower bound (ELBO), and an estimate of log p(x). Both in nats per \
      example; higher is better. Standard errors are over examples; the draws' own error is given beside them.

      How log p(x) is estimated (--estimator):
        importance  from the encoder's q(z|x) (Burda et al. 2016), the tighter the more --samples
        prior       from the prior, with --samples draws: right, and hopeless with more than a few latents
        ais         annealed importance sampling, --chains through --temperatures (Neal 2001). It asks nothing of the \
      encoder. On --simulated examples that the model makes up it runs both ways: there the truth lies between the two \
      on average, and the gap is a guide to how far the figure on real data is off (Grosse et al. 2015)
        hmc         Kingma and Welling's appendix D, for up to 5 latents: --samples draws from the posterior, a fitted density
      All but hmc are too low on average. A warning tells when the draws are too few to trust.

      Of a model given something all figures are of log p(x|c), and the deterministic network that it has beside it is \
      judged too. --estimator prior is then the Monte Carlo estimate of Sohn et al. 2015, importance the other.

      Likelihoods of discrete data are in bits per dimension too, and compare across likelihoods of the same data: \
      logistic, mixture, and gaussian on dequantized values, whose figures are bounds.

      Examples:
        vae evaluate runs/digits
        vae evaluate runs/digits --samples 5000          as published; minutes
        vae evaluate runs/digits --limit 1000 --json
        vae evaluate runs/digits --samples 0             the bound only
        vae evaluate runs/digits --estimator ais --limit 100 --importance-draws 5000
        vae evaluate runs/digits --aggregate             what the rate is made of; a prior fitted to the latents
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @Option(help: "How log p(x) is estimated: importance, prior, ais or hmc.") var estimator = EstimatorName.importance
  @Option(name: .shortAndLong, help: "Draws of z for each example in the estimate; 0 for none.") var samples = 500
  @Option(help: "ais, hmc: chains for each example.") var chains = 16
  @Option(help: "ais: steps from the prior to the posterior.") var temperatures = 500
  @Option(help: "ais, hmc: leapfrog steps of a move.") var leapfrogs = 10
  @Option(help: "ais: examples that the model makes up, for the bracket; 0 for none.") var simulated = 100
  @Option(help: "ais: set the importance-sampled estimate with so many draws beside it.") var importanceDraws: Int?
  @Option(help: "Draws of z for each example in the bound.") var boundSamples = 1
  @Option(help: "Only the first so many examples.") var limit: Int?
  @Option(help: "Cores to use (default: all). The result does not depend on it.") var threads: Int?
  @Flag(
    help: """
      Also rate and distortion, the mutual information of data and latents, the divergence of all posteriors together \
      from the prior, and an estimate of log p(x) with a prior fitted to the encoded training data.
      """)
  var aggregate = false
  @OptionGroup var mixture: MixtureOptions
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard samples >= 0 && simulated >= 0 && boundSamples > 0 && limit ?? 1 > 0 && threads ?? 1 > 0 else {
      throw ValidationError(
        "--samples and --simulated must not be negative; --bound-samples, --limit and --threads at least 1")
    }
    guard chains > (estimator == .hmc ? 2 : 0) && temperatures > 1 && leapfrogs > 0 else {
      throw ValidationError(
        "--chains must be at least \(estimator == .hmc ? 3 : 1), --temperatures 2, --leapfrogs 1")
    }
    guard importanceDraws == nil || (estimator == .ais && importanceDraws! > 0) else {
      throw ValidationError("--importance-draws goes with --estimator ais and must be at least 1")
    }
  }

  func run() throws {
    let (run, model) = try options.openAny()
    let (split, all) = try source.load(run)
    let plan = EstimatePlan(
      estimator: estimator, samples: samples, chains: chains, temperatures: temperatures, leapfrogs: leapfrogs,
      simulated: simulated, importanceDraws: importanceDraws ?? 0)
    let examples = all.prefix(limit)
    var result = try Self.evaluate(
      run, model, (split, examples), plan, boundSamples: boundSamples, threads: threads, seed: options.seed,
      checkpoint: options.checkpoint)
    if aggregate {
      let evaluator = Evaluator(threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, seed: options.seed)
      result.aggregate = try AggregateResult(
        run, model, examples, distortion: -result.logLikelihoodNats, samples: samples, mixture: mixture,
        evaluator: evaluator, dataDir: source.dataDir)
    }
    Terminal.result(json ? try Format.json(result) : result.text)
    if let warning = result.warning { Terminal.warn(warning) }
    if result.activeUnits == 0 { Terminal.warn(PosteriorCollapse.warning) }
  }

  static func evaluate(
    _ run: Run, _ model: any LatentVariableModel, _ data: (split: String, examples: Examples), _ plan: EstimatePlan,
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
    if model.latentLayers.count > 1 {
      (result.activeUnitsByLayer, result.latentUnitsByLayer) = (
        bound.activeUnits(inLayers: model.latentLayers), model.latentLayers
      )
    }
    plan.estimate(model, on: data.examples, evaluator, into: &result)
    if let model = model as? any ConditionalModel {
      let baseline = evaluator.baseline(model, on: data.examples)
      result.given = run.configuration.data.given
      (result.baselineNats, result.baselineStandardError) = (baseline.mean, baseline.standardError)
    }
    let missing = data.examples.missingPart
    if missing > 0 { result.missingPart = missing }
    let bits = run.bitsPerDimension(data.examples)
    result.boundBitsPerDimension = bits.map { $0(result.boundNats) }
    result.estimateBitsPerDimension = bits.flatMap { bits in result.estimateNats.map { bits($0) } }
    return result
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
    return selecting(Array(0..<count))
  }
}
