import Tensors
import _Differentiation

/// Where latents come from.
enum LatentSource {
  /// Standard normal numbers that q makes latents of; the cost is their divergence from N(0, I).
  case noise(DivergenceForm)
  /// They are given; the cost is log q.
  case given
}

/// Latents of one group, and what they cost.
struct LatentStep: Differentiable {
  /// [N, L]
  var z: Tensor
  /// [N, 1], nats.
  var cost: Tensor
}

extension DiagonalGaussian {
  /// Latents that `values` [N, L] make, one row for each Gaussian, and what they cost.
  @differentiable(reverse,wrt: self)
  func step(_ values: Tensor, _ source: LatentSource) -> LatentStep {
    let rows = withoutDerivative(at: values.shape.prepending(1))
    let column = withoutDerivative(at: Shape([values.shape[0], 1]))
    let flat = withoutDerivative(at: values.reshaped(to: rows))
    switch source {
    case .noise(let form):
      let draw = draw(noise: flat, divergence: form)
      return LatentStep(
        z: draw.z.reshaped(to: withoutDerivative(at: values.shape)),
        cost: draw.divergence.sumOverLast().reshaped(to: column))
    case .given:
      return LatentStep(z: withoutDerivative(at: values), cost: logDensity(of: flat).reshaped(to: column))
    }
  }
}
