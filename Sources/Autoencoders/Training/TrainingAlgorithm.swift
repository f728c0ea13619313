/// How a batch comes to change the weights. Order, batches, optimizer and checkpoints are the same for all.
public enum TrainingAlgorithm: String, Codable, Sendable, CaseIterable {
  /// Auto-encoding variational Bayes: up the gradient of a bound (Kingma and Welling 2014).
  case variational = "aevb"
  /// The decoder learns from data and q's latents, the encoder from dreams (Hinton et al. 1995).
  case wakeSleep = "wake-sleep"
  /// The decoder learns from data and latents of the posterior itself, drawn by Hamiltonian Monte Carlo; there is no
  /// q(z|x), and the encoder stays as it began (the baseline of Kingma and Welling 2014).
  case monteCarloEM = "mcem"

  /// Whether it trains q(z|x).
  public var learnsEncoder: Bool { self != .monteCarloEM }

  /// How often each visit of an example asks for p(x, z) and a gradient of it: once, but for Monte Carlo EM, which takes
  /// leapfrog steps from where the chain is and then several steps of the weights.
  public var evaluationsPerExample: Int {
    self == .monteCarloEM ? 1 + MonteCarloEM.leapfrogs + MonteCarloEM.updates : 1
  }
}

extension TrainingSettings {
  /// The setting that can't train `model`, and why; nil if all can.
  public func problem(for model: some LatentVariableModel) -> SettingError? {
    if let problem { return SettingError("objective", problem) }
    guard model.trainingAlgorithms.contains(algorithm ?? .variational) else {
      return SettingError(
        "algorithm",
        model.hasPosteriorDensity
          ? "the model is learned with a bound alone; use aevb"
          : "wake-sleep needs log q(z|x) of given latents, which leapfrogs leave unknown; use aevb")
    }
    // One diagonal Gaussian for all latents, and N(0, I) as their prior.
    if model is any GaussianAutoencoder { return nil }
    let are = "for latents that one diagonal Gaussian gives, under N(0, I); those of this model are others"
    if objective.divergence == .doublyReparameterized {
      return SettingError("objective", "doubly reparameterised gradients are \(are): use iwae")
    }
    if objective.totalCorrelation != nil {
      return SettingError("objective", "charges for total correlation, btcvae and factor, are \(are): use elbo")
    }
    return nil
  }

  /// Why these settings don't go together; nil if they do.
  public var problem: String? {
    if let problem = objective.problem { return problem }
    let plain = Objective(samples: algorithm == .monteCarloEM ? 1 : objective.samples)
    guard let algorithm, algorithm != .variational, objective != plain else { return nil }
    return "\(algorithm.rawValue) maximises no bound: objective, divergence, beta, KL warm-up and free bits have no "
      + "meaning with it\(algorithm == .monteCarloEM ? ", and there is one draw for each example" : "")"
  }
}
