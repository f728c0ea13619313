import Tensors

/// What a batch's examples differ in: within a group in one known cause alone.
public struct OneCause: BatchStructure, Equatable {
  /// Which.
  public var number: Int
  /// How many of the batch's examples each group has, one group after the other.
  public var groups: [Int]

  /// The cause of a number. Traps where a group is empty.
  public init(_ number: Int, groups: [Int]) {
    require(groups.allSatisfy { $0 > 0 }, "OneCause: groups of \(groups) examples; none may be empty")
    (self.number, self.groups) = (number, groups)
  }

  /// As many as one of two parts of a group must have.
  private static let enough = 8

  /// Groups stay together, but for large ones: of those a shard has enough to say something about the rest.
  public func shards(of count: Int, threads: Int) -> [Range<Int>] {
    let even = Parallel.ranges(of: count, shards: max(1, min(threads, count / Self.enough)))
    let ends = even.map { end(near: $0.upperBound) }
    return zip([0] + ends, ends).filter { $0 < $1 }.map { $0..<$1 }
  }

  /// The groups of `rows` of the batch, or their parts, counted from the first of these.
  func groups(in rows: Range<Int>) -> [Range<Int>] {
    ranges.map { $0.clamped(to: rows) }.filter { !$0.isEmpty }
      .map { $0.lowerBound - rows.lowerBound..<$0.upperBound - rows.lowerBound }
  }

  private var ranges: [Range<Int>] {
    var first = 0
    return groups.map { count in
      defer { first += count }
      return first..<first + count
    }
  }

  /// Where to cut instead of at `place`: not in a group, unless both parts have enough.
  private func end(near place: Int) -> Int {
    guard let group = ranges.first(where: { $0.lowerBound < place && place < $0.upperBound }) else { return place }
    if min(place - group.lowerBound, group.upperBound - place) >= Self.enough { return place }
    return place - group.lowerBound < group.upperBound - place ? group.lowerBound : group.upperBound
  }
}
