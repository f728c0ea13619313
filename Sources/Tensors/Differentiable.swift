import CKernels
import _Differentiation

extension Tensor: Differentiable, AdditiveArithmetic {
  /// A tensor's gradient is a tensor of its shape, or the symbolic zero.
  public typealias TangentVector = Tensor

  /// Stands for zeros of any shape.
  public static var zero: Tensor { Tensor(storage: nil, shape: []) }

  /// Adds a tangent in place - or hands it to the walk that is under way on this thread (see ``ParameterWalk``).
  public mutating func move(by tangent: Tensor) {
    if let walk = ParameterWalk.current {
      walk.visit(&self, tangent)
    } else if !tangent.isSymbolicZero {
      let n = count
      withMutablePointer { ck_add_scaled($0, tangent.pointer, 1, n) }
    }
  }
}

/// A visit to every parameter of a model, each with its part of a tangent.
///
/// The compiler writes `move(by:)` for every differentiable struct, and that is the one walk over all parameters, paired
/// with a gradient, that it gives away. Optimizers, checkpoints and averages borrow it: they install a closure, call
/// `move(by:)`, and each tensor passes by, in the order of declaration, to be read or replaced in place.
public final class ParameterWalk: @unchecked Sendable {
  // Unchecked: only the thread that installs a walk meets it.
  @TaskLocal static var current: ParameterWalk?

  let visit: (inout Tensor, Tensor) -> Void

  private init(_ visit: @escaping (inout Tensor, Tensor) -> Void) { self.visit = visit }

  /// Calls `visit` with each parameter of `model` and its part of `tangent`; the parameter may be changed.
  public static func over<Model: Differentiable>(
    _ model: inout Model, along tangent: Model.TangentVector, visit: (inout Tensor, Tensor) -> Void
  ) {
    withoutActuallyEscaping(visit) { visit in
      $current.withValue(ParameterWalk(visit)) { model.move(by: tangent) }
    }
  }

  /// Calls `visit` with each parameter of `model`, which may be changed.
  public static func over<Model: Differentiable>(_ model: inout Model, visit: (inout Tensor) -> Void) {
    over(&model, along: .zero) { parameter, _ in visit(&parameter) }
  }
}

extension Differentiable {
  /// Every parameter, in the order of declaration.
  public var parameters: [Tensor] {
    var copy = self
    var found: [Tensor] = []
    ParameterWalk.over(&copy) { found.append($0) }
    return found
  }

  /// Every parameter's part of a tangent, in the order of declaration; symbolic zeros included.
  public func parts(of tangent: TangentVector) -> [Tensor] {
    var copy = self
    var found: [Tensor] = []
    ParameterWalk.over(&copy, along: tangent) { found.append($1) }
    return found
  }
}
