import ArgumentParser
import Autoencoders
import Datasets

/// Flags of models that learn known factors, each with a latent of its own.
struct FactorOptions: ParsableArguments {
  @Option(
    help: """
      dcign: the known factors that get a latent each, two if they come round again, as in azimuth,light (default: all \
      that don't say what is shown, such as a class or a person). See 'vae data inspect'.
      """)
  var factors: String?
  @Option(
    help: "dcign: what an inactive latent's difference from the batch's mean counts in its gradient (default: 10).")
  var invariance: Float?
  @Option(help: "dcign: batches in which what is shown varies, for one of each factor (default: 10).")
  var identityWeight: Int?

  var isGiven: Bool { factors != nil || invariance != nil || identityWeight != nil }

  /// Completes a configuration by what is known of the data.
  func apply(to model: inout ModelConfiguration, _ data: Dataset) throws {
    guard model.family == .dcign else {
      if isGiven { throw ValidationError("--factors, --invariance and --identity-weight go with --model dcign") }
      model.graphics = nil
      return
    }
    guard let known = data.factors else {
      throw ValidationError(
        "--model dcign learns known factors, and \(data.name) has none; scenes, yale-b, coil20 have ('vae data list')")
    }
    var graphics = model.graphics ?? InverseGraphics(factors: [])
    if let factors {
      graphics.factors = factors.split(separator: ",").map(String.init)
    } else if graphics.factors.isEmpty {
      graphics.factors = known.waysOfShowing
    }
    if let other = graphics.factors.first(where: { !known.names.contains($0) }) {
      throw ValidationError(
        "--factors: \(data.name) has no factor \(other), but \(known.names.joined(separator: ", "))")
    }
    if factors != nil || model.graphics == nil {
      let circular = graphics.factors.filter { known.periods[$0] != nil }
      graphics.circular = circular.isEmpty ? nil : circular
    }
    if let invariance { graphics.invariance = invariance }
    if let identityWeight { graphics.identityWeight = identityWeight }
    model.graphics = graphics
  }
}

extension Dataset.Factors {
  /// Those that vary and don't say what is shown.
  var waysOfShowing: [String] {
    let count = values.count / names.count
    return names.filter { name in
      !identity.contains(name) && (1..<max(1, count)).contains { value(name, of: $0) != value(name, of: 0) }
    }
  }
}
