/// Every value of type `Leaf` in the stored properties of `value`, under the path of properties to it, as in
/// `encoder.0.weight`, in the order of declaration.
func leaves<Leaf>(of type: Leaf.Type, in value: Any) -> [(name: String, leaf: Leaf)] {
  Mirror(reflecting: value).children.enumerated().flatMap { index, child in
    let label = child.label ?? "\(index)"
    if let leaf = child.value as? Leaf { return [(label, leaf)] }
    return leaves(of: type, in: child.value).map { ("\(label).\($0.name)", $0.leaf) }
  }
}
