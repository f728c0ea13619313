import ArgumentParser
import Autoencoders
import Experiments
import Networks
import Networks
import Tensors
import Tensors

extension LikelihoodSpecification.Name: ExpressibleByArgument {}
extension Activation: ExpressibleByArgument {}
extension InputScaling: ExpressibleByArgument {}
extension VarianceForm: ExpressibleByArgument {}

/// A way in which weights begin.
struct InitializerArgument: ExpressibleByArgument {
  let initializer: Initializer

  init?(argument: String) {
    switch argument {
    case "fan-in": initializer = .uniformFanIn
    case "glorot": initializer = .glorot
    default:
      guard let deviation = Float(argument), deviation > 0, deviation.isFinite else { return nil }
      initializer = .normal(deviation)
    }
  }
}

/// The model, and settings that several models have.
struct ModelOptions: ModelFlagGroup {
  @Option(
    help: ArgumentHelp(
      """
      The architecture: mlp; with layers of latents dlgm (added up), ladder or bottom-up (each depends on the one above; \
      the posterior comes from the top down or from the bottom up); for pictures conv, hierarchical, draw (step by step \
      on a canvas), or dcign, whose latents learn known factors; of examples and classes of which some are known m2, or \
      m1m2, of the latents of an mlp (default: mlp). vae train --model NAME --help shows the flags that count for it.
      """, valueName: "name"))
  var model: String?
  @Option(
    help: """
      Widths of the encoder's hidden layers; the decoder mirrors them (default: 400; m2, m1m2: 500). ladder, bottom-up: \
      one for each layer of latents, which has two hidden layers of it. draw: units of each LSTM (default: 256).
      """)
  var hidden: NumberList<Int>?
  @Option(
    help: """
      Latent units (default: 20; hierarchical: 8, for each pixel of each block; draw: 100, for each glimpse; m2, m1m2: \
      50).
      """)
  var latent: Int?
  @Option(help: "Of the hidden layers (default: relu; of pictures: silu; m2, m1m2: softplus).")
  var activation: Activation?
  @Option(
    help: """
      p(x|z) (default: bernoulli; gaussian for data outside [0, 1]); logistic and mixture (of logistics, channels coupled) \
      are for 8-bit images.
      """)
  var likelihood: LikelihoodSpecification.Name?
  @Option(help: "Logistic variables for each pixel of a mixture (default: 10).") var components: Int?
  @Option(help: "What a Gaussian's variance, or a logistic's, depends on (default: learned, from z).") var variance:
    VarianceForm?
  @Option(
    help:
      "Least deviation of a Gaussian (default: 0.02; for data outside [0, 1] as a part of theirs) or logistic (0.001).")
  var leastDeviation: Float?
  @Option(help: "How weights begin: fan-in, glorot, or a standard deviation such as 0.01 (default: fan-in).")
  var initializer: InitializerArgument?
  @Option(help: "What the encoder's input is scaled to (default: none; standardize for data outside [0, 1]).")
  var input: InputScaling?

  var flags: [ModelFlag] {
    [
      ModelFlag("--hidden", hidden != nil) { $0 is any HiddenLayersSetting.Type },
      ModelFlag("--latent", latent != nil) { $0 is any LatentUnitsSetting.Type },
      ModelFlag("--activation", activation != nil) { $0 is any ActivationSetting.Type },
      ModelFlag("--likelihood", likelihood != nil) { $0 is any LikelihoodSetting.Type },
      ModelFlag("--components", components != nil) { $0 is any LikelihoodSetting.Type },
      ModelFlag("--variance", variance != nil) { $0 is any DenseModelSpecification.Type },
      ModelFlag("--least-deviation", leastDeviation != nil) { $0 is any LikelihoodSetting.Type },
      ModelFlag("--initializer", initializer != nil) { $0 is any InitializerSetting.Type },
      ModelFlag("--input", input != nil) { $0 is any InputScalingSetting.Type },
    ]
  }

  func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {
    if let hidden { change(&model, as: (any HiddenLayersSetting).self) { $0.hidden = hidden.values } }
    if let latent { change(&model, as: (any LatentUnitsSetting).self) { $0.latent = latent } }
    if let activation { change(&model, as: (any ActivationSetting).self) { $0.activation = activation } }
    if let initializer {
      change(&model, as: (any InitializerSetting).self) { $0.initializer = initializer.initializer }
    }
    if let input { change(&model, as: (any InputScalingSetting).self) { $0.inputScaling = input } }
    try change(&model, as: (any LikelihoodSetting).self) { try apply(to: &$0.likelihood) }
  }

  private func apply(to likelihood: inout LikelihoodSpecification) throws {
    if let name = self.likelihood, name != likelihood.name {
      likelihood = LikelihoodSpecification(name, isBounded: likelihood.isBounded)
    }
    if let components {
      guard case .mixture = likelihood else {
        throw ValidationError("--components is from 1 to 64 and goes with --likelihood mixture")
      }
      likelihood = .mixture(components: components)
    }
    guard variance != nil || leastDeviation != nil else { return }
    guard var scale = likelihood.scale else {
      throw ValidationError(
        "\(variance == nil ? "--least-deviation" : "--variance") goes with --likelihood gaussian or logistic, not "
          + likelihood.name.rawValue)
    }
    scale.variance = variance ?? scale.variance
    scale.leastDeviation = leastDeviation ?? scale.leastDeviation
    likelihood.scale = scale
  }
}
