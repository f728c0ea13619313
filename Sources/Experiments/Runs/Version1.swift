import Autoencoders
import Datasets
import Networks
import Tensors

/// `config.json` as it was until version 2: one flat description of all models. Read, and never written.
enum Version1 {
  struct Configuration: Decodable {
    var data: Data
    var model: Model
    var training: TrainingSettings
    var startedFrom: String?

    /// The same in today's form.
    var current: RunConfiguration {
      get throws {
        var settings = data.current
        settings.given = data.given
        let form = ExampleForm(
          shape: data.exampleShape, size: model.inputSize,
          condition: model.conditionSize.map { .init(size: $0, shape: model.conditionShape) })
        return RunConfiguration(
          data: settings, examples: form, model: try model.specification(for: form, data.binarization),
          training: training, startedFrom: startedFrom)
      }
    }
  }

  struct Data: Decodable {
    var source: String
    var variable: String?
    var directory: String?
    var binarization: Binarization
    var limit: Int?
    var subset: Int?
    var validationFraction: Double
    var exampleShape: [Int]
    var size: [Int]?
    var grey: Bool?
    var mirror: Bool?
    var missing: Double?
    var labels: Int?
    var labelledShare: Double?
    var labelsFile: String?
    var isOrdered: Bool
    var given: String?
    var frameShape: [Int]?
    var steps: Int?
    var classes: Int?
    var conditionNoise: Double?
    var conditionHoles: Double?

    var current: DataConfiguration {
      var new = DataConfiguration(source: source)
      (new.variable, new.directory, new.binarization) = (variable, directory, binarization)
      (new.limit, new.subset, new.validationFraction) = (limit, subset, validationFraction)
      (new.size, new.grey, new.mirror, new.missing) = (size, grey, mirror, missing)
      (new.labels, new.labelledShare, new.labelsFile) = (labels, labelledShare, labelsFile)
      (new.isOrdered, new.frameShape, new.steps, new.classes) = (isOrdered, frameShape, steps, classes)
      (new.conditionNoise, new.conditionHoles) = (conditionNoise, conditionHoles)
      return new
    }
  }

  struct Drawing: Decodable {
    var glimpses: Int
    var read: Int?
    var write: Int?
    var segment: Int?
  }

  struct Model: Decodable {
    enum Family: String, Decodable {
      case mlp, conv, dcign, hierarchical, draw, dlgm, ladder, m2, m1m2
      case bottomUp = "bottom-up"
    }

    var family: Family
    var inputSize: Int
    var exampleShape: [Int]?
    var hidden: [Int]
    var latent: Int
    var latents: [Int]?
    var posterior: DeepLatentGaussianSpecification.PosteriorFamily?
    var flowSteps: Int?
    var prior: PriorSettings.Kind?
    var priorComponents: Int?
    var maps: [Int]?
    var blocks: [Int]?
    var width: Int?
    var drawing: Drawing?
    var activation: Activation
    var inputScaling: InputScaling
    var initializer: Initializer
    var likelihood: LikelihoodSpecification.Name
    var variance: VarianceForm
    var leastDeviation: Float
    var boundedMean: Bool
    var components: Int?
    var leapfrogs: Int?
    var momenta: Int?
    var reverseHidden: Int?
    var conditionSize: Int?
    var conditionShape: [Int]?
    var cvaeShare: Float?
    var semi: SemiSupervision?
    var graphics: InverseGraphics?
  }
}

extension Version1.Model {
  /// The specification of the same model.
  fileprivate func specification(for form: ExampleForm, _ binarization: Binarization) throws -> any ModelSpecification {
    guard let type = ModelRegistry.type(named: name) else { throw SettingError("model", "no model \(name) is known") }
    var specification = type.init(for: form)
    func set<Setting>(_ change: (inout Setting) -> Void) {
      guard var part = specification as? Setting else { return }
      change(&part)
      specification = part as! any ModelSpecification
    }
    set { (part: inout any HiddenLayersSetting) in part.hidden = hidden }
    set { (part: inout any LatentUnitsSetting) in part.latent = latent }
    set { (part: inout any LatentLayersSetting) in part.latents = latents ?? [latent] }
    set { (part: inout any ActivationSetting) in part.activation = activation }
    set { (part: inout any InputScalingSetting) in part.inputScaling = inputScaling }
    set { (part: inout any InitializerSetting) in part.initializer = initializer }
    set { (part: inout any LikelihoodSetting) in part.likelihood = likelihoodSpecification }
    set { (part: inout any ConvolutionsSetting) in part.channels = maps ?? part.channels }
    set { (part: inout any BlocksSetting) in part.blocks = blocks ?? part.blocks }
    set { (part: inout any WidthSetting) in part.width = width ?? part.width }
    set { (part: inout any ClassesSetting) in part.classes = semi ?? part.classes }
    set { (part: inout any ConditionalSpecification) in part.cvaeShare = cvaeShare ?? 1 }
    set { (part: inout any LeapfrogsSetting) in
      guard let leapfrogs, leapfrogs > 0 else { return }
      part.leapfrogs = LeapfrogSettings(steps: leapfrogs, momenta: momenta ?? 1, reverseHidden: reverseHidden ?? 200)
    }
    set { (part: inout MLPSpecification) in
      part.prior = PriorSettings(prior ?? .standard, components: priorComponents ?? 100)
    }
    set { (part: inout DeepLatentGaussianSpecification) in
      (part.posterior, part.flowSteps) = (posterior ?? .diagonal, flowSteps ?? 4)
    }
    set { (part: inout InverseGraphicsSpecification) in part.graphics = graphics ?? part.graphics }
    set { (part: inout DRAWSpecification) in
      guard let drawing else { return }
      (part.glimpses, part.read, part.write) = (drawing.glimpses, drawing.read, drawing.write)
      part.checkpointSteps = drawing.segment
    }
    set { (part: inout StackedSpecification) in
      part.leastDeviation = leastDeviation
      var lower = MLPSpecification(for: form)
      (lower.hidden, lower.latent, lower.activation, lower.initializer) = ([500, 500], 50, activation, initializer)
      (lower.inputScaling, lower.likelihood) = (binarization == .none ? .standardize : .center, likelihoodSpecification)
      part.features = AnyModelSpecification(lower)
    }
    return specification
  }

  private var name: String {
    guard conditionSize != nil else { return family.rawValue }
    return family == .conv ? ConditionalImagesSpecification.name : ConditionalMLPSpecification.name
  }

  private var likelihoodSpecification: LikelihoodSpecification {
    let scale = LikelihoodSpecification.ScaleSettings(variance: variance, leastDeviation: leastDeviation)
    return switch likelihood {
    case .bernoulli: .bernoulli
    case .gaussian: .gaussian(scale, isBounded: boundedMean)
    case .logistic: .logistic(scale)
    case .mixture: .mixture(components: components ?? 10)
    }
  }
}
