import Tensors
import _Differentiation

/// The way back through all layers, last to first. Derivatives are written out, as ``Stack``'s are.
extension Stack: TwiceDifferentiableLayer where Element: TwiceDifferentiableLayer {
  /// What each layer's way back has to know, first to last.
  public typealias Trace = [Element.Trace]

  /// The last layer's output, and all traces.
  @differentiable(reverse)
  public func traced(_ input: Tensor) -> TracedOutput<[Element.Trace]> {
    var output = input
    let trace = layers.map { layer in
      let step = layer.traced(output)
      output = step.output
      return step.trace
    }
    return TracedOutput(output: output, trace: trace)
  }

  @derivative(of: traced)
  @usableFromInline
  func vjpTraced(_ input: Tensor) -> (
    value: TracedOutput<[Element.Trace]>,
    pullback: (TracedOutput<[Element.Trace]>.TangentVector) -> (TangentVector, Tensor)
  ) {
    typealias Pullback = (TracedOutput<Element.Trace>.TangentVector) -> (Element.TangentVector, Tensor)
    var output = input
    var trace: [Element.Trace] = []
    var pullbacks: [Pullback] = []
    for layer in layers {
      let (step, pullback) = valueWithPullback(at: layer, output) { $0.traced($1) }
      output = step.output
      trace.append(step.trace)
      pullbacks.append(pullback)
    }
    return (
      TracedOutput(output: output, trace: trace),
      { gradient in
        var dOutput = gradient.output
        var tangents: [Element.TangentVector] = []
        for (index, pullback) in pullbacks.enumerated().reversed() {
          var d = TracedOutput<Element.Trace>.TangentVector.zero
          d.output = dOutput
          if !gradient.trace.base.isEmpty { d.trace = gradient.trace.base[index] }
          let (tangent, before) = pullback(d)
          tangents.append(tangent)
          dOutput = before
        }
        return (TangentVector(layers: tangents.reversed()), dOutput)
      }
    )
  }

  /// Through each layer's ``TwiceDifferentiableLayer/inputGradient(_:at:)`` in turn.
  @differentiable(reverse)
  public func inputGradient(_ gradient: Tensor, at trace: [Element.Trace]) -> Tensor {
    zip(layers, trace).reversed().reduce(gradient) { $1.0.inputGradient($0, at: $1.1) }
  }

  @derivative(of: inputGradient)
  @usableFromInline
  func vjpInputGradient(_ gradient: Tensor, at trace: [Element.Trace]) -> (
    value: Tensor, pullback: (Tensor) -> (TangentVector, Tensor, [Element.Trace].TangentVector)
  ) {
    typealias Pullback = (Tensor) -> (Element.TangentVector, Tensor, Element.Trace.TangentVector)
    var value = gradient
    var pullbacks: [Pullback] = []
    for (layer, trace) in zip(layers, trace).reversed() {
      let (next, pullback) = valueWithPullback(at: layer, value, trace) { $0.inputGradient($1, at: $2) }
      value = next
      pullbacks.append(pullback)
    }
    return (
      value,
      { d in
        var dGradient = d
        var tangents: [Element.TangentVector] = []
        var traces: [Element.Trace.TangentVector] = []
        for pullback in pullbacks.reversed() {
          let (tangent, before, dTrace) = pullback(dGradient)
          tangents.append(tangent)
          traces.append(dTrace)
          dGradient = before
        }
        return (TangentVector(layers: tangents), dGradient, [Element.Trace].TangentVector(traces))
      }
    )
  }
}
