import ArgumentParser
import Autoencoders
import Foundation
import Networks

extension OptimizerSettings.Rule: ExpressibleByArgument {}
extension TrainingAlgorithm: ExpressibleByArgument {}

/// The objectives, as the command line names them: a bound, whose gradient the encoder gets, what is charged beside.
enum ObjectiveName: String, ExpressibleByArgument, CaseIterable {
  case elbo, stl, iwae, dreg, btcvae, factor

  var bound: Objective.Bound { self == .iwae || self == .dreg ? .iwae : .elbo }

  /// The form of the divergence it stands for; nil where there is a choice.
  var divergence: DivergenceForm? {
    switch self {
    case .elbo, .btcvae, .factor: nil
    case .stl: .pathwise
    case .iwae: .sampled
    case .dreg: .doublyReparameterized
    }
  }
}

/// The two forms of the ELBO's divergence.
enum DivergenceName: String, ExpressibleByArgument, CaseIterable {
  case analytic, sampled

  var form: DivergenceForm { self == .analytic ? .analytic : .sampled }
}

/// The shapes of a schedule, as the command line names them.
enum ScheduleName: String, ExpressibleByArgument, CaseIterable {
  case constant, cosine, steps
}

/// Flags that describe training.
struct TrainingOptions: ParsableArguments {
  @Option(help: "Passes over the data (default: 10).") var epochs: Int?
  @Option(help: "Examples in a step (default: 128).") var batchSize: Int?
  @Option(help: "How the model learns: aevb or wake-sleep (default: aevb). 'vae compare' also knows mcem.")
  var algorithm: TrainingAlgorithm?
  @Option(
    help: """
      The bound that is maximised: elbo, iwae (importance-weighted), or the same with gradients of less noise: stl (elbo, \
      sticking the landing), dreg (iwae, doubly reparameterised); or the elbo with a charge for latents that depend on \
      each other: btcvae (--beta is the weight of their total correlation alone), factor (--gamma is added to it) \
      (default: elbo).
      """)
  var objective: ObjectiveName?
  @Option(help: "Draws of z for each example, L (default: 1).") var samples: Int?
  @Option(help: "The elbo's divergence: analytic, or at the drawn z (default: analytic).") var divergence:
    DivergenceName?
  @Option(help: "The divergence's weight (default: 1); with btcvae that of the total correlation (default: 6).")
  var beta: Float?
  @OptionGroup var factor: TotalCorrelationOptions
  @Option(help: "Part of the run over which that weight rises from 0 or --kl-start, 0 to 1 (default: 0).")
  var klWarmUp: Double?
  @Option(
    help: """
      The divergence's weight at the beginning of --kl-warm-up; one above --beta makes codes of like examples lie together \
      before they become exact (default: 0).
      """)
  var klStart: Float?
  @Option(help: "How often it rises anew from 0, in equal parts of the run (default: 1).") var klCycles: Int?
  @Option(help: "Nats of each latent's divergence that are free (default: 0).") var freeBits: Float?
  @Option(help: "The update rule (default: adam).") var optimizer: OptimizerSettings.Rule?
  @Option(help: "Step size (default: 0.001; adagrad 0.01).") var learningRate: Float?
  @Option(help: "Momentum of sgd (default: 0.9).") var momentum: Float?
  @Option(help: "Decoupled weight decay of adamw (default: 0.01).") var weightDecay: Float?
  @Option(help: "Times the weights, added to the gradient: 1/examples is a N(0, I) prior on them (default: 0).")
  var weightPrior: Float?
  @Option(help: "How the step size changes (default: constant).") var schedule: ScheduleName?
  @Option(help: "Steps over which the step size rises from 0 (default: 0).") var warmUp: Int?
  @Option(help: "Cosine: the last step size, as a part of the first (default: 0).") var rateFloor: Double?
  @Option(help: "Steps: where the step size falls, as parts of the run (default: 0.5,0.75).") var rateSteps:
    NumberList<Double>?
  @Option(help: "Steps: by what factor (default: 0.1).") var rateFactor: Double?
  @Option(help: "Scale longer gradients down to this length.") var clipNorm: Float?
  @Option(help: "Do not take steps along gradients longer than this; how many were skipped is said.")
  var skipNorm: Float?
  @Option(help: "Judge and use an exponential moving average of the weights with this decay, such as 0.999.")
  var emaDecay: Float?
  @Option(help: "Stop after so many epochs without a better validation bound.") var patience: Int?
  @Option(help: "Seed of all that is random (default: 0).") var seed: UInt64?
  @Option(help: "Cores to use (default: all).") var threads: Int?

