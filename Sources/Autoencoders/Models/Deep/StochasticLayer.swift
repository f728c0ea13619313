import Networks
import Tensors
import _Differentiation

/// A layer of a deep latent Gaussian model: h = T(h above) + G xi with xi ~ N(0, I) (Rezende, Mohamed and Wierstra 2014,
/// equation 3).
public struct StochasticLayer: Differentiable, Sendable {
  /// T, with a nonlinearity.
  public var transform: Stack<Dense>
  /// G, which is linear.
  public var injection: Dense
  /// Which of an example's latents are this layer's xi.
  @noDerivative public let range: Range<Int>

  /// h of this layer, from that of the layer above and all latents, each [K, B, ...].
  @differentiable(reverse)
  public func callAsFunction(_ above: Tensor, _ latents: Tensor) -> Tensor {
    transform(above) + injection(latents.columns(range))
  }
}
