/// Work on several cores. A batch is split into shards of rows; each runs the whole model on one core.
public enum Parallel {
  /// Runs `body(0)`, `body(1)`, ... `body(count - 1)`, at once where there are cores, and waits for all.
  ///
  /// The same index runs on the same core from one call to the next, so what it left in the cache is still there. Inside
  /// another parallel run the cores are taken, and the bodies run one after the other.
  public static func run(_ count: Int, _ body: (Int) -> Void) {
    if count > 1, WorkerTeam.shared.run(count, body) { return }
    for index in 0..<count { body(index) }
  }

  /// Results of `body(0)` ... `body(count - 1)`, in that order.
  public static func map<T>(_ count: Int, _ body: (Int) -> T) -> [T] {
    var results = [T?](repeating: nil, count: count)
    results.withUnsafeMutableBufferPointer { slots in
      nonisolated(unsafe) let slots = slots
      run(count) { slots[$0] = body($0) }
    }
    return results.map { $0! }
  }

  /// Results of `body(0)` ... `body(count - 1)`, in that order, on at most `threads` cores, each of which takes every
  /// `threads`-th: for many bodies that may differ in cost.
  public static func map<T>(_ count: Int, threads: Int, _ body: (Int) -> T) -> [T] {
    let workers = max(1, min(threads, count))
    let lists = map(workers) { worker in
      stride(from: worker, to: count, by: workers).map { ($0, body($0)) }
    }
    return lists.joined().sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// `count` rows cut into at most `shards` ranges of nearly equal size, none empty.
  public static func ranges(of count: Int, shards: Int) -> [Range<Int>] {
    let parts = max(1, min(shards, count))
    return (0..<parts).map { count * $0 / parts..<count * ($0 + 1) / parts }
  }
}
