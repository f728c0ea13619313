import Tensors
import _Differentiation

/// Numbers that belong to a model but are not learned by gradients: the data's mean, say. Stored in checkpoints.
///
/// A reference: copies of a model share it, and no gradient or optimizer touches it.
public final class StateTensor: @unchecked Sendable {
  /// The numbers, marked as data.
  public var value: Tensor { didSet { value = value.asConstant } }

  /// State that begins as `value`.
  public init(_ value: Tensor) { self.value = value.asConstant }
}

extension Differentiable {
  /// All state of this value, under the path of properties to it. Found by reflection.
  public var states: [(name: String, state: StateTensor)] {
    leaves(of: StateTensor.self, in: self).map { ($0.name, $0.leaf) }
  }
}
