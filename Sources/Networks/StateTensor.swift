import Synchronization
import Tensors
import _Differentiation

/// Numbers that belong to a model but are not learned by gradients: the data's mean, say. Stored in checkpoints.
///
/// A value: a copy of a model has states of its own. No gradient or optimizer touches it. A state may hold nothing, where a
/// model has no use for it; then it is in no checkpoint.
///
/// A layer keeps it in a stored `var` that is not `@noDerivative`, so that ``StateWalk`` finds it.
public struct StateTensor: Differentiable, Sendable {
  /// The numbers, marked as data; the symbolic zero where there are none.
  @noDerivative public private(set) var value: Tensor
  /// Tells the states of one model apart: what a ``TrainingPass`` collects is for the state of this number. A copy has the
  /// same; see ``Differentiable/renumberStates()``.
  @noDerivative private(set) var number: Int

  private static let lastNumber = Atomic<Int>(0)

  /// State that begins as `value`.
  public init(_ value: Tensor) {
    self.value = value.asConstant
    number = Self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue
  }

  /// A state without numbers.
  public static var none: StateTensor { StateTensor(.zero) }

  /// Whether there are no numbers.
  public var isEmpty: Bool { value.isSymbolicZero }

  /// Takes other numbers.
  public mutating func set(_ new: Tensor) { value = new.asConstant }

  /// Hands itself to the walk that is under way on this thread, if there is one.
  public mutating func move(by tangent: TangentVector) { StateWalk.current?.visit(&self) }

  mutating func renumber() { number = Self.lastNumber.wrappingAdd(1, ordering: .relaxed).newValue }
}

/// A visit to every state of a model, in the order of declaration, in which each may be changed in place. It goes where
/// `move(by:)` goes, as ``Tensors/ParameterWalk`` does.
public final class StateWalk: @unchecked Sendable {
  // Unchecked: only the thread that installs a walk meets it.
  @TaskLocal static var current: StateWalk?

  let visit: (inout StateTensor) -> Void

  private init(_ visit: @escaping (inout StateTensor) -> Void) { self.visit = visit }

  /// Calls `visit` with each state of `model`, those without numbers included.
  public static func over<Model: Differentiable>(_ model: inout Model, visit: (inout StateTensor) -> Void) {
    withoutActuallyEscaping(visit) { visit in
      $current.withValue(StateWalk(visit)) { model.move(by: .zero) }
    }
  }
}

extension Differentiable {
  /// All state of this value that has numbers, under the path of properties to it.
  public var states: [(name: String, value: Tensor)] {
    leaves(of: StateTensor.self, in: self).filter { !$0.leaf.isEmpty }.map { ($0.name, $0.leaf.value) }
  }

  /// Replaces each state that has numbers by what `value` makes of its name and its numbers; the first error ends it, and
  /// then nothing is changed.
  public mutating func setStates(_ value: (_ name: String, _ old: Tensor) throws -> Tensor) throws {
    let all = leaves(of: StateTensor.self, in: self)
    let new = try all.map { $0.leaf.isEmpty ? .zero : try value($0.name, $0.leaf.value) }
    var index = 0
    StateWalk.over(&self) { state in
      require(
        index < all.count && state.number == all[index].leaf.number,
        "\(Self.self): state \(index) is not where its properties say; keep a StateTensor in a stored var of a layer")
      if !state.isEmpty { state.set(new[index]) }
      index += 1
    }
    require(
      index == all.count,
      "\(Self.self): \(all.count - index) states are in no differentiable stored var, so they can't be changed")
  }

  /// Gives every state a number of its own, so that two copies of one layer in a model are told apart.
  public mutating func renumberStates() { StateWalk.over(&self) { $0.renumber() } }
}
