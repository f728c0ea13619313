import _Differentiation

extension Stack {
  /// What becomes of `initial` when each part in turn has had its say, first to last, or last to first if `reversed`; all
  /// of them see `context`.
  @differentiable(reverse,wrt: (self, initial, context))
  public func fold<State: Differentiable, Context: Differentiable>(
    _ initial: State, _ context: Context, reversed: Bool = false,
    by step: @escaping @differentiable(reverse) (Element, State, Context) -> State
  ) -> State {
    order(reversed).reduce(initial) { step(layers[$1], $0, context) }
  }

  @derivative(of: fold, wrt: (self, initial, context))
  @usableFromInline
  func vjpFold<State: Differentiable, Context: Differentiable>(
    _ initial: State, _ context: Context, reversed: Bool,
    by step: @escaping @differentiable(reverse) (Element, State, Context) -> State
  ) -> (
    value: State,
    pullback: (State.TangentVector) -> (TangentVector, State.TangentVector, Context.TangentVector)
  ) {
    typealias Pullback = (State.TangentVector) -> (
      Element.TangentVector, State.TangentVector, Context.TangentVector
    )
    let order = order(reversed)
    var state = initial
    var pullbacks: [Pullback] = []
    for index in order {
      let (next, pullback) = valueWithPullback(at: layers[index], state, context, of: step)
      pullbacks.append(pullback)
      state = next
    }
    let count = layers.count
    return (
      state,
      { gradient in
        var (dState, dContext) = (gradient, Context.TangentVector.zero)
        var tangents = [Element.TangentVector](repeating: .zero, count: count)
        for (index, pullback) in zip(order, pullbacks).reversed() {
          let (dElement, before, dSeen) = pullback(dState)
          tangents[index] = dElement
          dState = before
          dContext = dContext + dSeen
        }
        return (TangentVector(layers: tangents), dState, dContext)
      }
    )
  }

  private func order(_ reversed: Bool) -> [Int] { reversed ? layers.indices.reversed() : Array(layers.indices) }
}
