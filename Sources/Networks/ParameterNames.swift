import Tensors
import _Differentiation

extension Differentiable {
  /// A name for every parameter, in the order of ``parameters``: the path of properties to it, as in
  /// `encoder.0.weight`. Found by reflection; call it once, not in a loop.
  public var parameterNames: [String] {
    var paths: [(name: String, pointer: UnsafePointer<Float>)] = []
    collect(Mirror(reflecting: self), path: "", into: &paths)
    // Reflection also sees tensors that are not parameters, so match each parameter by its storage.
    return parameters.enumerated().map { index, parameter in
      guard let found = paths.firstIndex(where: { $0.pointer == parameter.pointer }) else {
        preconditionFailure("\(Self.self): parameter \(index) of shape \(parameter.shape) is in no stored property")
      }
      return paths.remove(at: found).name
    }
  }
}

private func collect(_ mirror: Mirror, path: String, into found: inout [(name: String, pointer: UnsafePointer<Float>)])
{
  for (index, child) in mirror.children.enumerated() {
    let name = path.isEmpty ? child.label ?? "\(index)" : "\(path).\(child.label ?? "\(index)")"
    if let tensor = child.value as? Tensor {
      if !tensor.isSymbolicZero { found.append((name, tensor.pointer)) }
    } else {
      collect(Mirror(reflecting: child.value), path: name, into: &found)
    }
  }
}
