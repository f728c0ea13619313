import CKernels
import _Differentiation

// In all likelihoods of this folder a number of x that is NaN is missing: it adds nothing to the sum, and the gradient of
// its parameters is zero.

/// log p(x) under independent Bernoulli variables, from logits: logits [K, B, D], x [B, D] in [0, 1] to [K, B], in nats.
///
/// sum of x l - log(1 + e^l), exact for any finite logit.
@differentiable(reverse,wrt: logits)
public func bernoulliLogProbability(_ logits: Tensor, of x: Tensor) -> Tensor {
  let (draws, batch, size) = likelihoodSizes(logits, x, "Bernoulli")
  return Tensor(shape: [draws, batch]) {
    ck_bernoulli_log_probability(logits.pointer, x.pointer, $0, nil, draws, batch, size)
  }
}

@derivative(of: bernoulliLogProbability, wrt: logits)
@usableFromInline
func vjpBernoulliLogProbability(_ logits: Tensor, of x: Tensor) -> (value: Tensor, pullback: (Tensor) -> Tensor) {
  let (draws, batch, size) = likelihoodSizes(logits, x, "Bernoulli")
  // The forward pass has exp(-|l|) at hand, so it also writes the derivative x - sigmoid(l).
  var value = Tensor.zero
  let residual = Tensor(shape: logits.shape) { residual in
    value = Tensor(shape: [draws, batch]) {
      ck_bernoulli_log_probability(logits.pointer, x.pointer, $0, residual, draws, batch, size)
    }
  }
  return (
    value,
    { dy in
      if dy.isSymbolicZero { return .zero }
      return Tensor(shape: residual.shape) { ck_scale_rows(residual.pointer, dy.pointer, $0, draws * batch, size) }
    }
  )
}

/// log density of x under independent normal variables: mean and logVariance [K, B, D], x [B, D] to [K, B], in nats.
@differentiable(reverse,wrt: (mean, logVariance))
public func gaussianLogProbability(_ mean: Tensor, _ logVariance: Tensor, of x: Tensor) -> Tensor {
  let (draws, batch, size) = likelihoodSizes(mean, x, "Gaussian")
  require(
    logVariance.shape == mean.shape, "Gaussian: mean \(mean.shape) and log-variance \(logVariance.shape) differ")
  return Tensor(shape: [draws, batch]) {
    ck_gaussian_log_probability(mean.pointer, logVariance.pointer, x.pointer, $0, draws, batch, size)
  }
}

@derivative(of: gaussianLogProbability, wrt: (mean, logVariance))
@usableFromInline
func vjpGaussianLogProbability(_ mean: Tensor, _ logVariance: Tensor, of x: Tensor) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
) {
  (
    gaussianLogProbability(mean, logVariance, of: x),
    { dy in
      if dy.isSymbolicZero { return (.zero, .zero) }
      let (draws, batch, size) = likelihoodSizes(mean, x, "Gaussian")
      var dLogVariance = Tensor.zero
      let dMean = Tensor(shape: mean.shape) { dMean in
        dLogVariance = Tensor(shape: mean.shape) {
          ck_gaussian_log_probability_gradient(
            mean.pointer, logVariance.pointer, x.pointer, dy.pointer, dMean, $0, draws, batch, size)
        }
      }
      return (dMean, dLogVariance)
    }
  )
}

/// log p(x) under independent logistic variables in 256 bins: location and logScale [K, B, D], x [B, D] of multiples of
/// 1/255 to [K, B], in nats.
///
/// The mass of a bin is sigmoid((x + 1/510 - location) / scale) - sigmoid((x - 1/510 - location) / scale); that of 0 and of
/// 1 takes in all below and above (Salimans et al. 2017, eq. 2). Finite whatever the parameters.
@differentiable(reverse,wrt: (location, logScale))
public func discretizedLogisticLogProbability(_ location: Tensor, _ logScale: Tensor, of x: Tensor) -> Tensor {
  let (draws, batch, size) = likelihoodSizes(location, x, "discretized logistic")
  require(
    logScale.shape == location.shape,
    "discretized logistic: location \(location.shape) and log-scale \(logScale.shape) differ")
  return Tensor(shape: [draws, batch]) {
    ck_logistic_log_probability(location.pointer, logScale.pointer, x.pointer, $0, draws, batch, size)
  }
}

@derivative(of: discretizedLogisticLogProbability, wrt: (location, logScale))
@usableFromInline
func vjpDiscretizedLogisticLogProbability(_ location: Tensor, _ logScale: Tensor, of x: Tensor) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
) {
  (
    discretizedLogisticLogProbability(location, logScale, of: x),
    { dy in
      if dy.isSymbolicZero { return (.zero, .zero) }
      let (draws, batch, size) = likelihoodSizes(location, x, "discretized logistic")
      var dLogScale = Tensor.zero
      let dLocation = Tensor(shape: location.shape) { dLocation in
        dLogScale = Tensor(shape: location.shape) {
          ck_logistic_log_probability_gradient(
            location.pointer, logScale.pointer, x.pointer, dy.pointer, dLocation, $0, draws, batch, size)
        }
      }
      return (dLocation, dLogScale)
    }
  )
}

/// Traps unless the parameters [draws, batch, size] go with the data [batch, size].
func likelihoodSizes(_ parameters: Tensor, _ x: Tensor, _ name: String) -> (draws: Int, batch: Int, size: Int) {
  require(
    parameters.shape.rank == 3 && x.shape.rank == 2 && parameters.shape[1] == x.shape[0]
      && parameters.shape[2] == x.shape[1],
    "\(name) likelihood: expected parameters [draws, batch, size] for data [batch, size], got \(parameters.shape) for "
      + "\(x.shape)")
  return (parameters.shape[0], x.shape[0], x.shape[1])
}
