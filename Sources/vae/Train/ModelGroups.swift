import ArgumentParser
import Autoencoders
import Experiments

extension PriorSettings.Kind: ExpressibleByArgument {}
extension DeepLatentGaussianSpecification.PosteriorFamily: ExpressibleByArgument {}

/// Flags of an mlp, and of what can go on by leapfrogs.
struct LatentOptions: ModelFlagGroup {
  @Option(
    help: """
      p(z): standard, N(0, I); or learned: mixture (of Gaussians), vamp (of the posteriors of learned pseudo-inputs) \
      (default: standard).
      """)
  var prior: PriorSettings.Kind?
  @Option(help: "Gaussians, or pseudo-inputs, of a learned prior (default: 100).") var priorComponents: Int?
  @Option(help: "Leapfrog steps that q(z|x) goes on by, Hamiltonian variational inference (default: 0).")
  var leapfrogs: Int?
  @Option(help: "How often a momentum is drawn, each followed by so many leapfrogs (default: 1).") var momenta: Int?
  @Option(help: "Hidden units of the model that guesses the momenta back (default: 200).") var reverseHidden: Int?
  @Option(
    help: """
      With --given: the CVAE's part of what is trained, 0 to 1; the rest draws latents from p(z|c), as at test time. 0 is \
      the Gaussian stochastic network (GSNN), between them the hybrid of Sohn et al. 2015 (default: 1).
      """)
  var hybrid: Float?

  var flags: [ModelFlag] {
    [
      ModelFlag("--prior", prior != nil) { $0 is MLPSpecification.Type },
      ModelFlag("--prior-components", priorComponents != nil) { $0 is MLPSpecification.Type },
      ModelFlag("--leapfrogs", leapfrogs != nil) { $0 is any LeapfrogsSetting.Type },
      ModelFlag("--momenta", momenta != nil) { $0 is any LeapfrogsSetting.Type },
      ModelFlag("--reverse-hidden", reverseHidden != nil) { $0 is any LeapfrogsSetting.Type },
      ModelFlag("--hybrid", hybrid != nil) {
        $0 is any ConditionalSpecification.Type || $0 is any ConditionableSpecification.Type
      },
    ]
  }

  func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {
    try change(&model, as: MLPSpecification.self) {
      $0.prior.kind = prior ?? $0.prior.kind
      guard priorComponents == nil || $0.prior.kind != .standard else {
        throw ValidationError("--prior-components goes with --prior mixture or vamp")
      }
      $0.prior.components = priorComponents ?? $0.prior.components
    }
    try change(&model, as: (any LeapfrogsSetting).self) {
      let steps = leapfrogs ?? $0.leapfrogs?.steps ?? 0
      guard steps != 0 else {
        $0.leapfrogs = nil
        guard momenta == nil && reverseHidden == nil else {
          throw ValidationError("--momenta and --reverse-hidden go with --leapfrogs")
        }
        return
      }
      let old = $0.leapfrogs ?? LeapfrogSettings(steps: steps)
      $0.leapfrogs = LeapfrogSettings(
        steps: steps, momenta: momenta ?? old.momenta, reverseHidden: reverseHidden ?? old.reverseHidden)
    }
    guard let hybrid else { return }
    guard model is any ConditionalSpecification else { throw ValidationError("--hybrid goes with --given") }
    change(&model, as: (any ConditionalSpecification).self) { $0.cvaeShare = hybrid }
  }
}

/// Flags of models with layers of latents.
struct LayerOptions: ModelFlagGroup {
  @Option(help: "Latent units of each layer, nearest to the data first, as in 100,50.")
  var latents: NumberList<Int>?
  @Option(help: "dlgm: the form of q(z|x): diagonal, rank-one (for each layer), full or flow (default: diagonal).")
  var posterior: DeepLatentGaussianSpecification.PosteriorFamily?
  @Option(help: "dlgm: steps of a flow (default: 4).") var flowSteps: Int?

  var flags: [ModelFlag] {
    [
      ModelFlag("--latents", latents != nil) { $0 is any LatentLayersSetting.Type },
      ModelFlag("--posterior", posterior != nil) { $0 is DeepLatentGaussianSpecification.Type },
      ModelFlag("--flow-steps", flowSteps != nil) { $0 is DeepLatentGaussianSpecification.Type },
    ]
  }

  func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {
    if let latents { change(&model, as: (any LatentLayersSetting).self) { $0.latents = latents.values } }
    try change(&model, as: DeepLatentGaussianSpecification.self) {
      $0.posterior = posterior ?? $0.posterior
      guard flowSteps == nil || $0.posterior == .flow else {
        throw ValidationError("--flow-steps goes with --posterior flow")
      }
      $0.flowSteps = flowSteps ?? $0.flowSteps
    }
  }
}