  func validate() throws {
    try require(epochs, "--epochs", 1)
    try require(batchSize, "--batch-size", 1)
    try require(samples, "--samples", 1)
    try require(warmUp, "--warm-up", 0)
    try require(klCycles, "--kl-cycles", 1)
    try require(patience, "--patience", 1)
    try require(threads, "--threads", 1)
    try require(beta.map(Double.init), "--beta", in: 0...Double.infinity)
    try require(klWarmUp, "--kl-warm-up", in: 0...1)
    try require(klStart.map(Double.init), "--kl-start", in: 0...Double.infinity)
    try require(freeBits.map(Double.init), "--free-bits", in: 0...Double.infinity)
    try require(momentum.map(Double.init), "--momentum", in: 0...1)
    try require(weightDecay.map(Double.init), "--weight-decay", in: 0...Double.infinity)
    try require(weightPrior.map(Double.init), "--weight-prior", in: 0...Double.infinity)
    try require(clipNorm.map(Double.init), "--clip-norm", in: Double.leastNonzeroMagnitude...Double.infinity)
    try require(skipNorm.map(Double.init), "--skip-norm", in: Double.leastNonzeroMagnitude...Double.infinity)
    guard emaDecay.map({ $0 > 0 && $0 < 1 }) ?? true else {
      throw ValidationError("--ema-decay must be inside (0, 1), such as 0.999")
    }
  }

  /// Changes what flags were given for.
  func apply(to settings: inout TrainingSettings) throws {
    if let epochs { settings.epochs = epochs }
    if let batchSize { settings.batchSize = batchSize }
    try applyObjective(to: &settings.objective)
    if let algorithm { settings.algorithm = algorithm }
    guard settings.algorithm?.learnsEncoder != false else {
      throw ValidationError(
        "--algorithm mcem trains no q(z|x), so there is nothing to encode or evaluate with; vae compare trains it")
    }
    if let problem = settings.problem { throw ValidationError("--algorithm: \(problem)") }
    if let optimizer { settings.optimizer = OptimizerSettings(optimizer) }
    if let learningRate { settings.optimizer.rate = learningRate }
    if let momentum { settings.optimizer.momentum = momentum }
    if let weightDecay { settings.optimizer.weightDecay = weightDecay }
    if let weightPrior { settings.optimizer.weightPrior = weightPrior }
    if let clipNorm { settings.optimizer.clipNorm = clipNorm }
    if let skipNorm { settings.optimizer.skipNorm = skipNorm }
    guard settings.optimizer.rate > 0 && settings.optimizer.rate.isFinite else {
      throw ValidationError("--learning-rate must be above zero and finite")
    }
    guard klStart == nil || settings.objective.warmUp > 0 else {
      throw ValidationError("--kl-start is where --kl-warm-up begins; give both")
    }
    try applySchedule(to: &settings.schedule)
    if let emaDecay { settings.averageDecay = emaDecay }
    if let patience { settings.patience = patience }
    if let seed { settings.seed = seed }
    if let threads { settings.threads = threads }
  }

  private func applyObjective(to objective: inout Objective) throws {
    if let name = self.objective, divergence != nil, name.divergence != nil {
      throw ValidationError(
        "--divergence goes with --objective elbo, btcvae and factor; \(name.rawValue) has its own")
    }
    let old = objective
    let form = self.objective.map { $0.divergence ?? .analytic } ?? old.divergence
    let correlation = try factor.charge(self.objective, beta: beta, over: old.totalCorrelation)
    // The weight that --beta gives is then another's.
    let isBeta = correlation?.estimator == .minibatch
    objective = Objective(
      bound: self.objective?.bound ?? old.bound, samples: samples ?? old.samples, divergence: divergence?.form ?? form,
      beta: isBeta ? 1 : beta ?? old.beta, warmUp: klWarmUp ?? old.warmUp,
      firstBeta: klStart ?? old.firstBeta, cycles: klCycles ?? old.cycles,
      freeBits: freeBits ?? old.freeBits, totalCorrelation: correlation)
    if let problem = objective.problem { throw ValidationError("--objective: \(problem)") }
  }

  private func applySchedule(to current: inout Schedule) throws {
    if rateFloor != nil && schedule != .cosine { throw ValidationError("--rate-floor goes with --schedule cosine") }
    if (rateSteps != nil || rateFactor != nil) && schedule != .steps {
      throw ValidationError("--rate-steps and --rate-factor go with --schedule steps")
    }
    switch schedule {
    case nil: break
    case .constant: current.shape = .constant
    case .cosine: current.shape = .cosine(floor: rateFloor ?? 0)
    case .steps:
      let marks = rateSteps?.values ?? [0.5, 0.75]
      guard marks.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
        throw ValidationError("--rate-steps takes parts of the run, as in 0.5,0.75")
      }
      current.shape = .steps(at: marks, factor: rateFactor ?? 0.1)
    }
    if let warmUp { current.warmUpSteps = warmUp }
  }

  /// A shard of fewer than 16 rows is not worth a core.
  static func threads(for settings: TrainingSettings) -> Int {
    max(1, min(ProcessInfo.processInfo.activeProcessorCount, settings.batchSize / 16))
  }

  private func require(_ value: Double?, _ name: String, in range: ClosedRange<Double>) throws {
    guard let value, !range.contains(value) else { return }
    let end = range.upperBound == .infinity ? "" : " and at most \(Int(range.upperBound))"
    throw ValidationError("\(name) must be \(range.lowerBound > 0 ? "above 0" : "at least 0\(end)"); got \(value)")
  }

  private func require(_ value: Int?, _ name: String, _ least: Int) throws {
    if let value, value < least { throw ValidationError("\(name) must be at least \(least); got \(value)") }
  }
}
