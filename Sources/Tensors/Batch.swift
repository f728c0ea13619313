/// The examples of one step of training.
public struct Batch: Sendable {
  /// Which ones.
  public var indices: ArraySlice<Int>
  /// What is known of them together, for models that can use it: see ``BatchSource/batches(_:of:)``.
  public var structure: (any BatchStructure)?

  /// Some examples.
  public init(_ indices: ArraySlice<Int>, structure: (any BatchStructure)? = nil) {
    (self.indices, self.structure) = (indices, structure)
  }

  /// The examples of each shard, where there are `threads` at most.
  public func shards(_ threads: Int) -> [Range<Int>] {
    structure?.shards(of: indices.count, threads: threads) ?? Parallel.ranges(of: indices.count, shards: threads)
  }
}

/// What is known of a batch's examples together. A source of batches makes it, and the models that know its type read it.
public protocol BatchStructure: Sendable {
  /// Ranges of `count` examples, one after the other, `threads` at most. Examples that a model looks at together stay so.
  func shards(of count: Int, threads: Int) -> [Range<Int>]
}
