import ArgumentParser
import Autoencoders
import Datasets
import Experiments

/// `vae compare`
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Train the same model by several algorithms and draw how they fare: figures 2 and 3 of Kingma and Welling.",
    discussion: """
      Every curve is a run in a folder of its own, fit for vae sample, manifold and info. Interrupted, the same command \
      goes on; curves that are finished are kept.

      Examples:
        vae compare bounds mnist --out runs/figure-2
        vae compare bounds frey-faces --likelihood gaussian --hidden 200 --latents 2,5,10,20 --out runs/figure-2-frey
        vae compare likelihoods mnist --out runs/figure-3
      """,
    subcommands: [CompareBoundsCommand.self, CompareLikelihoodsCommand.self])
}

/// `vae compare bounds`
struct CompareBoundsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bounds",
    abstract: "The evidence lower bound against training samples, for several latent sizes (figure 2).",
    discussion: """
      Trains AEVB and wake-sleep with the same recognition network: one hidden layer, tanh, Adagrad, a N(0, I) prior on \
      the weights, batches of 100.

      Examples:
        vae compare bounds mnist --out runs/figure-2
        vae compare bounds mnist --latents 3,20 --samples 3e5 --out runs/quick      minutes
        vae compare bounds frey-faces --likelihood gaussian --hidden 200 --latents 2,5,10,20 --out runs/figure-2-frey
      """)

  @OptionGroup var options: CompareOptions
  @Option(help: "Latent units, a panel for each.") var latents = NumberList([3, 5, 10, 20, 200])
  @Option(help: "Width of the hidden layers.") var hidden = 500
  @Option(help: "Only the first so many training examples.") var limit: Int?

  func run() throws {
    let sizes = try CompareOptions.sizes(latents, "--latents")
    let settings = try options.settings(defaults: [.variational, .wakeSleep], hidden: hidden)
    guard limit ?? 1 > 0 else { throw ValidationError("--limit must be at least 1") }
    let data = settings.data(limit: limit)
    let curves = try sizes.flatMap { latent in
      try settings.algorithms.map { algorithm in
        guard algorithm.learnsEncoder else {
          throw ValidationError("--algorithms mcem has no q(z|x) and so no bound; see vae compare likelihoods")
        }
        return try settings.curve(
          algorithm, data, latent: latent, panel: "\(settings.source), \(latent) latents",
          name: "\(algorithm.rawValue)-\(latent)")
      }
    }
    try options.run(
      settings.comparison(
        "Evidence lower bound by training samples, \(settings.source)", curves,
        .bound(examples: options.judged ?? 10_000)))
  }
}

/// `vae compare likelihoods`
struct CompareLikelihoodsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "likelihoods",
    abstract: "The marginal likelihood against training samples, for several numbers of training points (figure 3).",
    discussion: """
      Trains AEVB, wake-sleep and Monte Carlo EM with few latents. log p(x) is estimated as in the paper's appendix D, from \
      posterior draws by Hamiltonian Monte Carlo, which needs no q(z|x). MCEM's leapfrog steps count as evaluated samples.

      Examples:
        vae compare likelihoods mnist --out runs/figure-3
        vae compare likelihoods mnist --sizes 1000 --samples 3e5 --judged 200 --out runs/quick      minutes
      """)

  @OptionGroup var options: CompareOptions
  @Option(help: "Training points, a panel for each.") var sizes = NumberList([1000, 50_000])
  @Option(help: "Latent units.") var latent = 3
  @Option(help: "Width of the hidden layers.") var hidden = 100

  func run() throws {
    let counts = try CompareOptions.sizes(sizes, "--sizes")
    guard 1...PosteriorDensityEstimate.mostLatents ~= latent else {
      throw ValidationError(
        "--latent must be from 1 to \(PosteriorDensityEstimate.mostLatents): a fitted density is too far off for more")
    }
    let settings = try options.settings(defaults: TrainingAlgorithm.allCases, hidden: hidden)
    let curves = try counts.flatMap { count in
      let data = settings.data(limit: count)
      return try settings.algorithms.map {
        try settings.curve(
          $0, data, latent: latent, panel: "\(settings.source), \(Format.count(count)) training points",
          name: "\($0.rawValue)-\(count)")
      }
    }
    try options.run(
      settings.comparison(
        "Marginal likelihood by training samples, \(settings.source)", curves,
        .likelihood(examples: options.judged ?? 1000)))
  }
}
