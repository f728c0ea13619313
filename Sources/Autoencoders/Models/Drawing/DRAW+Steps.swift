import Networks
import Tensors
import _Differentiation

/// What a drawing is carried on from: N of them at once.
struct DrawingState: Differentiable {
  var encoder: LSTMState
  var decoder: LSTMState
  /// Raw numbers, [N, pixels numbersPerPixel].
  var canvas: Tensor
  /// What each step's latents have cost, [N, steps so far]; the symbolic zero before the first.
  var costs: Tensor
}

/// What a step's encoder makes of what it sees.
struct Impression: Differentiable {
  var encoder: LSTMState
  var posterior: DiagonalGaussian
}

extension DRAW {
  /// q(z_t) of a step that begins with `state`, for pictures x [N, D].
  @differentiable(reverse,wrt: (self, state))
  func seen(_ x: Tensor, _ state: DrawingState) -> Impression {
    let error = x - distribution.shown(state.canvas)
    let read = gaze.read(x, error, state.decoder.hidden)
    let encoder = encoder(read.joined(with: state.decoder.hidden), state.encoder)
    return Impression(encoder: encoder, posterior: recognition(encoder.hidden))
  }

  /// Some steps, with `values` [N, latentSize] that are noise or latents.
  @differentiable(reverse,wrt: (self, state))
  func drawn(
    _ state: DrawingState, _ x: Tensor, _ values: Tensor, _ source: LatentSource, steps: Range<Int>
  ) -> DrawingState {
    var state = state
    for index in 0..<withoutDerivative(at: steps.count) {
      let step = withoutDerivative(at: steps.lowerBound + index)
      let impression = seen(x, state)
      let latents = impression.posterior.step(withoutDerivative(at: values.columns(range(step))), source)
      let decoder = decoder(latents.z, state.decoder)
      state = DrawingState(
        encoder: impression.encoder, decoder: decoder, canvas: gaze.written(on: state.canvas, decoder.hidden),
        costs: step == 0 ? latents.cost : state.costs.joined(with: latents.cost))
    }
    return state
  }

  /// The same. Of its intermediate results nothing is kept: the way back begins by computing them again.
  @differentiable(reverse,wrt: (self, state))
  func recomputed(
    _ state: DrawingState, _ x: Tensor, _ values: Tensor, _ source: LatentSource, steps: Range<Int>
  ) -> DrawingState { drawn(state, x, values, source, steps: steps) }

  @derivative(of: recomputed, wrt: (self, state))
  func vjpRecomputed(
    _ state: DrawingState, _ x: Tensor, _ values: Tensor, _ source: LatentSource, steps: Range<Int>
  ) -> (
    value: DrawingState, pullback: (DrawingState.TangentVector) -> (TangentVector, DrawingState.TangentVector)
  ) {
    (
      drawn(state, x, values, source, steps: steps),
      { d in
        var (dSelf, dState) = valueWithPullback(at: self, state) {
          $0.drawn($1, x, values, source, steps: steps)
        }.pullback(d)
        // A factored gradient would hold on to every step's numbers.
        ParameterWalk.over(&dSelf) { if !$0.isSymbolicZero { $0 = $0.multipliedOut } }
        return (dSelf, dState)
      }
    )
  }
}
