import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Networks
import Tensors

/// A run that is about to be made: its configuration and its data, read.
public struct RunPlan: Sendable {
  /// All settings.
  public let configuration: RunConfiguration
  /// What is learned from and judged by.
  public let data: RunData

  /// What a new run begins with.
  public enum Base: Sendable {
    /// Defaults that fit the data.
    case defaults
    /// The settings of a `config.json`.
    case settings(RunConfiguration)
    /// The weights of a run, and its settings.
    case weights(Run)
  }

  /// Reads the data and resolves the settings.
  ///
  /// - Parameters:
  ///   - source: a known set's name, or a path; the base's without.
  ///   - masks: a folder of masks of the photographs at `source`.
  ///   - variable: the variable inside a file that holds several.
  ///   - directory: where known sets are looked for first.
  /// - Throws: `SettingError`, ``ExperimentError``, `DataError` or `FileError`.
  public init(
    _ source: String?, masks: String? = nil, variable: String? = nil, directory: String? = nil,
    base: Base = .defaults, overrides: some RunOverrides, reporter: any Reporter = SilentReporter()
  ) throws {
    let (old, _) = try Self.settings(of: base)
    let pairs = try Self.pairs(source, masks, isGiven: overrides.given != nil || old?.data.given != nil)
    guard let name = pairs?.masks ?? source ?? old?.data.source else {
      throw SettingError("data", "say what to train on")
    }
    if source == nil && old?.data.isInMemory == true {
      throw SettingError(
        "data", "those of the base, \(name), were held by the program that trained it; say what to train on")
    }
    let directory = directory ?? old?.data.directory
    let variable = variable ?? (source == nil ? old?.data.variable : nil)
    var pictures = old?.data.pictures ?? PictureOptions()
    try overrides.apply(to: &pictures)
    if let pairs {
      try pairs.check()
      pictures.channels = 1
    }
    let given = overrides.given ?? (source == nil ? old?.data.given : nil)
    let locator = DataLocator.reporting(directory, to: reporter)
    let motion = given == "frame" ? try locator.motion(name) : nil
    let splits = try motion?.splits ?? locator.load(name, variable: variable, pictures: pictures)

    var data = old?.data ?? DataConfiguration(source: name)
    (data.source, data.isInMemory) = (try DataLocator.lasting(name), nil)
    (data.variable, data.directory) = (variable, directory.map { URL(fileURLWithPath: $0).path })
    data.pictures = pictures
    (data.frameShape, data.steps) = (motion?.frameShape, motion?.form.steps)
    try self.init(splits, named: name, data, pairs: pairs, base: base, overrides: overrides, reporter: reporter)
  }

  /// Resolves the settings for data that a program holds. Whoever opens the run later gives the data again.
  ///
  /// - Parameters:
  ///   - splits: examples, and perhaps others to judge by.
  ///   - name: what to call them in what is said of the run.
  /// - Throws: `SettingError`, ``ExperimentError``, `DataError` or `FileError`.
  public init(
    _ splits: DatasetSplits, named name: String, base: Base = .defaults, overrides: some RunOverrides,
    reporter: any Reporter = SilentReporter()
  ) throws {
    var data = try Self.settings(of: base).0?.data ?? DataConfiguration(source: name)
    (data.source, data.isInMemory, data.variable, data.directory) = (name, true, nil, nil)
    try self.init(splits, named: name, data, pairs: nil, base: base, overrides: overrides, reporter: reporter)
  }

