import Tensors
import _Differentiation

/// A way through all levels: the latents met, side by side in their order, and their log-densities.
struct Climb: Differentiable {
  /// The latents of the level reached, [N, L].
  var latest: Tensor
  /// Those of all levels so far.
  var latents: Tensor
  /// log q or log p of each level's latents, [N, levels], nats.
  var densities: Tensor
}

/// Latents of all levels so far, and the logarithm of how much wider they are than in units of their prior.
struct Placement: Differentiable {
  /// The latents of the level reached, [N, L].
  var latest: Tensor
  /// Those of all levels so far.
  var latents: Tensor
  /// [N]
  var logScale: Tensor
}

extension DiagonalGaussian {
  /// Latents [N, L] that `values` make and log q of them, [N, 1].
  @differentiable(reverse)
  func climbed(_ values: Tensor, _ source: LatentSource) -> LatentStep {
    let z = drawn(values, source)
    let judge = isPathwise(source) ? withoutDerivative(at: self) : self
    return LatentStep(z: z, cost: judge.column(of: z))
  }

  /// The values themselves where they are given, else what they make as noise.
  @differentiable(reverse)
  func drawn(_ values: Tensor, _ source: LatentSource) -> Tensor {
    if case .given = source { return values }
    return placed(values)
  }

  /// log q of latents z [N, L], one for each Gaussian, as a column [N, 1].
  @differentiable(reverse)
  func column(of z: Tensor) -> Tensor {
    let apart = (z - mean) * exp(-0.5 * logVariance)
    let sum = -0.5 * (square(apart) + logVariance + logTwoPi).sumOverLast()
    return sum.reshaped(to: withoutDerivative(at: Shape([z.shape[0], 1])))
  }
}

/// Whether densities count as functions of the draws alone.
private func isPathwise(_ source: LatentSource) -> Bool {
  if case .noise(.pathwise) = source { return true }
  return false
}

extension ConditionalLevel {
  /// One level up.
  @differentiable(reverse,wrt: (self, climb, values))
  func climbing(_ climb: Climb, _ values: Tensor, _ source: LatentSource) -> Climb {
    let q = self(climb.latest)
    let z = q.drawn(values.columns(range), source)
    // Constant weights, but not constant latents below.
    let judged = isPathwise(source) ? withoutDerivative(at: self)(climb.latest) : q
    return Climb(
      latest: z, latents: climb.latents.joined(with: z),
      densities: climb.densities.joined(with: judged.column(of: z)))
  }

  /// One level down, where all latents are known. What it collects as latents are those in units of their prior.
  @differentiable(reverse)
  func descending(_ pass: Climb, _ latents: Tensor) -> Climb {
    let prior = self(pass.latest)
    let z = latents.columns(range)
    let units = (z - prior.mean) * exp(-0.5 * prior.logVariance)
    return Climb(
      latest: z, latents: units.joined(with: pass.latents),
      densities: prior.column(of: z).joined(with: pass.densities))
  }

  /// One level down from latents in units of their prior.
  @differentiable(reverse)
  func placing(_ pass: Placement, _ units: Tensor) -> Placement {
    let prior = self(pass.latest)
    let z = prior.placed(units.columns(range))
    return Placement(
      latest: z, latents: z.joined(with: pass.latents),
      logScale: pass.logScale + 0.5 * prior.logVariance.sumOverLast())
  }
}
