import Tensors

/// What the examples are that a model is of: how many numbers, whether they are a picture, what is given with them.
public struct ExampleForm: Codable, Sendable, Equatable {
  /// What is given with each example.
  public struct Condition: Codable, Sendable, Equatable {
    /// Numbers in it.
    public var size: Int
    /// [height, width] or [height, width, channels], where it is a picture.
    public var shape: [Int]?

    /// A condition of `size` numbers.
    public init(size: Int, shape: [Int]? = nil) { (self.size, self.shape) = (size, shape) }
  }

  /// The shape of a whole example: [height, width], [height, width, channels] or [numbers].
  public var shape: [Int]
  /// Numbers that a model is of: all of an example, or those that are not given.
  public var size: Int
  /// What is given with it, for a model of x given c.
  public var condition: Condition?

  /// Whole examples of a shape, or `size` numbers of them given a condition.
  public init(shape: [Int], size: Int? = nil, condition: Condition? = nil) {
    self.shape = shape
    self.size = size ?? shape.reduce(1, *)
    self.condition = condition
  }

  /// Numbers in one pixel: the last of three axes, else 1.
  public var channels: Int { shape.count == 3 ? shape[2] : 1 }

  /// [H, W, channels] of an example that is a picture as a whole; nil if it is none.
  public var imageShape: Shape? {
    guard 2...3 ~= shape.count, shape.allSatisfy({ $0 > 0 }), shape.reduce(1, *) == size else { return nil }
    return [shape[0], shape[1], channels]
  }

  /// Throws unless sizes are possible and agree.
  public func validate() throws {
    let range = 1...1_000_000
    try check(
      !shape.isEmpty && shape.count <= 6 && shape.allSatisfy { range ~= $0 }, "examples.shape",
      "one to six sizes from 1 to 1,000,000")
    let whole = shape.reduce(1.0) { $0 * Double($1) }
    try check(
      range ~= size && [Double(size), Double(size) + Double(condition?.size ?? 0)].contains(whole), "examples.size",
      "the product of examples.shape, or what a condition leaves of it")
    guard let condition else { return }
    try check(1...10_000_000 ~= condition.size, "examples.condition.size", "1 to 10,000,000")
    if let shape = condition.shape {
      try check(
        2...3 ~= shape.count && shape.allSatisfy { range ~= $0 }
          && shape.reduce(1.0) { $0 * Double($1) } == Double(condition.size), "examples.condition.shape",
        "rows, columns and perhaps channels whose product is the condition's size")
    }
  }
}