/// Flags of convolutional models.
struct PictureModelOptions: ModelFlagGroup {
  @Option(help: "conv, dcign: channels after each halving (default by size: 32,64,128 for 32x32, one more for 64x64).")
  var channels: NumberList<Int>?
  @Option(
    help: """
      conv, dcign: residual blocks at each resolution (default: 1; with --leapfrogs: 0). hierarchical: blocks at each, all \
      pixels first, then halves (default by size: 1,2,3,3,2,1 for 32x32).
      """)
  var blocks: NumberList<Int>?
  @Option(
    help: """
      hierarchical: channels of features; half as many inside blocks (default: 64). conv with --given pictures: channels at \
      full resolution (default: 16).
      """)
  var width: Int?

  var flags: [ModelFlag] {
    [
      ModelFlag("--channels", channels != nil) { $0 is any ConvolutionsSetting.Type },
      ModelFlag("--blocks", blocks != nil) { $0 is any BlocksSetting.Type },
      ModelFlag("--width", width != nil) { $0 is any WidthSetting.Type || $0 is ConvolutionalSpecification.Type },
    ]
  }

  func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {
    if let channels { change(&model, as: (any ConvolutionsSetting).self) { $0.channels = channels.values } }
    if let blocks { change(&model, as: (any BlocksSetting).self) { $0.blocks = blocks.values } }
    // Their normalisation has no second derivative.
    if blocks == nil {
      change(&model, as: ConvolutionalSpecification.self) { if $0.leapfrogs != nil { $0.blocks = [0] } }
    }
    guard let width else { return }
    guard model is any WidthSetting else {
      throw ValidationError("--width: expected none for a conv model that is given no picture; see --channels")
    }
    change(&model, as: (any WidthSetting).self) { $0.width = width }
  }
}

/// Flags of a drawing model.
struct DrawingOptions: ModelFlagGroup {
  @Option(help: "How many steps a picture is drawn in (default: 20; Gregor et al. 2015: 64 for MNIST).")
  var glimpses: Int?
  @Option(help: "Points along a side of the grid that looks (default: 2; colour: 5).") var read: Int?
  @Option(help: "Points along a side of the grid that writes (default: 5).") var write: Int?
  @Flag(help: "See and write all of the picture at every step.") var noAttention = false
  @Option(
    help: """
      Keep the intermediate results of so many steps only and compute the others again (gradient checkpointing), for many \
      glimpses.
      """)
  var checkpointSteps: Int?

  var flags: [ModelFlag] {
    let suits = { (type: any ModelSpecification.Type) in type is DRAWSpecification.Type }
    return [
      ModelFlag("--glimpses", glimpses != nil, suits), ModelFlag("--read", read != nil, suits),
      ModelFlag("--write", write != nil, suits), ModelFlag("--no-attention", noAttention, suits),
      ModelFlag("--checkpoint-steps", checkpointSteps != nil, suits),
    ]
  }

  func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {
    change(&model, as: DRAWSpecification.self) {
      if noAttention { ($0.read, $0.write) = (nil, nil) }
      $0.glimpses = glimpses ?? $0.glimpses
      $0.read = read ?? $0.read
      $0.write = write ?? $0.write
      $0.checkpointSteps = checkpointSteps ?? $0.checkpointSteps
    }
  }
}

/// Flags of models that learn known factors, each with a latent of its own.
struct FactorOptions: ModelFlagGroup {
  @Option(
    help: """
      The known factors that get a latent each, two if they come round again, as in azimuth,light (default: all that don't \
      say what is shown, such as a class or a person). See 'vae data inspect'.
      """)
  var factors: String?
  @Option(help: "What an inactive latent's difference from the batch's mean counts in its gradient (default: 10).")
  var invariance: Float?
  @Option(help: "Batches in which what is shown varies, for one of each factor (default: 10).")
  var identityWeight: Int?

  var flags: [ModelFlag] {
    let suits = { (type: any ModelSpecification.Type) in type is InverseGraphicsSpecification.Type }
    return [
      ModelFlag("--factors", factors != nil, suits), ModelFlag("--invariance", invariance != nil, suits),
      ModelFlag("--identity-weight", identityWeight != nil, suits),
    ]
  }

  func apply(to model: inout any ModelSpecification, _ profile: DataProfile) throws {
    try change(&model, as: InverseGraphicsSpecification.self) {
      try $0.graphics.choose(factors?.split(separator: ",").map(String.init), of: profile)
      $0.graphics.invariance = invariance ?? $0.graphics.invariance
      $0.graphics.identityWeight = identityWeight ?? $0.graphics.identityWeight
    }
  }
}
