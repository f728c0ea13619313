import Tensors

/// Examples of a set in groups, within which only some of the known factors vary.
public struct FactorGroups: Sendable {
  /// All examples, group after group.
  private let order: [Int]
  /// Where each group begins in `order`, and where the last ends.
  private let starts: [Int]
  /// The group of each example of `order`, by its place among the positions given.
  private let group: [Int]

  /// Groups of examples that agree in all factors but those `varying`.
  /// - Parameter indices: which of the set's examples, all by default; groups hold places among these.
  public init(_ factors: Dataset.Factors, varying: [String], indices: [Int]? = nil) {
    let width = factors.names.count
    let indices = indices ?? Array(0..<factors.values.count / max(width, 1))
    let kept = factors.names.indices.filter { !varying.contains(factors.names[$0]) }
    // Each combination of the other factors' values as one number.
    var keys = [Int](repeating: 0, count: indices.count)
    for column in kept {
      let values = indices.map { factors.values[$0 * width + column] }
      let known = Set(values).sorted()
      let number = Dictionary(uniqueKeysWithValues: zip(known, 0...))
      // Numbers are made dense again and again, so that their product can't overflow.
      let combined = zip(keys, values).map { $0 * known.count + number[$1]! }
      let dense = Dictionary(uniqueKeysWithValues: zip(Set(combined).sorted(), 0...))
      keys = combined.map { dense[$0]! }
    }
    let count = indices.isEmpty ? 0 : keys.max()! + 1
    var starts = [Int](repeating: 0, count: count + 1)
    for key in keys { starts[key + 1] += 1 }
    for key in 0..<count { starts[key + 1] += starts[key] }
    var (next, order) = (starts, [Int](repeating: 0, count: indices.count))
    for (place, key) in keys.enumerated() {
      order[next[key]] = place
      next[key] += 1
    }
    (self.order, self.starts, group) = (order, starts, keys)
  }

  /// How many groups there are.
  public var count: Int { starts.count - 1 }

  /// The examples of a group, in order.
  public subscript(index: Int) -> ArraySlice<Int> { order[starts[index]..<starts[index + 1]] }

  /// The examples that differ from one in the varying factors at most, itself among them.
  public func group(of example: Int) -> ArraySlice<Int> { self[group[example]] }
}

extension Dataset.Factors {
  /// One factor of one example. Traps if there is no such factor.
  public func value(_ name: String, of example: Int) -> Float {
    guard let column = names.firstIndex(of: name) else { fatalError("Factors: no \(name) among \(names)") }
    return values[example * names.count + column]
  }
}
