import Tensors

/// What one variable of a file holds: its name, shape and number type, before its values are read.
public struct VariableInfo: Sendable, Equatable {
  /// The name in the file; empty for a file of one array.
  public var name: String
  /// The shape, in the file's own order of axes.
  public var shape: [Int]
  /// How the numbers are stored; nil for what isn't an array of numbers (text, cells, objects).
  public var type: NumberType?

  /// How many numbers there are, or nil where the product doesn't fit.
  public var count: Int? { checkedProduct(shape) }

  /// Several examples of several numbers each.
  var isImageLike: Bool {
    guard type != nil, shape.count >= 2, let count else { return false }
    return count > 0 && (shape.max() ?? 0) < count
  }
}

/// An array of numbers as a reader returns it: row-major, the first axis counting examples where there are several.
public struct NumericArray: Sendable {
  /// The variable's name; empty for a file of one array.
  public var name: String
  /// The shape; its product is the number of values.
  public var shape: [Int]
  /// All values, row-major.
  public var values: Dataset.Values
  /// How the file stored them.
  public var type: NumberType

  /// The array with its axes in another order: axis `i` of the result is axis `order[i]` of this one.
  func permuted(_ order: [Int]) -> NumericArray {
    require(order.sorted() == Array(shape.indices), "\(order) is not an order of \(shape.count) axes")
    var result = self
    result.shape = order.map { shape[$0] }
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    let steps = order.map { strides[$0] }
    switch values.inMemory {
    case .floats(let values): result.values = .floats(gather(values, shape: result.shape, steps: steps))
    case .bytes(let values): result.values = .bytes(gather(values, shape: result.shape, steps: steps))
    case .mapped: fatalError("these are in memory")
    }
    return result
  }

  /// The same numbers in another shape of the same size.
  package func reshaped(_ shape: [Int]) -> NumericArray {
    require(shape.reduce(1, *) == values.count, "\(shape) does not hold \(values.count) values")
    var result = self
    result.shape = shape
    return result
  }

  /// The first `limit` examples.
  func prefix(_ limit: Int?) -> NumericArray {
    guard let limit, let first = shape.first, limit < first else { return self }
    var result = self
    result.shape[0] = limit
    let count = result.shape.reduce(1, *)
    result.values = values.prefix(count)
    return result
  }

  /// The values as classes, if there is one for each of `count` examples and each is a whole number.
  package func labels(count: Int) -> [Int]? {
    guard values.count == count, shape.allSatisfy({ $0 == 1 || $0 == count }) else { return nil }
    guard case .floats(let values) = values else { return values.withBytes { $0.map(Int.init) } }
    guard values.allSatisfy({ $0 == $0.rounded() && $0.magnitude < 16_777_216 }) else { return nil }
    return values.map { Int($0) }
  }

  /// Examples for a model. Bytes that are only 0 and 1 are bits and become 0 and 255, so that a batch, which
  /// divides bytes by 255, has 0 and 1 again.
  package func dataset(name: String, labels: [Int]? = nil) -> Dataset {
    let values = values.scalingBits()
    let example = shape.count > 1 ? Array(shape.dropFirst()) : [1]
    // [N, height, width, 1] says no more than [N, height, width].
    let shape = example.count == 3 && example[2] == 1 ? Array(example.dropLast()) : example
    return Dataset(name: name, exampleShape: shape, values: values, labels: labels)
  }
}

extension Dataset.Values {
  /// Bytes that are only 0 and 1, as 0 and 255.
  consuming func scalingBits() -> Dataset.Values {
    guard case .bytes(var bytes) = self, bytes.max() == 1 else { return self }
    // Drops the other reference, so that a large array is changed in place.
    self = .bytes([])
    bytes.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] = $0[index] &* 255 } }
    return .bytes(bytes)
  }
}

/// Walks the result in order, its last axis innermost.
private func gather<Element>(_ values: [Element], shape: [Int], steps: [Int]) -> [Element] {
  guard !values.isEmpty, let inner = shape.last, let innerStep = steps.last else { return values }
  return [Element](unsafeUninitializedCapacity: values.count) { output, initialized in
    values.withUnsafeBufferPointer { input in
      var index = [Int](repeating: 0, count: shape.count - 1)
      var base = 0
      while true {
        for position in 0..<inner { output[initialized + position] = input[base + position * innerStep] }
        initialized += inner
        var axis = index.count - 1
        while axis >= 0 {
          index[axis] += 1
          base += steps[axis]
          if index[axis] < shape[axis] { break }
          base -= steps[axis] * shape[axis]
          index[axis] = 0
          axis -= 1
        }
        if axis < 0 { return }
      }
    }
  }
}
