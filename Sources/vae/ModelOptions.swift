import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Networks
import Tensors

/// Flags that describe the model.
struct ModelOptions: ParsableArguments {
  @Option(
    help: """
      The architecture: mlp; with layers of latents dlgm (added up), ladder or bottom-up (each depends on the one above; \
      the posterior comes from the top down or from the bottom up); for pictures conv, hierarchical, draw (step by step \
      on a canvas), or dcign, whose latents learn known factors; of examples and \
      classes of which some are known m2, or m1m2, of the latents of an mlp (default: mlp).
      """)
  var model: ModelConfiguration.Family?
  @Option(
    help: """
      mlp, dlgm: widths of the encoder's hidden layers; the decoder mirrors them (default: 400). ladder, bottom-up: one \
      for each layer of latents, which has two hidden layers of it. draw: units of each LSTM (default: 256).
      """)
  var hidden: String?
  @Option(
    help: "Latent units (default: 20; hierarchical: 8, for each pixel of each block; draw: 100, for each glimpse).")
  var latent: Int?
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
  @Option(help: "conv, dcign: channels after each halving (default by size: 32,64,128 for 32x32, one more for 64x64).")
  var maps: String?
  @Option(
    help: """
      conv, dcign: residual blocks at each resolution (default: 1). hierarchical: blocks at each, all pixels first, then halves \
      (default by size: 1,2,3,3,2,1 for 32x32).
      """)
  var blocks: String?
  @Option(
    help:
      "hierarchical: channels of features; half as many inside blocks (default: 64). conv with --given pictures: channels at full resolution (default: 16)."
  ) var width: Int?
  @Option(
    help: "mlp, conv: leapfrog steps that q(z|x) goes on by, Hamiltonian variational inference (default: 0).")
  var leapfrogs: Int?
  @Option(
    help: """
      With --given: the CVAE's part of what is trained, 0 to 1; the rest draws latents from p(z|c), as at test time. 0 is \
      the Gaussian stochastic network (GSNN), between them the hybrid of Sohn et al. 2015 (default: 1).
      """)
  var hybrid: Float?
  @Option(help: "draw: how many steps a picture is drawn in (default: 20; Gregor et al. 2015: 64 for MNIST).")
  var glimpses: Int?
  @Option(help: "draw: points along a side of the grid that looks (default: 2; colour: 5).") var read: Int?
  @Option(help: "draw: points along a side of the grid that writes (default: 5).") var write: Int?
  @Flag(help: "draw: see and write all of the picture at every step.") var noAttention = false
  @Option(
    help: "draw: keep the intermediate results of so many steps only and compute the others again, for many glimpses.")
  var segment: Int?
  @Option(help: "How often a momentum is drawn, each followed by so many leapfrogs (default: 1).") var momenta: Int?
  @Option(help: "Hidden units of the model that guesses the momenta back (default: 200).") var reverseHidden: Int?
  @Option(help: "Of the hidden layers (default: relu; of pictures: silu).") var activation: Activation?
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

  var isGiven: Bool { changesWeights || glimpses != nil || segment != nil }

  /// Whether a flag is given without which weights of another run would not fit. A model draws with the same weights in any
  /// number of glimpses.
  var changesWeights: Bool {
    model != nil || hidden != nil || latent != nil || activation != nil || likelihood != nil || variance != nil
      || leastDeviation != nil || initial != nil || input != nil || components != nil || maps != nil || blocks != nil
      || width != nil || leapfrogs != nil || momenta != nil || reverseHidden != nil || prior != nil
      || read != nil || write != nil || noAttention
      || hybrid != nil || priorComponents != nil || latents != nil || posterior != nil || flowSteps != nil
  }

  func apply(to configuration: inout ModelConfiguration) throws {
    if let model, model != configuration.family {
      configuration.family = model
      (configuration.maps, configuration.blocks, configuration.width) = (nil, nil, nil)
      (configuration.latents, configuration.posterior, configuration.flowSteps) = (nil, nil, nil)
      (configuration.prior, configuration.priorComponents) = (nil, nil)
      configuration.drawing = nil
      configuration.activation = model.isOfPictures ? .silu : .relu
      if model == .hierarchical { configuration.latent = 8 }
      if model == .draw { (configuration.hidden, configuration.latent) = ([256], 100) }
      // Grey values are shades here, not chances of ink.
      if model == .dcign { (configuration.likelihood, configuration.leastDeviation) = (.gaussian, 0.1) }
      if model.hasClasses {
        (configuration.hidden, configuration.latent, configuration.activation) = ([500], 50, .softplus)
      }
    }
    try checkFamily(configuration.family)
    if let maps { configuration.maps = try Self.numbers(maps, "--maps") }
    if let blocks { configuration.blocks = try Self.numbers(blocks, "--blocks", from: 0) }
    if let width { configuration.width = width }
    if let leapfrogs { configuration.leapfrogs = leapfrogs }
    if let hybrid { configuration.cvaeShare = hybrid }
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
    applyDrawing(to: &configuration)
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
    let dense: [ModelConfiguration.Family] = [.mlp, .dlgm, .ladder, .bottomUp, .m2, .m1m2]
    let deep = dense.filter(\.isDeep)
    let foreign: [(flag: String, isGiven: Bool, own: [ModelConfiguration.Family])] = [
      ("--hidden", hidden != nil, dense + [.draw]), ("--input", input != nil, dense.filter { $0 != .m1m2 }),
      ("--variance", variance != nil, dense),
      ("--maps", maps != nil, [.conv, .dcign]), ("--width", width != nil, [.hierarchical, .conv]),
      ("--prior", prior != nil, [.mlp]), ("--latents", latents != nil, deep),
      ("--posterior", posterior != nil, [.dlgm]),
      ("--blocks", blocks != nil, [.conv, .dcign, .hierarchical]),
      ("--glimpses", glimpses != nil, [.draw]), ("--read", read != nil, [.draw]), ("--write", write != nil, [.draw]),
      ("--no-attention", noAttention, [.draw]), ("--segment", segment != nil, [.draw]),
      ("--activation", activation != nil, ModelConfiguration.Family.allCases.filter { $0 != .draw }),
    ]
    if let wrong = foreign.first(where: { $0.isGiven && !$0.own.contains(family) }) {
      let own = wrong.own.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("\(wrong.flag) goes with --model \(own), not \(family.rawValue)")
    }
    if initial != nil && family == .hierarchical {
      throw ValidationError("--initial goes with --model mlp or conv; a hierarchical model has its own")
    }
  }

  private func applyDrawing(to configuration: inout ModelConfiguration) {
    guard configuration.family == .draw else { return }
    configuration.completeDrawing()
    var settings = configuration.drawing!
    if noAttention { (settings.read, settings.write) = (nil, nil) }
    if let glimpses { settings.glimpses = glimpses }
    if let read { settings.read = read }
    if let write { settings.write = write }
    if let segment { settings.segment = segment }
    configuration.drawing = settings
  }

  private static func numbers(_ text: String, _ option: String, from least: Int = 1) throws -> [Int] {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard numbers.allSatisfy({ least...4096 ~= $0 }) else {
      throw ValidationError("\(option) takes numbers from \(least), as in 1,2,3; got \(text)")
    }
    return numbers
  }
}
