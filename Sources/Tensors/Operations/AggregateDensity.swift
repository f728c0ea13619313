import CKernels
import Foundation
import _Differentiation

/// Log densities of draws under q(z), in nats: of all numbers together, and of each alone.
public struct AggregateDensity: Differentiable, Sendable {
  /// log q(z), [K, B].
  public var joint: Tensor
  /// log q(z_d), [K, B, D].
  public var marginals: Tensor

  /// Both densities.
  @differentiable(reverse)
  public init(joint: Tensor, marginals: Tensor) { (self.joint, self.marginals) = (joint, marginals) }
}

/// log q(z) and log q(z_d) of draws z [K, B, D] from N(mean, diag exp(logVariance)), each [B, D], where q(z) is the mean of
/// the Gaussians of `examples` examples, of which the B are a random choice.
///
/// q is estimated by strata (Chen et al. 2018, appendix C): a draw's own Gaussian, without which nothing may be near it, counts
/// for itself, 1/N, and the other B - 1 for all others, (N - 1) / N (B - 1) each. q(z), not its logarithm, is then right on
/// average over batches, and exact where the batch is all examples. It costs B^2 K D.
///
/// Traps unless shapes agree and there are at least B examples.
@differentiable(reverse,wrt: (z, mean, logVariance))
public func aggregateLogDensity(
  _ z: Tensor, _ mean: Tensor, _ logVariance: Tensor, of examples: Int
) -> AggregateDensity {
  let gaussians = BatchOfGaussians(mean, logVariance, examples: examples)
  return gaussians.density(z)
}

@derivative(of: aggregateLogDensity, wrt: (z, mean, logVariance))
@usableFromInline
func vjpAggregateLogDensity(_ z: Tensor, _ mean: Tensor, _ logVariance: Tensor, of examples: Int) -> (
  value: AggregateDensity, pullback: (AggregateDensity.TangentVector) -> (Tensor, Tensor, Tensor)
) {
  let gaussians = BatchOfGaussians(mean, logVariance, examples: examples)
  let density = gaussians.density(z)
  return (density, { gaussians.gradient($0.joint, $0.marginals, at: density, of: z) })
}

/// The Gaussians of a batch, laid out for the kernels, and their weights.
private struct BatchOfGaussians {
  let batch: Int
  let size: Int
  let packed: Tensor
  let logOwn: Float
  let logOther: Float

  init(_ mean: Tensor, _ logVariance: Tensor, examples: Int) {
    require(
      mean.shape.rank == 2 && logVariance.shape == mean.shape && mean.count > 0,
      "aggregate density: mean \(mean.shape) and log-variance \(logVariance.shape); expected [B, D] twice")
    let (batch, size) = (mean.shape[0], mean.shape[1])
    require(examples >= batch, "aggregate density: a batch of \(batch) out of \(examples) examples")
    packed = Tensor(shape: [size, 3, batch]) {
      ck_aggregate_pack(mean.pointer, logVariance.pointer, $0, batch, size)
    }
    logOwn = -Foundation.log(Float(examples))
    // There are no others in a batch of one; any weight will do.
    logOther = batch > 1 ? Foundation.log(Float(examples - 1) / (Float(examples) * Float(batch - 1))) : logOwn
    (self.batch, self.size) = (batch, size)
  }

  func density(_ z: Tensor) -> AggregateDensity {
    require(
      z.shape.rank == 3 && z.shape[1] == batch && z.shape[2] == size,
      "aggregate density: draws \(z.shape) of Gaussians [\(batch), \(size)]; expected [draws] + their shape")
    var marginals = Tensor.zero
    let joint = Tensor(shape: z.shape.dropLast) { joint in
      marginals = Tensor(shape: z.shape) { marginals in
        withScratch(rows: 3) {
          ck_aggregate_log_density(
            z.pointer, packed.pointer, logOwn, logOther, joint, marginals, $0, z.shape[0] * batch, batch, size)
        }
      }
    }
    return AggregateDensity(joint: joint, marginals: marginals)
  }

  func gradient(
    _ joint: Tensor, _ marginals: Tensor, at density: AggregateDensity, of z: Tensor
  ) -> (Tensor, Tensor, Tensor) {
    if joint.isSymbolicZero && marginals.isSymbolicZero { return (.zero, .zero, .zero) }
    let dJoint = joint.isSymbolicZero ? Tensor(repeating: 0, shape: density.joint.shape) : joint
    let dMarginals = marginals.isSymbolicZero ? Tensor(repeating: 0, shape: z.shape) : marginals
    var (dMean, dLogVariance) = (Tensor.zero, Tensor.zero)
    let dz = Tensor(shape: z.shape) { dz in
      dMean = Tensor(shape: [batch, size]) { dMean in
        dLogVariance = Tensor(shape: [batch, size]) { dLogVariance in
          withScratch(rows: 2 * (1 + size)) {
            ck_aggregate_gradient(
              z.pointer, packed.pointer, logOwn, logOther, density.joint.pointer, density.marginals.pointer,
              dJoint.pointer, dMarginals.pointer, dz, dMean, dLogVariance, $0, z.shape[0] * batch, batch, size)
          }
        }
      }
    }
    return (dz, dMean, dLogVariance)
  }

  /// Room for `rows` numbers of each Gaussian.
  private func withScratch(rows: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    _ = Tensor(shape: [rows, batch], filledBy: body)
  }
}
