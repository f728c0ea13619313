import Tensors
import _Differentiation

extension Differentiable {
  /// A name for every parameter, in the order of ``parameters``: the path of properties to it, as in
  /// `encoder.0.weight`. Found by reflection; call it once, not in a loop.
  public var parameterNames: [String] {
    var paths = leaves(of: Tensor.self, in: self).filter { !$0.leaf.isSymbolicZero }
    // Reflection also sees tensors that are not parameters, so match each parameter by its storage.
    return parameters.enumerated().map { index, parameter in
      guard let found = paths.firstIndex(where: { $0.leaf.pointer == parameter.pointer }) else {
        fatalError("\(Self.self): parameter \(index) of shape \(parameter.shape) is in no stored property")
      }
      return paths.remove(at: found).name
    }
  }
}
