import Tensors
import _Differentiation

/// A layer whose gradient with respect to its input is a function like others, with derivatives by the input and by the
/// layer's parameters.
///
/// A pullback that the compiler has written can't be differentiated again. Where training passes through a gradient, the way
/// back has to be said as operations: that is ``inputGradient(_:at:)``.
public protocol TwiceDifferentiableLayer: Layer {
  /// What the way back has to know of the way there.
  associatedtype Trace: Differentiable

  /// The output, and what ``inputGradient(_:at:)`` will ask for.
  @differentiable(reverse)
  func traced(_ input: Tensor) -> TracedOutput<Trace>

  /// The gradient with respect to the input, from that with respect to the output.
  @differentiable(reverse)
  func inputGradient(_ gradient: Tensor, at trace: Trace) -> Tensor
}

/// A layer's output and its trace.
public struct TracedOutput<Trace: Differentiable>: Differentiable {
  /// What the layer makes of its input.
  public var output: Tensor
  /// What its way back has to know.
  public var trace: Trace

  /// Both parts.
  @differentiable(reverse)
  public init(output: Tensor, trace: Trace) { (self.output, self.trace) = (output, trace) }
}

extension Dense: TwiceDifferentiableLayer {
  /// activation(input weight + bias).
  @differentiable(reverse)
  public func traced(_ input: Tensor) -> TracedOutput<Tensor> {
    if activation.needsInput {
      let sums = dense(input, weight, bias, .identity)
      return TracedOutput(output: activate(sums, with: activation), trace: sums)
    }
    let output = dense(input, weight, bias, activation)
    return TracedOutput(output: output, trace: output)
  }

  /// (gradient * slope) weight'.
  @differentiable(reverse)
  public func inputGradient(_ gradient: Tensor, at trace: Tensor) -> Tensor {
    transposedDense(activationGradient(gradient, at: trace, of: activation), weight)
  }
}

extension TransposedConvolution2D: TwiceDifferentiableLayer {
  /// activation(input *' weight + bias).
  @differentiable(reverse)
  public func traced(_ input: Tensor) -> TracedOutput<Tensor> {
    let size = withoutDerivative(at: outputSize(for: input))
    if activation.needsInput {
      let sums = transposedConvolution(input, weight, bias, window, size, .identity)
      return TracedOutput(output: activate(sums, with: activation), trace: sums)
    }
    let output = transposedConvolution(input, weight, bias, window, size, activation)
    return TracedOutput(output: output, trace: output)
  }

  /// (gradient * slope) * weight: the convolution that this one turns round.
  @differentiable(reverse)
  public func inputGradient(_ gradient: Tensor, at trace: Tensor) -> Tensor {
    let none = withoutDerivative(at: Tensor(repeating: 0, shape: [weight.shape[3]]))
    return convolution(
      activationGradient(gradient, at: trace, of: activation), weight, none, window, .identity)
  }
}
