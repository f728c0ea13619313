import Foundation
import Tensors

/// p(z) = sum over k of weight_k N(z; mean_k, diag(deviation_k^2)).
public struct GaussianMixture: Sendable {
  /// Of each component, adding up to one.
  public let weights: [Double]
  /// [K, D]
  public let means: Tensor
  /// [K, D]
  public let deviations: Tensor
  private let packed: PackedGaussians

  /// A mixture of K diagonal Gaussians. Traps unless means and deviations are [K, D], with K weights.
  public init(weights: [Double], means: Tensor, deviations: Tensor) {
    let total = weights.reduce(0, +)
    require(total > 0, "GaussianMixture: weights add up to \(total); expected more than nothing")
    self.weights = weights.map { $0 / total }
    (self.means, self.deviations) = (means, deviations)
    packed = PackedGaussians(means: means, deviations: deviations, weights: self.weights)
  }

  /// K components of equal weight.
  public init(means: Tensor, deviations: Tensor) {
    self.init(weights: [Double](repeating: 1, count: means.shape[0]), means: means, deviations: deviations)
  }

  /// Components.
  public var count: Int { weights.count }
  /// Numbers in a draw.
  public var size: Int { packed.size }

  /// log p(z) in nats, z [..., D] to [...].
  public func logDensity(_ z: Tensor) -> Tensor { packed.logDensity(z) }

  /// p(k|z), [N, D] to [N, K], and log p(z), [N].
  public func responsibilities(_ z: Tensor) -> (shares: Tensor, logDensity: Tensor) { packed.responsibilities(z) }

  /// Draws, [count, D]: a component by weight, then from it. `temperature` scales the components' deviations.
  public func sample(_ count: Int, _ stream: RandomStream, temperature: Float = 1) -> Tensor {
    var limits = weights
    for k in limits.indices.dropFirst() { limits[k] += limits[k - 1] }
    let marks = stream["component"].uniform([count]).scalars
    let noise = stream["noise"].normal([count, size])
    return Tensor(shape: [count, size]) { out in
      let (m, s, e) = (means.pointer, deviations.pointer, noise.pointer)
      for row in 0..<count {
        let mark = Double(marks[row]) * limits[limits.count - 1]
        let k = limits.firstIndex { mark <= $0 } ?? limits.count - 1
        for d in 0..<size {
          out[row * size + d] = m[k * size + d] + temperature * s[k * size + d] * e[row * size + d]
        }
      }
    }
  }
}
