import CKernels
import Synchronization
import _Differentiation

/// A shaped array of 32-bit floats: row-major, contiguous, with value semantics.
///
/// Copies share their numbers until one of them is written to. `Tensor.zero` is symbolic: it has no shape and stands
/// for zeros of any, so that adding up gradients costs nothing where there is nothing to add.
public struct Tensor: Sendable {
  var storage: Storage?
  /// Sizes of the axes, outermost first.
  public private(set) var shape: Shape
  /// Data: nothing asks for its gradient, so no operation computes one.
  public private(set) var isConstant = false

  /// A tensor whose numbers `fill` writes; they are not set before.
  public init(shape: Shape, filledBy fill: (UnsafeMutablePointer<Float>) throws -> Void) rethrows {
    let storage = Storage(count: shape.count)
    try fill(storage.pointer)
    self.storage = storage
    self.shape = shape
  }

  /// A tensor with the given numbers in row-major order. Traps if their count is not the shape's.
  public init(_ scalars: [Float], shape: Shape) {
    require(scalars.count == shape.count, "Tensor: \(scalars.count) scalars given for shape \(shape)")
    self.init(shape: shape) { out in
      scalars.withUnsafeBufferPointer { if let base = $0.baseAddress { out.update(from: base, count: $0.count) } }
    }
  }

  /// A tensor with one axis.
  public init(_ scalars: [Float]) { self.init(scalars, shape: [scalars.count]) }

  /// A tensor filled with one value.
  public init(repeating value: Float, shape: Shape) {
    self.init(shape: shape) { ck_fill($0, value, shape.count) }
  }

  init(storage: Storage?, shape: Shape) {
    self.storage = storage
    self.shape = shape
  }

  /// A weight's gradient, not multiplied out until its numbers are asked for; of the weight's shape, if that is given.
  init(_ factors: FactoredGradient, shape: Shape? = nil) {
    self.init(storage: Storage(factors), shape: shape ?? [factors.rows, factors.columns])
  }

  /// The factors of a tensor that is a weight's gradient.
  public var factors: FactoredGradient? { storage?.factors }

  /// The same numbers, marked as data.
  public var asConstant: Tensor {
    var copy = self
    copy.isConstant = true
    return copy
  }

  /// Whether this is the symbolic zero, which has no numbers.
  public var isSymbolicZero: Bool { storage == nil }

  /// How many numbers there are.
  public var count: Int { storage?.count ?? 0 }

  /// All numbers in row-major order; empty for the symbolic zero.
  public var scalars: [Float] {
    guard let storage else { return [] }
    return Array(UnsafeBufferPointer(start: storage.pointer, count: storage.count))
  }

  /// The first number: the value of a tensor that holds one.
  public var scalar: Float { pointer[0] }

  /// The numbers, to read. Valid as long as the tensor lives; `withExtendedLifetime` where that is in doubt.
  public var pointer: UnsafePointer<Float> {
    guard let storage else { fatalError("Tensor: the symbolic zero has no numbers to read") }
    return UnsafePointer(storage.pointer)
  }

  /// Writes to the numbers in place; copies them first if they are shared.
  public mutating func withMutablePointer<R>(_ body: (UnsafeMutablePointer<Float>) throws -> R) rethrows -> R {
    require(storage != nil, "Tensor: the symbolic zero has no numbers to write")
    if !isKnownUniquelyReferenced(&storage) || storage!.factors != nil { storage = storage!.copy() }
    return try body(storage!.pointer)
  }

  /// Rows `range` of the outermost axis, copied.
  public func rows(_ range: Range<Int>) -> Tensor {
    require(
      shape.rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0],
      "Tensor.rows: \(range) of shape \(shape)")
    let stride = count / max(shape[0], 1)
    var result = Tensor(shape: Shape([range.count] + shape.array.dropFirst())) {
      $0.update(from: pointer + range.lowerBound * stride, count: range.count * stride)
    }
    result.isConstant = isConstant
    return result
  }

  /// Tensors that are alive in this process, for leak tests.
  public static var liveCount: Int { ck_buffers_live() }
}

/// The numbers behind a tensor, 64-byte aligned and reused once nothing refers to them.
final class Storage: @unchecked Sendable {
  let count: Int
  /// What the numbers are the product of, where they may not have been asked for yet.
  let factors: FactoredGradient?
  private let numbers: Atomic<UnsafeMutablePointer<Float>?>

  init(count: Int) {
    self.count = count
    factors = nil
    numbers = Atomic(ck_buffer_take(count))
  }

  init(_ factors: FactoredGradient) {
    count = factors.rows * factors.columns
    self.factors = factors
    numbers = Atomic(nil)
  }

  var pointer: UnsafeMutablePointer<Float> { numbers.load(ordering: .acquiring) ?? multipliedOut() }

  /// Two threads may ask at once: both multiply, and the first to finish is believed.
  private func multipliedOut() -> UnsafeMutablePointer<Float> {
    let product = ck_buffer_take(count)!
    factors!.multiplyOut(rows: 0..<factors!.rows, into: product)
    let before = numbers.compareExchange(expected: nil, desired: product, ordering: .acquiringAndReleasing)
    guard !before.exchanged, let first = before.original else { return product }
    ck_buffer_give(product, count)
    return first
  }

  func copy() -> Storage {
    let other = Storage(count: count)
    other.pointer.update(from: pointer, count: count)
    return other
  }

  deinit {
    if let taken = numbers.load(ordering: .acquiring) { ck_buffer_give(taken, count) }
  }
}

extension Tensor: Equatable {
  /// Same shape and same numbers.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape && a.isSymbolicZero == b.isSymbolicZero && a.scalars == b.scalars
  }
}

extension Tensor: CustomStringConvertible {
  /// Shape and the first few numbers.
  public var description: String {
    guard !isSymbolicZero else { return "Tensor.zero" }
    let shown = scalars.prefix(8).map { "\($0)" }.joined(separator: ", ")
    return "Tensor\(shape)(\(shown)\(count > 8 ? ", ..." : ""))"
  }
}
