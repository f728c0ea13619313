import Foundation
import Tensors
import _Differentiation

/// q(y, z|x) = q(y|x) q(z|x, y): a class, and a diagonal Gaussian for each class. Where the class is known, it is that.
public struct ClassPosterior: Differentiable, Sendable {
  /// log q(y|x), [C, B], whether or not the class is known.
  public var logClass: Tensor
  /// q(z|x, y) of all classes: [C B, L], class by class.
  public var gaussians: DiagonalGaussian
  @noDerivative let known: KnownClasses

  @differentiable(reverse,wrt: (logClass, gaussians))
  init(logClass: Tensor, gaussians: DiagonalGaussian, known: KnownClasses) {
    (self.logClass, self.gaussians, self.known) = (logClass, gaussians, known)
  }

  /// How much each class counts, [C, B]: one where it is known, else q(y|x).
  @differentiable(reverse)
  var weights: Tensor { exp(logClass) * withoutDerivative(at: known.unknown) + withoutDerivative(at: known.oneHot) }

  /// KL(q(y|x) || p(y)) for uniform p(y) where the class is unknown, -log p(y) where it is known: [B], nats.
  @differentiable(reverse)
  var classDivergence: Tensor {
    let logCount = withoutDerivative(at: logOf(logClass.shape[0]))
    let classes = withoutDerivative(at: logClass.shape[0])
    let negativeEntropy = (weights * logClass * withoutDerivative(at: known.unknown)).summed(overClasses: classes)
    return negativeEntropy.reshaped(to: withoutDerivative(at: [logClass.shape[1]])) + logCount
  }

  /// log q(y|x) of classes that are known, 0 of others: [1, B].
  @differentiable(reverse)
  var logOfKnown: Tensor {
    (logClass * withoutDerivative(at: known.oneHot)).summed(overClasses: withoutDerivative(at: logClass.shape[0]))
  }

  /// log q(z|x) of latents [K, B, L], the class summed out unless it is known: [K, B].
  @differentiable(reverse)
  func logDensity(of z: Tensor) -> Tensor {
    let (classes, batch) = withoutDerivative(at: (logClass.shape[0], logClass.shape[1]))
    let draws = withoutDerivative(at: z.shape[0])
    // Each latent under the Gaussian of every class: [K, C B].
    let rows = z.reshaped(to: withoutDerivative(at: [draws, 1, batch * z.shape[2]])).broadcastOverClasses(classes)
      .reshaped(to: withoutDerivative(at: [draws, classes * batch, z.shape[2]]))
    let densities = gaussians.logDensity(of: rows).reshaped(to: withoutDerivative(at: [draws * classes, batch]))
    let logCount = withoutDerivative(at: logOf(classes))
    let weighed =
      densities.reshaped(to: withoutDerivative(at: [draws, classes * batch]))
      + logWeights.reshaped(to: withoutDerivative(at: [classes * batch]))
    return weighed.reshaped(to: withoutDerivative(at: [draws * classes, batch])).logMeanExp(overClasses: classes)
      + logCount
  }

  /// The logs of ``weights``, far below zero for what can't be.
  @differentiable(reverse)
  var logWeights: Tensor {
    logClass * withoutDerivative(at: known.unknown) + withoutDerivative(at: known.mask)
  }

  /// The class of each draw, [K * B] numbers, from standard normal `noise` [K, B]: by the quantiles of q(y|x).
  func drawnClasses(_ noise: Tensor) -> [Int] {
    let (weights, numbers) = (weights.scalars, noise.scalars)
    let (classes, batch) = (logClass.shape[0], logClass.shape[1])
    return numbers.indices.map { i in
      let position = Float(0.5 * erfc(-Double(numbers[i]) / 2.0.squareRoot()))
      var sum: Float = 0
      for c in 0..<classes {
        sum += weights[c * batch + i % batch]
        if position < sum { return c }
      }
      return (0..<classes).max { weights[$0 * batch + i % batch] < weights[$1 * batch + i % batch] }!
    }
  }

  /// Means and deviations of q(z|x), a mixture, each [B, L].
  var moments: (mean: Tensor, deviation: Tensor) {
    let (classes, batch) = (logClass.shape[0], logClass.shape[1])
    let shape: Shape = [classes, batch, gaussians.mean.shape[1]]
    let weights = weights.reshaped(to: [classes, batch, 1])
    let means = gaussians.mean.reshaped(to: shape)
    func average(_ values: Tensor) -> Tensor { Float(classes) * (values * weights).meanOverFirst() }
    let mean = average(means)
    return (mean, sqrt(average(square(means - mean) + exp(gaussians.logVariance).reshaped(to: shape))))
  }
}

extension Tensor {
  /// [K, 1, N] to [K C, 1, N]: the same for each class.
  @differentiable(reverse,wrt: self)
  func broadcastOverClasses(_ classes: Int) -> Tensor {
    withEachRow(of: withoutDerivative(at: Tensor(repeating: 0, shape: [classes, shape[2]])))
  }
}
