import CKernels
import _Differentiation

/// Draws of z, and what they cost.
public struct GaussianDraw: Differentiable, Sendable {
  /// [K, B, D]
  public var z: Tensor
  /// log q(z|x) - log p(z), each element, [K, B, D].
  public var logRatio: Tensor

  /// A draw of the given parts.
  @differentiable(reverse)
  public init(z: Tensor, logRatio: Tensor) { (self.z, self.logRatio) = (z, logRatio) }
}

/// Whose gradient a draw passes on to mean and log-variance, besides that of the bound as a function of all there is.
public enum PathGradient: Sendable {
  /// The path through z; the parameters of log q(z|x) count as constants. Their own gradient has expectation zero and
  /// leaves only noise behind: Roeder, Wu and Duvenaud 2017, *Sticking the landing*.
  case stickingTheLanding
  /// The same, and each draw's part is weighted once more by its normalised importance weight: the gradient of the
  /// importance-weighted bound whose noise does not outgrow it with K (Tucker et al. 2019, *Doubly reparameterized
  /// gradient estimators*).
  case doublyReparameterized
}

/// z = mean + exp(logVariance / 2) noise and its log q(z|x) - log p(z), with a gradient that takes the path through z only.
///
/// mean and logVariance [B, D], noise [K, B, D]. The values are those of ``gaussianSample(_:_:noise:)`` and
/// ``gaussianLogRatio(_:_:noise:)``. The pullback is not the derivative of a function: it is an estimator of the bound's
/// gradient, of less variance. Doubly reparameterised, it reads the importance weights off the cotangent of `logRatio`,
/// which for log(mean(w)) is proportional to them; that is why both values come from one operation.
@differentiable(reverse,wrt: (mean, logVariance))
public func gaussianDraw(
  _ mean: Tensor, _ logVariance: Tensor, noise: Tensor, gradient: PathGradient
) -> GaussianDraw {
  let z = gaussianSample(mean, logVariance, noise: noise)
  return GaussianDraw(z: z, logRatio: gaussianLogRatio(z, logVariance, noise: noise))
}

@derivative(of: gaussianDraw, wrt: (mean, logVariance))
@usableFromInline
func vjpGaussianDraw(_ mean: Tensor, _ logVariance: Tensor, noise: Tensor, gradient: PathGradient) -> (
  value: GaussianDraw, pullback: (GaussianDraw.TangentVector) -> (Tensor, Tensor)
) {
  let draw = gaussianDraw(mean, logVariance, noise: noise, gradient: gradient)
  let z = draw.z
  return (
    draw,
    { d in
      if d.z.isSymbolicZero && d.logRatio.isSymbolicZero { return (.zero, .zero) }
      require(
        gradient == .stickingTheLanding || !d.logRatio.isSymbolicZero,
        "Gaussian draw: a doubly reparameterised gradient needs a bound in which the divergence counts")
      let zeros = Tensor(repeating: 0, shape: z.shape)
      let (dz, dRatio) = (d.z.isSymbolicZero ? zeros : d.z, d.logRatio.isSymbolicZero ? zeros : d.logRatio)
      var dLogVariance = Tensor.zero
      let dMean = Tensor(shape: mean.shape) { dMean in
        dLogVariance = Tensor(shape: mean.shape) {
          ck_gaussian_path_gradient(
            z.pointer, logVariance.pointer, noise.pointer, dz.pointer, dRatio.pointer,
            gradient == .doublyReparameterized ? 1 : 0, dMean, $0, z.shape[0], mean.count)
        }
      }
      return (dMean, dLogVariance)
    }
  )
}
