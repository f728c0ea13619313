import Tensors

/// Examples by their classes, from which sets that share one factor's value are drawn.
struct SharedFactors {
  /// By factor and class, the examples.
  private let groups: [[[Int]]]
  /// By factor, the class of each example whose value others have too.
  private let shared: [[Int]]

  init(_ factors: KnownFactors) {
    groups = zip(factors.classes, factors.sizes).map { column, size in
      var groups = [[Int]](repeating: [], count: size)
      for (example, group) in column.enumerated() { groups[group].append(example) }
      return groups
    }
    shared = zip(factors.classes, groups).map { column, groups in column.filter { groups[$0].count > 1 } }
  }

  /// A factor, each as likely.
  func factor(_ stream: RandomStream) -> Int { stream.integer(below: groups.count, at: 0) }

  /// Two or more examples with one value of a factor: all there are, each value as likely as it has examples.
  func group(sharing factor: Int, _ stream: RandomStream) -> [Int] {
    groups[factor][shared[factor][stream.integer(below: shared[factor].count, at: 1)]]
  }
}
