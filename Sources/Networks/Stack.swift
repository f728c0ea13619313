import Tensors
import _Differentiation

/// Layers of one kind, one after the other; none is the identity.
///
/// The derivative is written out because that of an array costs a full-length gradient per element read.
public struct Stack<Element: Layer>: Layer {
  /// First to last.
  public var layers: [Element]

  /// A stack of the given layers, first to last.
  public init(_ layers: [Element]) { self.layers = layers }

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

  /// Moves every layer; a zero tangent visits them too (see `ParameterWalk`).
  public mutating func move(by tangent: TangentVector) {
    for i in layers.indices { layers[i].move(by: tangent.layers.isEmpty ? .zero : tangent.layers[i]) }
  }

  /// One tangent per layer; none at all is zero.
  public struct TangentVector: Differentiable, AdditiveArithmetic {
    /// A tangent is its own tangent.
    public typealias TangentVector = Self
    /// First to last; empty for zero.
    public var layers: [Element.TangentVector]

    /// Zero for any number of layers.
    public static var zero: Self { Self(layers: []) }

    /// Layer by layer.
    public static func + (a: Self, b: Self) -> Self {
      if a.layers.isEmpty { return b }
      if b.layers.isEmpty { return a }
      return Self(layers: zip(a.layers, b.layers).map { $0 + $1 })
    }

    /// Layer by layer.
    public static func - (a: Self, b: Self) -> Self {
      if b.layers.isEmpty { return a }
      let zeros = [Element.TangentVector](repeating: .zero, count: b.layers.count)
      return Self(layers: zip(a.layers.isEmpty ? zeros : a.layers, b.layers).map { $0 - $1 })
    }
  }
}

extension Stack: CustomReflectable {
  /// The layers under their numbers, so that a checkpoint says `hidden.0.weight`.
  public var customMirror: Mirror {
    Mirror(self, children: layers.enumerated().map { ("\($0)", $1) }, displayStyle: .struct)
  }
}
