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
    var found: [(name: String, state: StateTensor)] = []
    Self.collectStates(Mirror(reflecting: self), path: "", into: &found)
    return found
  }

  private static func collectStates(
    _ mirror: Mirror, path: String, into found: inout [(name: String, state: StateTensor)]
  ) {
    for (index, child) in mirror.children.enumerated() {
      let name = path.isEmpty ? child.label ?? "\(index)" : "\(path).\(child.label ?? "\(index)")"
      if let state = child.value as? StateTensor {
        found.append((name, state))
      } else if !(child.value is Tensor) {
        collectStates(Mirror(reflecting: child.value), path: name, into: &found)
      }
    }
  }
}
