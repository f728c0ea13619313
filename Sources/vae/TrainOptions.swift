import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Networks
import Tensors

extension ModelConfiguration.Family: ExpressibleByArgument {}
extension ModelConfiguration.LikelihoodFamily: ExpressibleByArgument {}
extension ModelConfiguration.PosteriorFamily: ExpressibleByArgument {}
extension ModelConfiguration.PriorFamily: ExpressibleByArgument {}
extension Activation: ExpressibleByArgument {}
extension InputScaling: ExpressibleByArgument {}
extension VarianceForm: ExpressibleByArgument {}
extension Binarization: ExpressibleByArgument {}
extension OptimizerSettings.Rule: ExpressibleByArgument {}
extension TrainingAlgorithm: ExpressibleByArgument {}

/// The objectives, as the command line names them: a bound, and whose gradient the encoder gets.
enum ObjectiveName: String, ExpressibleByArgument, CaseIterable {
  case elbo, stl, iwae, dreg

  var bound: Objective.Bound { self == .elbo || self == .stl ? .elbo : .iwae }

  /// The form of the divergence it stands for; nil where there is a choice.
  var divergence: DivergenceForm? {
    switch self {
    case .elbo: nil
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

/// Flags that describe the data.
struct DataOptions: ParsableArguments {
  @Option(help: "Where to look for data sets first (as DIR/NAME/).", completion: .directory) var dataDir: String?
  @Option(help: "The variable inside a .npz or .mat file.") var variable: String?
  @Option(help: "Shape of one example, for files that hold flat rows: 28x28 or 32x32x3.") var shape: String?
  @OptionGroup var pictures: PictureFlags
  @Option(help: "Only the first so many training examples.") var limit: Int?
  @Option(help: "Part of the training examples kept for validation, 0 to below 1 (default: 0.05).")
  var validation: Double?
  @Option(
    help: """
      How grey becomes binary (default: dynamic for grey data under bernoulli); or dequantize, which adds noise to 8-bit \
      values, so that a gaussian's density bounds their probability.
      """)
  var binarize: Binarization?
  @Flag(help: "Show half of the training pictures, others at every epoch, mirrored left to right.") var mirror = false

  @Option(
    help: """
      Take so large a part of the pixels, or of a table's numbers, away from training and validation examples, 0 to below \
      1: data with holes, for experiments.
      """)
  var missing: Double?

  var isGivenBeyondDirectory: Bool {
    pictures.isGiven || variable != nil || shape != nil || limit != nil || validation != nil || binarize != nil
      || mirror || missing != nil
  }

  func apply(to data: inout DataConfiguration) throws {
    if let shape {
      let sizes = shape.split(separator: "x").map { Int($0) ?? 0 }
      guard sizes.allSatisfy({ $0 > 0 }), sizes.reduce(1, *) == data.exampleShape.reduce(1, *) else {
        throw ValidationError(
          "--shape \(shape): examples of \(data.source) have \(data.exampleShape.reduce(1, *)) numbers; "
            + "give sizes with that product, as in 28x28")
      }
      data.exampleShape = sizes
    }
    if let limit {
      guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
      data.limit = limit
    }
    if let validation {
      guard validation >= 0 && validation < 1 else { throw ValidationError("--validation must be in [0, 1)") }
      data.validationFraction = validation
    }
    if let binarize { data.binarization = binarize.rawValue }
    if let missing {
      guard missing >= 0 && missing < 1 else { throw ValidationError("--missing must be in [0, 1); got \(missing)") }
      data.missing = missing > 0 ? missing : nil
    }
    if mirror {
      guard 2...3 ~= data.exampleShape.count else {
        throw ValidationError(
          "--mirror is for pictures; \(data.source) has rows of \(Format.shape(data.exampleShape)) numbers")
      }
      data.mirror = true
    }
  }
}

/// Flags that describe the model.
struct ModelOptions: ParsableArguments {
  @Option(
    help: """
      The architecture: mlp; with layers of latents dlgm (added up), ladder or bottom-up (each depends on the one above; \
      the posterior comes from the top down or from the bottom up); for pictures conv or hierarchical (default: mlp).
      """)
  var model: ModelConfiguration.Family?
  @Option(
    help: """
      mlp, dlgm: widths of the encoder's hidden layers; the decoder mirrors them (default: 400). ladder, bottom-up: one \
      for each layer of latents, which has two hidden layers of it.
      """)
  var hidden: String?
  @Option(help: "Latent units (default: 20; hierarchical: 8, for each pixel of each block).") var latent: Int?
  @Option(help: "dlgm, ladder, bottom-up: latent units of each layer, nearest to the data first, as in 100,50.")
  var latents: String?
  @Option(help: "dlgm: the form of q(z|x): diagonal, rank-one (for each layer), full or flow (default: diagonal).")
  var posterior: ModelConfiguration.PosteriorFamily?
  @Option(help: "Steps of a flow (default: 4).") var flowSteps: Int?
  @Option(
    help: """
      mlp: p(z): standard, N(0, I); or learned: mixture (of Gaussians), vamp (of the posteriors of learned pseudo-inputs) \
      (default: standard).
      """)
  var prior: ModelConfiguration.PriorFamily?
  @Option(help: "Gaussians, or pseudo-inputs, of a learned prior (default: 100).") var priorComponents: Int?
  @Option(help: "conv: channels after each halving (default by size: 32,64,128 for 32x32, one more for 64x64).")
  var maps: String?
  @Option(
    help: """
      conv: residual blocks at each resolution (default: 1). hierarchical: blocks at each, all pixels first, then halves \
      (default by size: 1,2,3,3,2,1 for 32x32).
      """)
  var blocks: String?
  @Option(help: "hierarchical: channels of features; half as many inside blocks (default: 64).") var width: Int?
  @Option(
    help: "mlp, conv: leapfrog steps that q(z|x) goes on by, Hamiltonian variational inference (default: 0).")
  var leapfrogs: Int?
  @Option(help: "How often a momentum is drawn, each followed by so many leapfrogs (default: 1).") var momenta: Int?
  @Option(help: "Hidden units of the model that guesses the momenta back (default: 200).") var reverseHidden: Int?
  @Option(help: "Of the hidden layers (default: relu; conv and hierarchical: silu).") var activation: Activation?
  @Option(
    help: """
      p(x|z) (default: bernoulli; gaussian for data outside [0, 1]); logistic and mixture (of logistics, channels coupled) \
      are for 8-bit images.
      """)
  var likelihood: ModelConfiguration.LikelihoodFamily?
  @Option(help: "Logistic variables for each pixel of a mixture (default: 10).") var components: Int?
  @Option(help: "What a Gaussian's variance, or a logistic's, depends on (default: learned, from z).") var variance:
    VarianceForm?
  @Option(
    help:
      "Least deviation of a Gaussian (default: 0.02; for data outside [0, 1] as a part of theirs) or logistic (0.001).")
  var leastDeviation: Float?
  @Option(help: "How weights begin: fan-in, glorot, or a standard deviation such as 0.01 (default: fan-in).")
  var initial: String?
  @Option(help: "What the encoder's input is scaled to (default: none; standardize for data outside [0, 1]).")
  var input: InputScaling?

  var isGiven: Bool {
    model != nil || hidden != nil || latent != nil || activation != nil || likelihood != nil || variance != nil
      || leastDeviation != nil || initial != nil || input != nil || components != nil || maps != nil || blocks != nil
      || width != nil || leapfrogs != nil || momenta != nil || reverseHidden != nil || prior != nil
      || priorComponents != nil || latents != nil || posterior != nil || flowSteps != nil
  }

  func apply(to configuration: inout ModelConfiguration) throws {
    if let model, model != configuration.family {
      configuration.family = model
      (configuration.maps, configuration.blocks, configuration.width) = (nil, nil, nil)
      (configuration.latents, configuration.posterior, configuration.flowSteps) = (nil, nil, nil)
      (configuration.prior, configuration.priorComponents) = (nil, nil)
      configuration.activation = model.isOfPictures ? .silu : .relu
      if model == .hierarchical { configuration.latent = 8 }
    }
    try checkFamily(configuration.family)
    if let maps { configuration.maps = try Self.numbers(maps, "--maps") }
    if let blocks { configuration.blocks = try Self.numbers(blocks, "--blocks", from: 0) }
    if let width { configuration.width = width }
    if let leapfrogs { configuration.leapfrogs = leapfrogs }
    if let momenta { configuration.momenta = momenta }
    if let reverseHidden { configuration.reverseHidden = reverseHidden }
    if let hidden {
      let widths = hidden.split(separator: ",").map { Int($0) ?? 0 }
      guard widths.allSatisfy({ $0 > 0 }) else {
        throw ValidationError("--hidden takes widths as in --hidden 200,200; got \(hidden)")
      }
      configuration.hidden = widths
    }
    if let latent {
      guard latent > 0 else { throw ValidationError("--latent must be at least 1") }
      configuration.latent = latent
    }
    if let latents { configuration.latents = try Self.numbers(latents, "--latents") }
    if let posterior { configuration.posterior = posterior }
    if let prior { configuration.prior = prior }
    if let priorComponents {
      guard configuration.prior ?? .standard != .standard else {
        throw ValidationError("--prior-components goes with --prior mixture or vamp")
      }
      configuration.priorComponents = priorComponents
    }
    if let flowSteps {
      guard configuration.posterior == .flow else { throw ValidationError("--flow-steps goes with --posterior flow") }
      configuration.flowSteps = flowSteps
    }
    if let activation { configuration.activation = activation }
    if let input { configuration.inputScaling = input }
    if let likelihood {
      // A density needs a floor that a probability, at most 1, does not.
      if likelihood == .logistic && configuration.likelihood != .logistic { configuration.leastDeviation = 0.001 }
      configuration.likelihood = likelihood
    }
    if let components {
      guard 1...LogisticMixtureLayout.mostComponents ~= components && configuration.likelihood == .mixture else {
        throw ValidationError(
          "--components is from 1 to \(LogisticMixtureLayout.mostComponents) and goes with --likelihood mixture")
      }
      configuration.components = components
    }
    if variance != nil || leastDeviation != nil {
      guard [.gaussian, .logistic].contains(configuration.likelihood) else {
        throw ValidationError(
          "\(variance == nil ? "--least-deviation" : "--variance") goes with --likelihood gaussian or logistic, not "
            + configuration.likelihood.rawValue)
      }
    }
    if let variance { configuration.variance = variance }
    if let leastDeviation {
      guard leastDeviation > 0 else { throw ValidationError("--least-deviation must be above zero") }
      configuration.leastDeviation = leastDeviation
    }
    switch initial {
    case nil: break
    case "fan-in": configuration.initializer = .uniformFanIn
    case "glorot": configuration.initializer = .glorot
    case let text?:
      guard let deviation = Float(text), deviation > 0 else {
        throw ValidationError("--initial takes fan-in, glorot or a standard deviation; got \(text)")
      }
      configuration.initializer = .normal(deviation)
    }
  }
}

extension ModelOptions {
  /// Flags of one architecture mean nothing to another.
  private func checkFamily(_ family: ModelConfiguration.Family) throws {
    let dense: [ModelConfiguration.Family] = [.mlp, .dlgm, .ladder, .bottomUp]
    let deep = dense.filter(\.isDeep)
    let foreign: [(flag: String, isGiven: Bool, own: [ModelConfiguration.Family])] = [
      ("--hidden", hidden != nil, dense), ("--input", input != nil, dense), ("--variance", variance != nil, dense),
      ("--maps", maps != nil, [.conv]), ("--width", width != nil, [.hierarchical]),
      ("--prior", prior != nil, [.mlp]), ("--latents", latents != nil, deep),
      ("--posterior", posterior != nil, [.dlgm]),
      ("--blocks", blocks != nil, [.conv, .hierarchical]),
    ]
    if let wrong = foreign.first(where: { $0.isGiven && !$0.own.contains(family) }) {
      let own = wrong.own.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("\(wrong.flag) goes with --model \(own), not \(family.rawValue)")
    }
    if initial != nil && family == .hierarchical {
      throw ValidationError("--initial goes with --model mlp or conv; a hierarchical model has its own")
    }
  }

  private static func numbers(_ text: String, _ option: String, from least: Int = 1) throws -> [Int] {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard numbers.allSatisfy({ least...4096 ~= $0 }) else {
      throw ValidationError("\(option) takes numbers from \(least), as in 1,2,3; got \(text)")
    }
    return numbers
  }
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
      sticking the landing), dreg (iwae, doubly reparameterised) (default: elbo).
      """)
  var objective: ObjectiveName?
  @Option(help: "Draws of z for each example, L (default: 1).") var samples: Int?
  @Option(help: "The elbo's divergence: analytic, or at the drawn z (default: analytic).") var divergence:
    DivergenceName?
  @Option(help: "The divergence's weight (default: 1).") var beta: Float?
  @Option(help: "Part of the run over which that weight rises from 0, 0 to 1 (default: 0).") var klWarmUp: Double?
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
  @Option(help: "Steps: where the step size falls, as parts of the run (default: 0.5,0.75).") var rateSteps: String?
  @Option(help: "Steps: by what factor (default: 0.1).") var rateFactor: Double?
  @Option(help: "Scale longer gradients down to this length.") var clipNorm: Float?
  @Option(help: "Do not take steps along gradients longer than this; how many were skipped is said.")
  var skipNorm: Float?
  @Option(help: "Judge and use a moving average of the weights with this decay, such as 0.999.") var average: Float?
  @Option(help: "Stop after so many epochs without a better validation bound.") var patience: Int?
  @Option(help: "Seed of all that is random (default: 0).") var seed: UInt64?
  @Option(help: "Cores to use (default: all).") var threads: Int?

  var isGiven: Bool { Mirror(reflecting: self).children.contains { !isUnset($0.value) } }

  private func isUnset(_ option: Any) -> Bool {
    switch option {
    case let o as Option<Int?>: o.wrappedValue == nil
    case let o as Option<Float?>: o.wrappedValue == nil
    case let o as Option<Double?>: o.wrappedValue == nil
    case let o as Option<String?>: o.wrappedValue == nil
    case let o as Option<UInt64?>: o.wrappedValue == nil
    case let o as Option<TrainingAlgorithm?>: o.wrappedValue == nil
    case let o as Option<ObjectiveName?>: o.wrappedValue == nil
    case let o as Option<DivergenceName?>: o.wrappedValue == nil
    case let o as Option<OptimizerSettings.Rule?>: o.wrappedValue == nil
    case let o as Option<ScheduleName?>: o.wrappedValue == nil
    default: false
    }
  }

  func apply(to settings: inout TrainingSettings) throws {
    try require(epochs, "--epochs", 1)
    try require(batchSize, "--batch-size", 1)
    try require(samples, "--samples", 1)
    try require(warmUp, "--warm-up", 0)
    try require(klCycles, "--kl-cycles", 1)
    try require(patience, "--patience", 1)
    try require(threads, "--threads", 1)
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
    try require(beta.map(Double.init), "--beta", in: 0...Double.infinity)
    try require(klWarmUp, "--kl-warm-up", in: 0...1)
    try require(freeBits.map(Double.init), "--free-bits", in: 0...Double.infinity)
    try require(momentum.map(Double.init), "--momentum", in: 0...1)
    try require(weightDecay.map(Double.init), "--weight-decay", in: 0...Double.infinity)
    try require(weightPrior.map(Double.init), "--weight-prior", in: 0...Double.infinity)
    try require(clipNorm.map(Double.init), "--clip-norm", in: Double.leastNonzeroMagnitude...Double.infinity)
    try require(skipNorm.map(Double.init), "--skip-norm", in: Double.leastNonzeroMagnitude...Double.infinity)
    try applySchedule(to: &settings.schedule)
    if let average {
      guard average > 0 && average < 1 else { throw ValidationError("--average must be inside (0, 1), such as 0.999") }
      settings.averageDecay = average
    }
    if let patience { settings.patience = patience }
    if let seed { settings.seed = seed }
    settings.threads = threads ?? defaultThreads(settings)
  }

  private func applyObjective(to objective: inout Objective) throws {
    if let name = self.objective, divergence != nil && name != .elbo {
      throw ValidationError("--divergence goes with --objective elbo; \(name.rawValue) has its own")
    }
    let old = objective
    let form = self.objective.map { $0.divergence ?? .analytic } ?? old.divergence
    objective = Objective(
      bound: self.objective?.bound ?? old.bound, samples: samples ?? old.samples, divergence: divergence?.form ?? form,
      beta: beta ?? old.beta, warmUp: klWarmUp ?? old.warmUp, cycles: klCycles ?? old.cycles,
      freeBits: freeBits ?? old.freeBits)
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
      let marks = (rateSteps ?? "0.5,0.75").split(separator: ",").map { Double($0) ?? -1 }
      guard marks.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
        throw ValidationError("--rate-steps takes parts of the run, as in 0.5,0.75")
      }
      current.shape = .steps(at: marks, factor: rateFactor ?? 0.1)
    }
    if let warmUp { current.warmUpSteps = warmUp }
  }

  /// A shard of fewer than 16 rows is not worth a core.
  private func defaultThreads(_ settings: TrainingSettings) -> Int {
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
