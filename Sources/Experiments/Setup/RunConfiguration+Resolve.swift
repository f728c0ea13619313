import Autoencoders
import Datasets

extension RunConfiguration {
  /// The kind of model that a base and what is asked for make together. Throws `SettingError` where the name is not known.
  static func modelType(
    base: RunConfiguration?, overrides: some RunOverrides
  ) throws -> any ModelSpecification.Type {
    guard let name = overrides.model else { return base.map { type(of: $0.model.base) } ?? MLPSpecification.self }
    if let base, base.model.name == name || base.model.name == "conditional-\(name)" {
      return type(of: base.model.base)
    }
    guard let type = ModelRegistry.type(named: name) else {
      throw SettingError(
        "model", "no model of the name \(name); known are \(ModelRegistry.all.map { $0.name }.joined(separator: ", "))")
    }
    return type
  }

  /// The configuration that a base, what is asked for and a look at the data make together: the base copied whole, or what
  /// fits the data, and over it what is asked for. A function of its arguments alone. Throws `SettingError` or
  /// ``ExperimentError``.
  ///
  /// - Parameters:
  ///   - data: settings of the data, resolved already.
  ///   - form: what an example is, which follows from the data and what is given of them.
  static func resolve(
    base: RunConfiguration?, overrides: some RunOverrides, data: DataConfiguration, form: ExampleForm,
    profile: DataProfile, classes: SemiSupervision?, startedFrom: String?
  ) throws -> RunConfiguration {
    let type = try modelType(base: base, overrides: overrides)
    var model = specification(type, base: base, form: form, profile: profile)
    if form.condition != nil, let plain = model as? any ConditionableSpecification {
      model = plain.conditional(for: form)
    }
    try overrides.apply(to: &model, profile)
    if var known = model as? any ClassesSetting, let classes {
      (known.classes.classes, known.classes.names) = (classes.classes, classes.names)
      known.classes.labelledShare = classes.labelledShare
      model = known
    }
    complete(&model, base: base, overrides: overrides, data: data)
    var training = base?.training ?? TrainingSettings()
    try overrides.apply(to: &training)
    // What is given may be no picture, which the model itself says best.
    if model is any ConditionalSpecification { try model.validate(for: form) }
    if model is any PictureModelSpecification {
      let isMotion = data.given == "frame"
      guard form.imageShape != nil, isMotion || ([1, 3].contains(form.channels) && profile.isUnit) else {
        throw SettingError(
          "model",
          "\(Swift.type(of: model).name) is for pictures, grey (28x28) or RGB (32x32x3), with values in [0, 1]; "
            + "\(data.source) has examples of \(Format.shape(form.shape))\(profile.isUnit ? "" : " with values outside"): "
            + "give --shape, or use --model mlp")
      }
    }
    if let likelihood = AnyModelSpecification(model).likelihood {
      try profile.check(likelihood, data.binarization, exampleShape: form.shape)
    }
    try model.validate(for: form)
    return RunConfiguration(data: data, examples: form, model: model, training: training, startedFrom: startedFrom)
  }

  /// The base's model, or the default of a kind with what the data ask for.
  private static func specification(
    _ type: any ModelSpecification.Type, base: RunConfiguration?, form: ExampleForm, profile: DataProfile
  ) -> any ModelSpecification {
    if let base, type == Swift.type(of: base.model.base) { return base.model.base }
    var model = type.init(for: form)
    if base == nil && profile.isUnit { return model }
    let old = base?.model.base
    if var part = model as? any InputScalingSetting {
      part.inputScaling = base == nil ? .standardize : (old as? any InputScalingSetting)?.inputScaling ?? .none
      model = part
    }
    if var part = model as? any LikelihoodSetting {
      // Real data outside [0, 1] get a Gaussian with free means.
      let free = LikelihoodSpecification(.gaussian, isBounded: false)
      part.likelihood = base == nil ? free : base?.model.likelihood ?? part.likelihood
      model = part
    }
    return model
  }

  /// What follows from other settings, unless it is asked for.
  private static func complete(
    _ model: inout any ModelSpecification, base: RunConfiguration?, overrides: some RunOverrides,
    data: DataConfiguration
  ) {
    // Dequantized values are never closer than their noise, so the floor can be as low as a logistic's.
    if base == nil && data.binarization == .dequantize && !overrides.setsLeastDeviation,
      var part = model as? any LikelihoodSetting
    {
      part.likelihood.scale?.leastDeviation = 0.001
      model = part
    }
    if base == nil, data.binarization == .none, var stacked = model as? StackedSpecification,
      var lower = stacked.features.base as? any InputScalingSetting
    {
      lower.inputScaling = .standardize
      stacked.features.base = lower
      model = stacked
    }
  }
}

extension InverseGraphics {
  /// Takes the factors that are asked for; where none are and there are none yet, all that don't say what is shown. Throws
  /// where the data do not have them.
  package mutating func choose(_ asked: [String]?, of profile: DataProfile) throws {
    guard let known = profile.factors else {
      throw ExperimentError(
        "--model dcign learns known factors, and \(profile.name) has none; scenes, yale-b, coil20 have ('vae data list')"
      )
    }
    let isNew = asked != nil || factors.isEmpty
    factors = asked ?? (factors.isEmpty ? known.waysOfShowing : factors)
    if let other = factors.first(where: { !known.names.contains($0) }) {
      throw SettingError(
        "factors", "\(profile.name) has no factor \(other), but \(known.names.joined(separator: ", "))")
    }
    guard isNew else { return }
    let circular = factors.filter { known.periods[$0] != nil }
    self.circular = circular.isEmpty ? nil : circular
  }
}
