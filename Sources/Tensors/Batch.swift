/// The examples of one step of training.
public struct Batch: Sendable {
  /// Which ones.
  public var indices: ArraySlice<Int>
  /// The one known cause that tells those of a group apart, where there is one: see ``BatchSource/batches(_:of:)``.
  public var varying: OneCause?

  /// Some examples.
  public init(_ indices: ArraySlice<Int>, varying: OneCause? = nil) {
    (self.indices, self.varying) = (indices, varying)
  }

  /// The examples of each shard, where there are `threads` at most. Examples that a model looks at together stay so, but
  /// for large groups: of those a shard has enough to say something about the rest.
  public func shards(_ threads: Int) -> [Range<Int>] {
    guard let varying else { return Parallel.ranges(of: indices.count, shards: threads) }
    let even = Parallel.ranges(of: indices.count, shards: max(1, min(threads, indices.count / OneCause.enough)))
    let ends = even.map { varying.end(near: $0.upperBound) }
    return zip([0] + ends, ends).filter { $0 < $1 }.map { $0..<$1 }
  }
}

/// What a batch's examples differ in: within a group in one known cause alone.
public struct OneCause: Sendable, Equatable {
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
  static let enough = 8

  /// The groups of `rows` of the batch, or their parts, counted from the first of these.
  public func groups(in rows: Range<Int>) -> [Range<Int>] {
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
  fileprivate func end(near place: Int) -> Int {
    guard let group = ranges.first(where: { $0.lowerBound < place && place < $0.upperBound }) else { return place }
    if min(place - group.lowerBound, group.upperBound - place) >= Self.enough { return place }
    return place - group.lowerBound < group.upperBound - place ? group.lowerBound : group.upperBound
  }
}
