/// The sizes of a tensor's axes, outermost first; at most six. Held in place: making one allocates nothing.
public struct Shape: Equatable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  private var sizes: SIMD8<Int32> = .zero
  /// Number of axes; 0 for a single number.
  public private(set) var rank: Int

  /// The sizes, outermost first. Traps on more than six axes, or a size that is negative or above 2^31 - 1.
  public init(_ sizes: some Collection<Int>) {
    require(sizes.count <= 6, "Shape: at most 6 axes, got \(sizes.count)")
    rank = sizes.count
    for (axis, size) in sizes.enumerated() {
      require(size >= 0 && size <= Int32.max, "Shape: axis \(axis) has size \(size), expected 0...2^31-1")
      self.sizes[axis] = Int32(truncatingIfNeeded: size)
    }
  }

  /// The sizes, outermost first.
  public init(arrayLiteral sizes: Int...) { self.init(sizes) }

  /// Size of an axis; negative axes count from the innermost.
  public subscript(axis: Int) -> Int {
    let index = axis < 0 ? rank + axis : axis
    require(index >= 0 && index < rank, "Shape \(self): no axis \(axis)")
    return Int(sizes[index])
  }

  /// The number of scalars.
  public var count: Int {
    var product = 1
    for axis in 0..<rank { product *= Int(sizes[axis]) }
    return product
  }

  /// The sizes as an array.
  public var array: [Int] { (0..<rank).map { Int(sizes[$0]) } }

  /// The shape without its innermost axis.
  public var dropLast: Shape { Shape(array.dropLast()) }

  /// The shape with an axis added inside.
  public func appending(_ size: Int) -> Shape { Shape(array + [size]) }

  /// The shape with an axis added outside.
  public func prepending(_ size: Int) -> Shape { Shape([size] + array) }

  /// The sizes in brackets, as in `[128, 784]`.
  public var description: String { "[" + array.map(String.init).joined(separator: ", ") + "]" }
}
