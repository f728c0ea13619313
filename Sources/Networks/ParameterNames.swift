import Tensors
import _Differentiation

extension Differentiable {
  /// A name for every parameter, in the order of ``parameters``: the path of properties to it, as in
  /// `encoder.0.weight`. Found by reflection; call it once, not in a loop.
  public var parameterNames: [String] {
    var paths = tensorPaths
    return parameters.enumerated().map { index, parameter in
      guard let found = Self.take(parameter, from: &paths) else {
        fatalError("\(Self.self): parameter \(index) of shape \(parameter.shape) is in no stored property")
      }
      return found
    }
  }

  /// The tensors of this value that are no parameters and so would never learn: those in a `let`, in an array of layers, or
  /// behind `@noDerivative`. What is not to be learned is kept in a ``StateTensor`` or ``Frozen``, which are not among them.
  public var unlearnedTensors: [String] {
    var paths = tensorPaths
    for parameter in parameters { _ = Self.take(parameter, from: &paths) }
    return paths.map(\.name)
  }

  private var tensorPaths: [(name: String, leaf: Tensor)] {
    leaves(of: Tensor.self, in: self).filter { !$0.leaf.isSymbolicZero }
  }

  /// The name of a parameter. Reflection also sees tensors that are none, so it is told by its storage.
  private static func take(_ parameter: Tensor, from paths: inout [(name: String, leaf: Tensor)]) -> String? {
    guard let found = paths.firstIndex(where: { $0.leaf.pointer == parameter.pointer }) else { return nil }
    return paths.remove(at: found).name
  }
}
