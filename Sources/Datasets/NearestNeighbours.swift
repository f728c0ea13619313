import Foundation
import Tensors

/// The example nearest to each of some pictures: whether a model makes something new or repeats what it was shown.
public struct NearestNeighbours: Sendable {
  /// For each query, the number of the nearest example; of equally near ones the first.
  public let indices: [Int]
  /// For each query, the Euclidean distance to it.
  public let distances: [Float]

  /// Looks at all examples once, a block at a time on each core, so no more than a few blocks are in memory.
  ///
  /// `queries` is [N, exampleSize], row-major, in the examples' units. Traps unless it is, or if there are no examples.
  public init(of queries: [Float], in examples: some BatchSource) {
    let size = examples.exampleSize
    require(
      size > 0 && queries.count % size == 0 && examples.count > 0,
      "NearestNeighbours: \(queries.count) numbers are no queries of \(size), or there are no examples")
    let count = queries.count / size
    let block = max(1, min(256, (1 << 22) / size))
    let blocks = (examples.count + block - 1) / block
    let shares = Parallel.ranges(of: blocks, shards: ProcessInfo.processInfo.activeProcessorCount)
    let stream = RandomStream(seed: 0)["neighbours"]
    let order = Array(0..<examples.count)
    let found = Parallel.map(shares.count) { share in
      var best = [(index: Int, square: Float)](repeating: (0, .infinity), count: count)
      for number in shares[share] {
        let positions = order[number * block..<min((number + 1) * block, examples.count)]
        let rows = examples.batch(positions, stream: stream).scalars
        rows.withUnsafeBufferPointer { rows in
          queries.withUnsafeBufferPointer { queries in
            for query in 0..<count {
              for (row, index) in positions.enumerated() {
                let square = Self.square(
                  queries.baseAddress! + query * size, rows.baseAddress! + row * size, size, upTo: best[query].square)
                if square < best[query].square { best[query] = (index, square) }
              }
            }
          }
        }
      }
      return best
    }
    // Shares are in the order of the examples, so the first of equals stays.
    let nearest = (0..<count).map { query in
      found.dropFirst().reduce(found[0][query]) { $1[query].square < $0.square ? $1[query] : $0 }
    }
    indices = nearest.map(\.index)
    distances = nearest.map { $0.square.squareRoot() }
  }

  /// The squared distance, or something of at least `most` once that is reached. By differences: an expanded square would
  /// lose what tells near pictures apart.
  private static func square(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ size: Int, upTo most: Float
  ) -> Float {
    var total: Float = 0
    var start = 0
    while start < size, total < most {
      let end = min(start + 512, size)
      var lanes = SIMD16<Float>(repeating: 0)
      var i = start
      while i + 16 <= end {
        let difference =
          UnsafeRawPointer(a + i).loadUnaligned(as: SIMD16<Float>.self)
          - UnsafeRawPointer(b + i).loadUnaligned(as: SIMD16<Float>.self)
        lanes += difference * difference
        i += 16
      }
      total += lanes.sum()
      while i < end {
        total += (a[i] - b[i]) * (a[i] - b[i])
        i += 1
      }
      start = end
    }
    return total
  }
}
