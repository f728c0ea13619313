import CKernels
import Foundation
import _Differentiation

/// log of sum over k of exp(logWeight_k) N(z; mean_k, diag exp(logVariance_k)), in nats: z [..., D], mean and logVariance
/// [K, D], logWeight [K] to [...]. Differentiable in all of them.
@differentiable(reverse)
public func mixtureLogDensity(_ z: Tensor, _ mean: Tensor, _ logVariance: Tensor, _ logWeight: Tensor) -> Tensor {
  packed(mean, logVariance, logWeight).logDensity(z)
}

@derivative(of: mixtureLogDensity)
@usableFromInline
func vjpMixtureLogDensity(_ z: Tensor, _ mean: Tensor, _ logVariance: Tensor, _ logWeight: Tensor) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor, Tensor, Tensor)
) {
  let (components, size) = (mean.shape[0], mean.shape[1])
  let rows = z.count / size
  let (shares, value) = packed(mean, logVariance, logWeight).responsibilities(z.reshaped(to: [rows, size]))
  return (
    value.reshaped(to: z.shape.dropLast),
    { dy in
      if dy.isSymbolicZero { return (.zero, .zero, .zero, .zero) }
      var (dMean, dLogVariance, dLogWeight) = (Tensor.zero, Tensor.zero, Tensor.zero)
      let dz = Tensor(shape: z.shape) { dz in
        dMean = Tensor(shape: mean.shape) { dMean in
          dLogVariance = Tensor(shape: mean.shape) { dLogVariance in
            dLogWeight = Tensor(shape: logWeight.shape) {
              ck_mixture_gradient(
                z.pointer, mean.pointer, logVariance.pointer, shares.pointer, dy.pointer, dz, dMean, dLogVariance, $0,
                rows, components, size)
            }
          }
        }
      }
      return (dz, dMean, dLogVariance, dLogWeight)
    }
  )
}

private func packed(_ mean: Tensor, _ logVariance: Tensor, _ logWeight: Tensor) -> PackedGaussians {
  PackedGaussians(
    means: mean, deviations: exp(0.5 * logVariance), weights: logWeight.scalars.map { Foundation.exp(Double($0)) })
}
