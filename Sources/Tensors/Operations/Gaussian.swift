import CKernels
import _Differentiation

/// z = mean + exp(logVariance / 2) noise: mean and logVariance [B, D], noise [K, B, D] to [K, B, D].
///
/// The reparameterisation of Kingma and Welling 2014: K draws from N(mean, exp(logVariance)) that gradients pass through.
@differentiable(reverse,wrt: (mean, logVariance))
public func gaussianSample(_ mean: Tensor, _ logVariance: Tensor, noise: Tensor) -> Tensor {
  let (n, draws) = drawsOf(noise, like: mean, logVariance)
  return Tensor(shape: noise.shape) {
    ck_gaussian_sample(mean.pointer, logVariance.pointer, noise.pointer, $0, draws, n)
  }
}

@derivative(of: gaussianSample, wrt: (mean, logVariance))
@usableFromInline
func vjpGaussianSample(_ mean: Tensor, _ logVariance: Tensor, noise: Tensor) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
) {
  (
    gaussianSample(mean, logVariance, noise: noise),
    { dz in
      if dz.isSymbolicZero { return (.zero, .zero) }
      let (n, draws) = drawsOf(noise, like: mean, logVariance)
      var dLogVariance = Tensor.zero
      let dMean = Tensor(shape: mean.shape) { dMean in
        dLogVariance = Tensor(shape: mean.shape) {
          ck_gaussian_sample_gradient(logVariance.pointer, noise.pointer, dz.pointer, dMean, $0, draws, n)
        }
      }
      return (dMean, dLogVariance)
    }
  )
}

/// The divergence of N(mean, exp(logVariance)) from N(0, 1), each element, in nats: (m^2 + e^v - 1 - v) / 2.
@differentiable(reverse)
public func gaussianDivergence(_ mean: Tensor, _ logVariance: Tensor) -> Tensor {
  require(
    mean.shape == logVariance.shape,
    "Gaussian divergence: mean \(mean.shape) and log-variance \(logVariance.shape) differ")
  return Tensor(shape: mean.shape) { ck_gaussian_divergence(mean.pointer, logVariance.pointer, $0, mean.count) }
}

@derivative(of: gaussianDivergence)
@usableFromInline
func vjpGaussianDivergence(_ mean: Tensor, _ logVariance: Tensor) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
) {
  (
    gaussianDivergence(mean, logVariance),
    { dy in
      if dy.isSymbolicZero { return (.zero, .zero) }
      var dLogVariance = Tensor.zero
      let dMean = Tensor(shape: mean.shape) { dMean in
        dLogVariance = Tensor(shape: mean.shape) {
          ck_gaussian_divergence_gradient(mean.pointer, logVariance.pointer, dy.pointer, dMean, $0, mean.count)
        }
      }
      return (dMean, dLogVariance)
    }
  )
}

/// log q(z|x) - log p(z), each element, at the draw z that `noise` gave: z and noise [K, B, D], logVariance [B, D].
///
/// With z = mean + exp(v / 2) e this is (z^2 - e^2 - v) / 2; the mean enters through z alone.
@differentiable(reverse,wrt: (z, logVariance))
public func gaussianLogRatio(_ z: Tensor, _ logVariance: Tensor, noise: Tensor) -> Tensor {
  let (n, draws) = drawsOf(noise, like: logVariance, logVariance)
  require(z.shape == noise.shape, "Gaussian posterior: z \(z.shape) and its noise \(noise.shape) differ")
  return Tensor(shape: z.shape) { ck_gaussian_log_ratio(z.pointer, logVariance.pointer, noise.pointer, $0, draws, n) }
}

@derivative(of: gaussianLogRatio, wrt: (z, logVariance))
@usableFromInline
func vjpGaussianLogRatio(_ z: Tensor, _ logVariance: Tensor, noise: Tensor) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
) {
  (
    gaussianLogRatio(z, logVariance, noise: noise),
    { dy in
      if dy.isSymbolicZero { return (.zero, .zero) }
      let (n, draws) = drawsOf(noise, like: logVariance, logVariance)
      var dLogVariance = Tensor.zero
      let dz = Tensor(shape: z.shape) { dz in
        dLogVariance = Tensor(shape: logVariance.shape) {
          ck_gaussian_log_ratio_gradient(z.pointer, dy.pointer, dz, $0, draws, n)
        }
      }
      return (dz, dLogVariance)
    }
  )
}

private func drawsOf(_ noise: Tensor, like mean: Tensor, _ logVariance: Tensor) -> (n: Int, draws: Int) {
  require(
    mean.shape == logVariance.shape && noise.shape.rank == mean.shape.rank + 1
      && noise.shape[0] > 0 && noise.count == noise.shape[0] * mean.count,
    "Gaussian posterior: mean \(mean.shape) and log-variance \(logVariance.shape) must agree, noise \(noise.shape) "
      + "must be [draws] + their shape, with at least one draw")
  return (mean.count, noise.shape[0])
}
