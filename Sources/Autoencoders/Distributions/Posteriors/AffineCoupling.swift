import Networks
import Tensors
import _Differentiation

/// Latents on their way through a flow, and by how much it has stretched space there.
public struct FlowState: Differentiable, Sendable {
  /// [K, B, D]
  public var z: Tensor
  /// log |det dz / dz0|, [K, B].
  public var logDeterminant: Tensor

  /// Latents and their log-determinant.
  @differentiable(reverse)
  public init(z: Tensor, logDeterminant: Tensor) { (self.z, self.logDeterminant) = (z, logDeterminant) }
}

/// A step of a flow: the second half of the latents is shifted and scaled by functions of the first and of the encoder's
/// features, then the halves change places (Dinh, Sohl-Dickstein and Bengio 2017, *Density estimation using Real NVP*).
///
/// It begins as an exchange of halves and nothing else.
public struct AffineCoupling: Differentiable, Sendable {
  /// The half that stays, to hidden numbers.
  public var fromLatents: Dense
  /// The encoder's features, to hidden numbers.
  public var fromContext: Dense
  /// Hidden numbers to shifts and log-scales of the other half.
  public var change: Dense
  /// Of the hidden numbers.
  @noDerivative public let activation: Activation
  /// Latents that stay.
  @noDerivative public let kept: Int
  /// Latents that move.
  @noDerivative public let moved: Int

  /// A step for `kept` + `moved` latents.
  public init(
    kept: Int, moved: Int, context: Int, hidden: Int, activation: Activation, initializer: Initializer,
    stream: RandomStream
  ) {
    fromLatents = Dense(kept, hidden, initializer: initializer, stream: stream["latents"])
    fromContext = Dense(context, hidden, initializer: initializer, stream: stream["context"])
    change = Dense(hidden, 2 * moved, initializer: initializer, stream: stream["change"])
    change.weight = change.weight.scaled(by: 0)
    change.bias = change.bias.scaled(by: 0)
    (self.activation, self.kept, self.moved) = (activation, kept, moved)
  }

  /// Shifts and log-scales, [N, moved] each, from the half that stays [N, kept] and features [B, H] of N / B draws.
  @differentiable(reverse)
  private func changes(_ stays: Tensor, _ context: Tensor) -> SplitTensor {
    let said = fromContext(context)  // [B, W]
    let heard = fromLatents(stays)
    let (batch, width) = withoutDerivative(at: (context.shape[0], said.shape[1]))
    let shape = withoutDerivative(at: Shape([stays.shape[0] / batch, batch, width]))
    let hidden = activate(heard.reshaped(to: shape) + said, with: activation)
    let parts = change(hidden).split(rowsOf: 2 * moved, at: moved)
    // No step stretches by more than e^2.
    return SplitTensor(first: parts.first, second: 2 * tanh(0.5 * parts.second))
  }

  /// One step on.
  @differentiable(reverse)
  public func callAsFunction(_ state: FlowState, _ context: Tensor) -> FlowState {
    let shape = withoutDerivative(at: state.z.shape)
    let halves = state.z.split(rowsOf: kept + moved, at: kept)
    let change = changes(halves.first, context)
    let there = halves.second * exp(change.second) + change.first
    return FlowState(
      z: there.joined(with: halves.first).reshaped(to: shape),
      logDeterminant: state.logDeterminant + stretching(change.second, shape))
  }

  /// One step back; the log-determinant is that of the way on.
  @differentiable(reverse)
  public func inverted(_ state: FlowState, _ context: Tensor) -> FlowState {
    let shape = withoutDerivative(at: state.z.shape)
    let halves = state.z.split(rowsOf: kept + moved, at: moved)
    let change = changes(halves.second, context)
    let before = (halves.first - change.first) * exp(-1 * change.second)
    return FlowState(
      z: halves.second.joined(with: before).reshaped(to: shape),
      logDeterminant: state.logDeterminant + stretching(change.second, shape))
  }

  /// Log-scales [K B, moved] to [K, B].
  @differentiable(reverse,wrt: logScales)
  private func stretching(_ logScales: Tensor, _ shape: Shape) -> Tensor {
    logScales.sumOverLast().reshaped(to: withoutDerivative(at: Shape([shape[0], shape[1]])))
  }
}
