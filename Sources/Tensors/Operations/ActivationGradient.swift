import CKernels
import _Differentiation

/// The gradient with respect to an activation's input, from that with respect to its output: dy times the slope, as an
/// operation with a derivative of its own.
///
/// `kept` is the activation's output, or its input where ``Activation/needsInput``. What flows back to it goes on through the
/// operation that made it, as any gradient does.
@differentiable(reverse,wrt: (dy, kept))
public func activationGradient(_ dy: Tensor, at kept: Tensor, of activation: Activation) -> Tensor {
  require(dy.shape == kept.shape, "activation gradient: \(dy.shape) at values of shape \(kept.shape)")
  return activation.gradient(dy, at: kept)
}

@derivative(of: activationGradient, wrt: (dy, kept))
@usableFromInline
func vjpActivationGradient(_ dy: Tensor, at kept: Tensor, of activation: Activation) -> (
  value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)
) {
  (
    activationGradient(dy, at: kept, of: activation),
    { ddx in
      if ddx.isSymbolicZero { return (.zero, .zero) }
      // Linear in dy, so its derivative by dy is itself.
      let dDy = activation.gradient(ddx, at: kept)
      if activation.isPiecewiseStraight { return (dDy, .zero) }
      let dKept = Tensor(shape: kept.shape) {
        ck_activation_curvature(ddx.pointer, dy.pointer, kept.pointer, $0, kept.count, activation.kernel)
      }
      return (dDy, dKept)
    }
  )
}

extension Activation {
  /// Whether the slope is the same at all points on one side of zero.
  fileprivate var isPiecewiseStraight: Bool { self == .identity || self == .relu || self == .leakyReLU }
}

/// y weight': y [..., out], weight [in, out] to [..., in]. What a dense layer's gradient does on its way to the layer's
/// input, as an operation with a derivative of its own.
@differentiable(reverse)
public func transposedDense(_ y: Tensor, _ weight: Tensor) -> Tensor { product(y, weight, transposed: true) }

@derivative(of: transposedDense)
@usableFromInline
func vjpTransposedDense(_ y: Tensor, _ weight: Tensor) -> (value: Tensor, pullback: (Tensor) -> (Tensor, Tensor)) {
  (
    transposedDense(y, weight),
    { dx in
      if dx.isSymbolicZero { return (.zero, .zero) }
      return (y.isConstant ? .zero : product(dx, weight), Tensor(FactoredGradient(left: dx, right: y)))
    }
  )
}
