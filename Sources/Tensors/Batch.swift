/// The examples of one step of training.
public struct Batch: Sendable {
  /// Which ones.
  public var indices: ArraySlice<Int>
  /// The number of the one known cause that tells them apart, where there is one: see ``BatchSource/batches(_:of:)``.
  public var varying: Int?

  /// Some examples.
  public init(_ indices: ArraySlice<Int>, varying: Int? = nil) { (self.indices, self.varying) = (indices, varying) }

  /// Into how many shards to cut it, of `threads` at most. Where a model looks at the batch's examples together, too few
  /// in a shard would say nothing about the rest.
  public func shards(_ threads: Int) -> Int {
    varying == nil ? threads : max(1, min(threads, indices.count / Self.leastTogether))
  }

  private static let leastTogether = 8
}
