import Foundation
import Tensors
import Testing

struct ParallelTests {
  @Test(arguments: [1, 2, 7, 64]) func runsEveryIndexOnce(count: Int) {
    let lock = NSLock()
    nonisolated(unsafe) var seen = [Int](repeating: 0, count: count)
    Parallel.run(count) { index in lock.withLock { seen[index] += 1 } }
    #expect(seen == [Int](repeating: 1, count: count))
  }

  @Test func mapKeepsTheOrder() {
    #expect(Parallel.map(100) { "\($0)" } == (0..<100).map { "\($0)" })
    #expect(Parallel.map(0) { $0 }.isEmpty)
  }

  @Test func rangesCoverEverythingEvenly() {
    for count in [1, 2, 3, 7, 128, 1000] {
      for shards in [1, 2, 3, 8, 200] {
        let ranges = Parallel.ranges(of: count, shards: shards)
        #expect(ranges.flatMap { Array($0) } == Array(0..<count))
        #expect(ranges.count == min(count, shards))
        let sizes = ranges.map(\.count)
        #expect(sizes.min()! >= 1 && sizes.max()! - sizes.min()! <= 1)
      }
    }
    #expect(Parallel.ranges(of: 0, shards: 4).flatMap { Array($0) }.isEmpty)
    #expect(Parallel.ranges(of: 5, shards: 0) == [0..<5])
  }
}
