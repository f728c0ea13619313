import Tensors
import _Differentiation

/// A layer with a memory, for use step by step: long short-term memory, [..., in] and a state to the next state.
///
///     [i, f, g, o] = input inputWeight' + h recurrentWeight' + bias
///     c' = sigmoid(f) c + sigmoid(i) tanh(g)
///     h' = sigmoid(o) tanh(c')
///
/// The output of a step is its state's `hidden`. Hochreiter and Schmidhuber, *Long short-term memory* (1997), with the
/// forget gate of Gers, Schmidhuber and Cummins, *Learning to forget* (2000).
public struct LSTMCell: Differentiable, Sendable {
  /// [4H, in]: input, forget, candidate and output gates one after the other.
  public var inputWeight: Tensor
  /// [4H, H]
  public var recurrentWeight: Tensor
  /// [4H]
  public var bias: Tensor

  /// A cell of `units` units with weights drawn by `initializer`.
  ///
  /// `.uniformFanIn` draws everything, the bias too, uniform in +-1/sqrt(units), as PyTorch's cell does (which has two
  /// biases that add up); the others draw each gate's matrix as they would a layer's. `forgetBias` is added to the
  /// forget gate's bias: at 1 a unit keeps sigmoid(1) = 73 % of its memory from step to step before it has learned
  /// anything (Gers et al. 2000; Jozefowicz et al. 2015).
  public init(
    _ inputs: Int, _ units: Int, forgetBias: Float = 1, initializer: Initializer = .uniformFanIn, stream: RandomStream
  ) {
    inputWeight = initializer.drawGates(inputs: inputs, units: units, stream: stream["inputWeight"])
    recurrentWeight = initializer.drawGates(inputs: units, units: units, stream: stream["recurrentWeight"])
    bias = initializer.drawBias(inputs: units, outputs: 4 * units, stream: stream["bias"])
    bias.withMutablePointer { for unit in 0..<units { $0[units + unit] += forgetBias } }
  }

  /// Numbers of a state: H.
  public var units: Int { recurrentWeight.shape[1] }

  /// The state after a step: input [..., in], state and result [..., H]. Traps, naming the shapes, if they do not fit.
  @differentiable(reverse)
  public func callAsFunction(_ input: Tensor, _ state: LSTMState) -> LSTMState {
    lstmStep(input, state, inputWeight: inputWeight, recurrentWeight: recurrentWeight, bias: bias)
  }
}

extension Initializer {
  /// Four matrices one after the other: [4 units, inputs].
  fileprivate func drawGates(inputs: Int, units: Int, stream: RandomStream) -> Tensor {
    if self == .uniformFanIn {
      let bound = 1 / Float(units).squareRoot()
      return stream.uniform([4 * units, inputs]).scaled(by: 2 * bound, plus: -bound)
    }
    return Tensor.stacked(
      (0..<4).map { draw(inputs: inputs, outputs: units, stream: stream[$0]).reshaped(to: [units, inputs]) })
  }
}
