import Tensors

/// What is known of each example beside what a model is about: c in p(x|c). A batch has rows [x | c].
public enum Condition: Sendable {
  /// Some of the example's own numbers are given; the target is the others.
  case part(ExamplePart)
  /// The class: a one among `classes` numbers, zeros else. All are NaN, missing, where it is not known.
  case label(classes: Int, known: Set<Int>?)
  /// The example of the same number in another set, bytes as [0, 1].
  case pictures(Dataset)

  /// Why this is no condition of examples of `dataset`; nil if it is.
  public func problem(with dataset: Dataset) -> String? {
    switch self {
    case .part(let part):
      part.count == dataset.exampleSize
        ? nil : "a part of \(part.count) numbers for examples of \(dataset.exampleSize)"
    case .label(let classes, _):
      switch dataset.labels {
      case nil: "there are no classes to be given"
      case let labels?:
        labels.first { !(0..<classes ~= $0) }.map { "class \($0) where classes are 0 to \(classes - 1)" }
      }
    case .pictures(let others):
      others.count == dataset.count ? nil : "\(others.count) pictures are given for \(dataset.count) examples"
    }
  }

  /// Numbers that a row has beyond the example's own.
  var extraSize: Int {
    switch self {
    case .part: 0
    case .label(let classes, _): classes
    case .pictures(let others): others.exampleSize
    }
  }

  /// Numbers of the example that are given and not asked for.
  var ownSize: Int { if case .part(let part) = self { part.given.count } else { 0 } }

  /// Numbers in one condition.
  public var size: Int { extraSize + ownSize }

  /// Completes a row that begins with the example.
  func write(to row: UnsafeMutablePointer<Float>, example: Int, of dataset: Dataset) {
    let own = dataset.exampleSize
    switch self {
    case .part(let part): part.arrange(row)
    case .label(let classes, let known):
      let isKnown = known?.contains(example) ?? true
      for k in 0..<classes { row[own + k] = isKnown ? 0 : .nan }
      if isKnown { row[own + dataset.labels![example]] = 1 }
    case .pictures(let others):
      let size = others.exampleSize
      if case .floats(let values) = others.values {
        values.withUnsafeBufferPointer { (row + own).update(from: $0.baseAddress! + example * size, count: size) }
      } else {
        _ = others.values.withBytes { (row + own).update(fromBytes: $0.baseAddress! + example * size, count: size) }
      }
    }
  }
}

/// Which numbers of an example are given and which are the target.
public struct ExamplePart: Sendable, Equatable {
  /// Places of the target's numbers in an example, rising.
  public let target: [Int]
  /// Places of the given ones, rising.
  public let given: [Int]

  /// A mark for each number of an example. Traps unless some are given and some are not.
  public init(isGiven: [Bool]) {
    target = isGiven.indices.filter { !isGiven[$0] }
    given = isGiven.indices.filter { isGiven[$0] }
    require(
      !target.isEmpty && !given.isEmpty,
      "ExamplePart: \(given.count) of \(isGiven.count) numbers are given; some must be, and some not")
  }

  /// Numbers in an example.
  public var count: Int { target.count + given.count }

  /// An example to [target | given], in place.
  func arrange(_ row: UnsafeMutablePointer<Float>) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { copy in
      copy.baseAddress!.update(from: row, count: count)
      for (place, number) in target.enumerated() { row[place] = copy[number] }
      for (place, number) in given.enumerated() { row[target.count + place] = copy[number] }
    }
  }

  /// Whole examples [N, count] of targets [N, target.count] and conditions [N, given.count].
  public func assembled(target x: Tensor, given c: Tensor) -> Tensor {
    require(
      x.shape == [x.shape[0], target.count] && c.shape == [x.shape[0], given.count],
      "ExamplePart: targets \(x.shape) and conditions \(c.shape) for \(target.count) and \(given.count) numbers")
    return Tensor(shape: [x.shape[0], count]) { out in
      for row in 0..<x.shape[0] {
        let whole = out + row * count
        for (place, number) in target.enumerated() { whole[number] = x.pointer[row * target.count + place] }
        for (place, number) in given.enumerated() { whole[number] = c.pointer[row * given.count + place] }
      }
    }
  }
}
