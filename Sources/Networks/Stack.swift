import Tensors
import _Differentiation

/// Parts of one kind, one after the other. A stack of layers is a layer; none is the identity.
///
/// Derivatives of what goes through all of them are written out, because that of an array costs a full-length gradient per
/// element read.
public struct Stack<Element: Differentiable>: Differentiable {
  /// First to last.
  public var layers: [Element]

  /// A stack of the given parts, first to last.
  public init(_ layers: [Element]) { self.layers = layers }

  /// Moves every part; a zero tangent visits them too (see `ParameterWalk`).
  public mutating func move(by tangent: TangentVector) {
    for i in layers.indices { layers[i].move(by: tangent.layers.isEmpty ? .zero : tangent.layers[i]) }
  }

  /// One tangent per part; none at all is zero.
  public struct TangentVector: Differentiable, AdditiveArithmetic {
    /// A tangent is its own tangent.
    public typealias TangentVector = Self
    /// First to last; empty for zero.
    public var layers: [Element.TangentVector]

    /// The tangents of all parts, first to last.
    public init(layers: [Element.TangentVector]) { self.layers = layers }

    /// Zero for any number of parts.
    public static var zero: Self { Self(layers: []) }

    /// Part by part.
    public static func + (a: Self, b: Self) -> Self {
      if a.layers.isEmpty { return b }
      if b.layers.isEmpty { return a }
      return Self(layers: zip(a.layers, b.layers).map { $0 + $1 })
    }

    /// Part by part.
    public static func - (a: Self, b: Self) -> Self {
      if b.layers.isEmpty { return a }
      let zeros = [Element.TangentVector](repeating: .zero, count: b.layers.count)
      return Self(layers: zip(a.layers.isEmpty ? zeros : a.layers, b.layers).map { $0 - $1 })
    }
  }
}

extension Stack: Sendable where Element: Sendable {}

extension Stack: Layer where Element: Layer {
  /// Each layer applied to the output of the one before.
  @differentiable(reverse)
  public func callAsFunction(_ input: Tensor) -> Tensor { layers.reduce(input) { $1($0) } }

  @derivative(of: callAsFunction)
  @usableFromInline
  func vjpCallAsFunction(_ input: Tensor) -> (value: Tensor, pullback: (Tensor) -> (TangentVector, Tensor)) {
    var value = input
    var pullbacks: [(Tensor) -> (Element.TangentVector, Tensor)] = []
    for layer in layers {
      let (next, pullback) = valueWithPullback(at: layer, value) { $0($1) }
      pullbacks.append(pullback)
      value = next
    }
    return (
      value,
      { gradient in
        var gradient = gradient
        var tangents: [Element.TangentVector] = []
        for pullback in pullbacks.reversed() {
          let (tangent, next) = pullback(gradient)
          tangents.append(tangent)
          gradient = next
        }
        return (TangentVector(layers: tangents.reversed()), gradient)
      }
    )
  }

  /// What each layer makes of the output of the one before, first to last.
  @differentiable(reverse)
  public func outputs(_ input: Tensor) -> [Tensor] {
    var value = input
    return layers.map { layer in
      value = layer(value)
      return value
    }
  }

  @derivative(of: outputs)
  @usableFromInline
  func vjpOutputs(_ input: Tensor) -> (
    value: [Tensor], pullback: ([Tensor].TangentVector) -> (TangentVector, Tensor)
  ) {
    var values = [input]
    var pullbacks: [(Tensor) -> (Element.TangentVector, Tensor)] = []
    for layer in layers {
      let (next, pullback) = valueWithPullback(at: layer, values.last!) { $0($1) }
      pullbacks.append(pullback)
      values.append(next)
    }
    return (
      Array(values.dropFirst()),
      { gradients in
        var gradient = Tensor.zero
        var tangents: [Element.TangentVector] = []
        for (index, pullback) in pullbacks.enumerated().reversed() {
          if !gradients.base.isEmpty { gradient = gradient + gradients.base[index] }
          let (tangent, next) = pullback(gradient)
          tangents.append(tangent)
          gradient = next
        }
        return (TangentVector(layers: tangents.reversed()), gradient)
      }
    )
  }
}

extension Stack: CustomReflectable {
  /// The layers under their numbers, so that a checkpoint says `hidden.0.weight`.
  public var customMirror: Mirror {
    Mirror(self, children: layers.enumerated().map { ("\($0)", $1) }, displayStyle: .struct)
  }
}
