import ArgumentParser
import Experiments

extension EstimatorName: ExpressibleByArgument {}

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
  @Option(help: "Gaussians in the mixture that is fitted to the encoded training data.") var components = 50
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard components > 0 else { throw ValidationError("--components must be at least 1") }
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
    var plan = EstimatePlan(samples: samples)
    (plan.estimator, plan.chains, plan.temperatures, plan.leapfrogs) = (estimator, chains, temperatures, leapfrogs)
    (plan.simulated, plan.importanceDraws) = (simulated, importanceDraws ?? 0)
    let result = try run.evaluate(
      model, on: (split, all.prefix(limit)), plan, boundSamples: boundSamples, aggregate: aggregate ? components : nil,
      threads: threads, seed: options.seed, checkpoint: options.checkpoint, directory: source.dataDir,
      reporter: Terminal.reporter)
    Terminal.result(json ? try Format.json(result) : result.text)
    if let warning = result.warning { Terminal.warn(warning) }
    if result.activeUnits == 0 { Terminal.warn(PosteriorCollapse.warning) }
  }
}
