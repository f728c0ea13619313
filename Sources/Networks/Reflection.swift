/// What ``leaves(of:in:)`` does not look into.
protocol ReflectionBoundary {}

/// Every value of type `Leaf` in the stored properties of `value`, under the path of properties to it, as in
/// `encoder.0.weight`, in the order of declaration. Does not look into a ``ReflectionBoundary``.
func leaves<Leaf>(of type: Leaf.Type, in value: Any) -> [(name: String, leaf: Leaf)] {
  Mirror(reflecting: value).children.enumerated().flatMap { index, child in
    let label = child.label ?? "\(index)"
    if let leaf = child.value as? Leaf { return [(label, leaf)] }
    if child.value is any ReflectionBoundary { return [] }
    return leaves(of: type, in: child.value).map { ("\(label).\($0.name)", $0.leaf) }
  }
}

extension StateTensor: ReflectionBoundary {}

/// A part of a model that is not learned any more: its weights are in no checkpoint of the model, and no gradient or optimizer
/// touches them.
public struct Frozen<Part: Sendable>: Sendable, ReflectionBoundary {
  /// What it is.
  public let part: Part

  /// Freezes a part.
  public init(_ part: Part) { self.part = part }
}
