import ArgumentParser
import Autoencoders

/// Flags of a FactorVAE, and what they and --objective make of the charge for total correlation.
struct TotalCorrelationOptions: ParsableArguments {
  @Option(help: "factor: the total correlation's weight beside the elbo (default: 35).") var gamma: Float?
  @Option(
    help: """
      factor: widths of the hidden layers of the discriminator that knows the total correlation \
      (default: 1000,1000,1000,1000,1000,1000).
      """)
  var discriminator: NumberList<Int>?
  @Option(help: "factor: the discriminator's step size (default: 0.0001).") var discriminatorRate: Float?

  var isGiven: Bool { gamma != nil || discriminator != nil || discriminatorRate != nil }

  /// The charge that these flags, `--objective` and `--beta` make together, over that of a run that is begun from.
  func charge(
    _ objective: ObjectiveName?, beta: Float?, over old: TotalCorrelation?
  ) throws -> TotalCorrelation? {
    let estimator: TotalCorrelation.Estimator? =
      switch objective {
      case .btcvae: .minibatch
      case .factor: .discriminator
      case nil: old?.estimator
      default: nil
      }
    if isGiven && estimator != .discriminator {
      throw ValidationError("--gamma, --discriminator and --discriminator-rate go with --objective factor")
    }
    let before = old?.estimator == estimator ? old : nil
    switch estimator {
    case nil: return nil
    case .minibatch:
      return TotalCorrelation(.minibatch, weight: beta.map { $0 - 1 } ?? before?.weight ?? 5)
    case .discriminator:
      return TotalCorrelation(
        .discriminator, weight: try weight(over: before), discriminator: try settings(over: before?.discriminator))
    }
  }

  private func weight(over old: TotalCorrelation?) throws -> Float {
    let weight = gamma ?? old?.weight ?? 35
    guard weight >= 0 && weight.isFinite else {
      throw ValidationError("--gamma must be at least 0 and finite; got \(weight)")
    }
    return weight
  }

  private func settings(over old: DiscriminatorSettings?) throws -> DiscriminatorSettings {
    var settings = old ?? DiscriminatorSettings()
    if let discriminator {
      settings.hidden = discriminator.values
      guard settings.hidden.count <= 100 && settings.hidden.allSatisfy({ 1...100_000 ~= $0 }) else {
        throw ValidationError("--discriminator takes up to 100 widths, as in 1000,1000; got \(discriminator)")
      }
    }
    if let discriminatorRate { settings.rate = discriminatorRate }
    guard settings.rate > 0 && settings.rate.isFinite else {
      throw ValidationError("--discriminator-rate must be above zero and finite")
    }
    return settings
  }
}
