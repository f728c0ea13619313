import Tensors

/// What is known to have caused each example - its shape, its place, its slant - as classes: what representations are
/// compared with.
public struct KnownFactors: Sendable {
  /// Of the factors that vary, in the order they were given.
  public let names: [String]
  /// By factor, the class of each example, from 0 in the order of the values.
  public let classes: [[Int]]
  /// By factor, how many classes there are.
  public let sizes: [Int]
  /// Factors that take one value only, and are left out.
  public let constantNames: [String]
  /// How many examples.
  public let count: Int

  /// A factor with more values than this, or with fewer than five examples of each on average, is taken for a continuous one.
  static let mostClasses = 100
  /// Into so many parts of equal counts a continuous factor is cut.
  static let parts = 20
  /// Scores are judged on examples that were not learned from, so some are needed.
  static let fewestExamples = 100

  /// From values [count, names.count], row-major: each value a class, or each of 20 parts of equal counts where there are more
  /// than 100 values, or fewer than five examples of each on average.
  ///
  /// Throws ``FactorError`` if there are fewer than 100 examples, some value is NaN, or fewer than two factors vary. Traps
  /// unless there are as many values for each example as names.
  public init(names: [String], values: [Float]) throws {
    require(
      !names.isEmpty && values.count % names.count == 0,
      "KnownFactors: \(values.count) values are not \(names.count) for each example")
    let count = values.count / names.count
    guard count >= Self.fewestExamples else { throw FactorError.tooFewExamples(count) }
    var (varying, classes, sizes, constant): ([String], [[Int]], [Int], [String]) = ([], [], [], [])
    for (factor, name) in names.enumerated() {
      let column = stride(from: factor, to: values.count, by: names.count).map { values[$0] }
      guard !column.contains(where: \.isNaN) else { throw FactorError.unknownValue(name) }
      let found = Self.classes(of: column)
      let size = (found.max() ?? 0) + 1
      if size == 1 {
        constant.append(name)
      } else {
        varying.append(name)
        classes.append(found)
        sizes.append(size)
      }
    }
    guard varying.count > 1 else { throw FactorError.tooFewFactors(varying, count: count) }
    (self.names, self.classes, self.sizes, constantNames, self.count) = (varying, classes, sizes, constant, count)
  }

  private static func classes(of values: [Float]) -> [Int] {
    let sorted = values.sorted()
    var distinct: [Float] = []
    for value in sorted where value != distinct.last { distinct.append(value) }
    if distinct.count > min(mostClasses, values.count / 5) {
      // The first value of each part; parts that begin at the same value are one.
      let firsts = (0..<parts).map { sorted[$0 * sorted.count / parts] }
      distinct = []
      for value in firsts where value != distinct.last { distinct.append(value) }
    }
    return values.map { value in
      var (low, high) = (0, distinct.count)  // the last class that begins at or below the value
      while high - low > 1 {
        let middle = (low + high) / 2
        if distinct[middle] <= value { low = middle } else { high = middle }
      }
      return low
    }
  }

  /// By factor, the entropy of its classes, nats.
  var entropies: [Double] {
    zip(classes, sizes).map { column, size in
      var counts = [Double](repeating: 0, count: size)
      for group in column { counts[group] += 1 }
      return counts.entropy
    }
  }
}

/// Why representations can't be compared with factors.
public enum FactorError: Error, Equatable, CustomStringConvertible {
  /// There are so few examples.
  case tooFewExamples(Int)
  /// Only these factors vary.
  case tooFewFactors([String], count: Int)
  /// The factor of this name is NaN somewhere.
  case unknownValue(String)

  /// What is wrong, in one line.
  public var description: String {
    switch self {
    case .tooFewExamples(let count):
      "\(count) examples are too few to compare a representation with factors: at least "
        + "\(KnownFactors.fewestExamples) are needed"
    case .tooFewFactors(let names, let count):
      "of the known factors \(names.isEmpty ? "none" : "only \(names[0])") varies among these \(count) examples; scores of "
        + "disentanglement compare two or more"
    case .unknownValue(let name): "the factor \(name) is not known of every example"
    }
  }
}
