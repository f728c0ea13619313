import CKernels
import Foundation

/// Many weighted diagonal Gaussians, laid out so that points are compared with 32 of them at a time.
///
/// Density of z: sum over k of weight_k N(z; mean_k, diag(deviation_k^2)). Nothing here grows with points times Gaussians
/// but ``responsibilities(_:)``. Not differentiable.
public struct PackedGaussians: Sendable {
  /// How many.
  public let count: Int
  /// Numbers in a point.
  public let size: Int
  private let panels: Tensor

  /// Means and deviations [K, D] and K weights. Traps unless they fit; a weight of zero is allowed.
  public init(means: Tensor, deviations: Tensor, weights: [Double]) {
    require(
      means.shape.rank == 2 && deviations.shape == means.shape && weights.count == means.shape[0] && means.count > 0,
      "PackedGaussians: means \(means.shape), deviations \(deviations.shape) and \(weights.count) weights; expected "
        + "[K, D] twice and K, none of them zero")
    (count, size) = (means.shape[0], means.shape[1])
    let (count, size) = (count, size)
    let constants = Tensor(shape: [count]) { out in
      let s = deviations.pointer
      for k in 0..<count {
        var logarithms = 0.0
        for d in 0..<size { logarithms += Foundation.log(Double(s[k * size + d])) }
        // A weight of zero has no logarithm; this one is as good.
        let weight = Foundation.log(max(weights[k], 1e-300))
        out[k] = Float(weight - logarithms - 0.5 * Double(size) * Foundation.log(2 * Double.pi))
      }
    }
    panels = Tensor(shape: [ck_mixture_panels(count), 2 * size + 1, CK_PANEL]) {
      ck_mixture_pack(means.pointer, deviations.pointer, constants.pointer, $0, count, size)
    }
  }

  /// log of the weighted sum of densities, in nats: z [..., D] to [...]. About 1e-6 of its size off.
  public func logDensity(_ z: Tensor) -> Tensor {
    checkSize(z)
    return Tensor(shape: z.shape.dropLast) {
      ck_mixture_log_density(z.pointer, panels.pointer, $0, z.count / size, count, size)
    }
  }

  /// The part of each Gaussian in the density at each point: z [N, D] to [N, K], rows adding up to one; and
  /// ``logDensity(_:)`` beside it, [N].
  public func responsibilities(_ z: Tensor) -> (shares: Tensor, logDensity: Tensor) {
    checkSize(z)
    var logDensity = Tensor.zero
    let shares = Tensor(shape: z.shape.dropLast.appending(count)) { shares in
      logDensity = Tensor(shape: z.shape.dropLast) {
        ck_mixture_responsibilities(z.pointer, panels.pointer, shares, $0, z.count / size, count, size)
      }
    }
    return (shares, logDensity)
  }

  private func checkSize(_ z: Tensor) {
    require(
      z.shape.rank > 0 && z.shape[-1] == size, "PackedGaussians: points \(z.shape); expected \(size) numbers in each")
  }
}

/// Sums over points, weighed by the share that each of K components has in them: what a mixture's next step is made of.
public struct MixtureMoments: Sendable {
  /// Sum of shares, [K].
  public private(set) var weights: [Double]
  /// Sum of share times z, [K, D].
  public private(set) var sums: [Double]
  /// Sum of share times z^2, [K, D].
  public private(set) var squares: [Double]

  /// No points yet.
  public init(components: Int, size: Int) {
    weights = [Double](repeating: 0, count: components)
    sums = [Double](repeating: 0, count: components * size)
    squares = sums
  }

  /// Adds points [N, D] with shares [N, K].
  public mutating func add(_ z: Tensor, shares: Tensor) {
    let (rows, components) = (z.shape[0], weights.count)
    require(
      shares.count == rows * components && z.count * components == rows * sums.count,
      "MixtureMoments: points \(z.shape) with shares \(shares.shape) for \(components) components")
    ck_mixture_moments(z.pointer, shares.pointer, &weights, &sums, &squares, rows, components, z.shape[1])
  }

  /// Adds what was added to another.
  public mutating func add(_ other: MixtureMoments) {
    for k in weights.indices { weights[k] += other.weights[k] }
    for i in sums.indices {
      sums[i] += other.sums[i]
      squares[i] += other.squares[i]
    }
  }
}
