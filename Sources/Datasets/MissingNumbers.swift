import Tensors

/// Pixels, or numbers of a table, taken away from complete data completely at random, the same ones whenever they are read:
/// data with holes, for experiments.
public struct RandomHoles: Sendable {
  /// The probability of each pixel to be missing, in all its channels.
  public let part: Double
  /// Which ones are, by example.
  public let stream: RandomStream

  /// Traps unless 0 <= part < 1.
  public init(part: Double, stream: RandomStream) {
    require(part >= 0 && part < 1, "RandomHoles: expected a part in [0, 1), got \(part)")
    (self.part, self.stream) = (part, stream)
  }

  /// Puts NaN into an example of this shape.
  func make(in row: UnsafeMutablePointer<Float>, example: Int, shape: [Int]) {
    let channels = shape.count == 3 ? shape[2] : 1
    let pixels = shape.reduce(1, *) / channels
    stream.makeMissing(in: row, first: example * pixels, part: Float(part), pixels: pixels, channels: channels)
  }
}

extension Examples {
  /// The part of all numbers that is missing: NaN.
  public var missingPart: Double {
    let taken = holes?.part ?? 0
    guard case .floats(let values) = dataset.values, count > 0 else { return taken }
    let size = dataset.exampleSize
    var missing = 0
    for position in 0..<count {
      let first = (indices?[position] ?? position) * size
      for value in values[first..<first + size] where value.isNaN { missing += 1 }
    }
    let part = Double(missing) / Double(count * size)
    return part + (1 - part) * taken
  }
}
