import Foundation
import Testing

@testable import Tensors

private final class Cell: @unchecked Sendable { var value = 0 }

struct ParallelTests {
  @Test(arguments: [1, 2, 7, 64]) func runsEveryIndexOnce(count: Int) {
    let lock = NSLock()
    nonisolated(unsafe) var seen = [Int](repeating: 0, count: count)
    Parallel.run(count) { index in lock.withLock { seen[index] += 1 } }
    #expect(seen == [Int](repeating: 1, count: count))
  }

  @Test func runsWithinRunsEveryIndexToo() {
    let inner = Parallel.map(4) { outer in Parallel.map(3) { outer * 3 + $0 } }
    #expect(inner.flatMap { $0 } == Array(0..<12))
  }

  /// Jobs one right after the other, and after a rest long enough for the workers to have gone to sleep.
  @Test func workersWakeUp() {
    let team = WorkerTeam(workers: 3)
    for round in 0..<2000 {
      let results = (0..<7).map { _ in Cell() }
      #expect(team.run(7) { results[$0].value += $0 + round })
      #expect(results.enumerated().allSatisfy { $1.value == $0 + round })
      if round % 500 == 0 { usleep(2000) }
    }
    #expect(!WorkerTeam(workers: 0).run(2) { _ in Issue.record("no one to run this") })
  }

  /// Callers that come while the team is at work do theirs alone.
  @Test func manyCallersAtOnce() {
    DispatchQueue.concurrentPerform(iterations: 8) { caller in
      for round in 0..<200 {
        let sums = Parallel.map(5) { caller * round + $0 }
        #expect(sums == (0..<5).map { caller * round + $0 })
      }
    }
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