  private init(
    _ splits: DatasetSplits, named name: String, _ source: DataConfiguration, pairs: MaskPairs?, base: Base,
    overrides: some RunOverrides, reporter: any Reporter
  ) throws {
    let (old, startedFrom) = try Self.settings(of: base)
    var data = source
    let profile = DataProfile(splits.train)
    if case .weights(let run) = base, let size = old?.examples.shape.reduce(1, *), size != splits.train.exampleSize {
      throw SettingError(
        "from",
        "\(run.path): that model takes examples of \(size) numbers; those of \(name) have "
          + "\(splits.train.exampleSize)")
    }
    let shape = try Self.shape(overrides.shape, profile, name)

    data.isOrdered = profile.isOrdered
    if let asked = overrides.given {
      data.given = try GivenPart(parsing: asked).description
      (data.classes, data.conditionNoise, data.conditionHoles) = (nil, nil, nil)
    }
    if let pairs { data.given = pairs.given }
    let type = try RunConfiguration.modelType(base: old, overrides: overrides)
    if old == nil {
      data.binarization =
        pairs == nil ? profile.defaultBinarization(Self.likelihood(type, overrides, profile, shape)) : .threshold
    }
    try overrides.apply(to: &data, for: type, shape: shape)
    if data.given == "class" { data.classes = data.classes ?? profile.classCount }

    var training = old?.training ?? TrainingSettings()
    try overrides.apply(to: &training)
    let read = try RunData(splits, data, shape: shape, seed: training.seed, reporter: reporter)
    let condition = read.train.condition.map { given -> ExampleForm.Condition in
      guard case .pictures(let others) = given else { return .init(size: given.size) }
      return .init(size: given.size, shape: others.exampleShape)
    }
    let form = ExampleForm(shape: shape, size: read.train.targetSize, condition: condition)
    var classes: SemiSupervision?
    if type is any ClassesSetting.Type {
      let known = try KnownLabels(splits.train, file: data.labelsFile)
      classes = SemiSupervision(classes: known.classes, names: known.names, labelledShare: read.labelledShare)
    }
    configuration = try RunConfiguration.resolve(
      base: old, overrides: overrides, data: data, form: form, profile: profile, classes: classes,
      startedFrom: startedFrom)
    self.data = read
    if case .weights(let run) = base, !configuration.model.base.acceptsWeights(of: run.configuration.model.base) {
      throw SettingError(
        "from", "takes the model and the settings from the run; leave --config and the model's flags out")
    }
    if let problem = Self.objectiveProblem(configuration) { throw problem }
    if let likelihood = configuration.model.likelihood {
      profile.advise(likelihood, data.binarization, reporter)
    }
  }

  private static func settings(of base: Base) throws -> (RunConfiguration?, startedFrom: String?) {
    switch base {
    case .defaults: (nil, nil)
    case .settings(let settings): (settings, nil)
    case .weights(let run):
      (run.configuration, URL(fileURLWithPath: try run.checkpointPath(.best)).path)
    }
  }

  /// Photographs and their masks; nil where there are none.
  private static func pairs(_ source: String?, _ masks: String?, isGiven: Bool) throws -> MaskPairs? {
    if let masks {
      guard let source else {
        throw SettingError("masks", "say whose, as in vae train PHOTOS --masks \(masks)")
      }
      return try MaskPairs(photographs: source, masks: masks)
    }
    guard let source, !isGiven else { return nil }
    return try MaskPairs(named: source)
  }

  /// The likelihood that will be, as far as it decides what becomes of grey values.
  private static func likelihood(
    _ type: any ModelSpecification.Type, _ overrides: some RunOverrides, _ profile: DataProfile, _ shape: [Int]
  ) -> LikelihoodSpecification {
    let own = AnyModelSpecification(type.init(for: ExampleForm(shape: shape))).likelihood?.name ?? .bernoulli
    let usual = profile.isUnit || !(type is any LikelihoodSetting.Type) ? own : .gaussian
    return LikelihoodSpecification(overrides.likelihood ?? usual)
  }

  private static func shape(_ asked: [Int]?, _ profile: DataProfile, _ source: String) throws -> [Int] {
    guard let asked else { return profile.exampleShape }
    let size = profile.exampleShape.reduce(1, *)
    guard asked.allSatisfy({ $0 > 0 }), asked.reduce(1, *) == size else {
      throw SettingError(
        "shape",
        "\(Format.shape(asked)): examples of \(source) have \(size) numbers; give sizes with that product, as in "
          + "28x28")
    }
    return asked
  }

  /// What a trainer would refuse, before anything is written. Most settings train any model, and none need be made.
  private static func objectiveProblem(_ configuration: RunConfiguration) -> SettingError? {
    let training = configuration.training
    let isCommon =
      training.objective.divergence != .doublyReparameterized && training.objective.totalCorrelation == nil
      && training.algorithm ?? .variational == .variational
    if isCommon { return nil }
    let model = configuration.model.base.makeModel(for: configuration.examples, RandomStream(seed: 0))
    return training.problem(for: model)
  }
}
