import Foundation
import Tensors

/// Points of many dimensions in the plane, so that neighbours stay neighbours: t-SNE (van der Maaten and Hinton 2008), with all
/// pairs. What is far apart in the picture says little about how far it is.
public struct NeighbourEmbedding: Sendable {
  /// About how many neighbours count for each point.
  public var perplexity: Double
  /// Steps of gradient descent.
  public var steps: Int
  /// Cores to use; the result does not depend on it.
  public var threads: Int

  /// An embedding; memory and time of a step grow with the square of the number of points.
  public init(perplexity: Double = 30, steps: Int = 750, threads: Int = 1) {
    (self.perplexity, self.steps, self.threads) = (perplexity, steps, threads)
  }

  /// Places in the plane, [N, 2], for points [N, D]. `progress` is told steps done. Traps unless there are more than three
  /// times as many points as the perplexity.
  public func callAsFunction(_ points: Tensor, progress: (Int) -> Void = { _ in }) -> Tensor {
    let count = points.shape[0]
    require(
      perplexity >= 1 && Double(count) > 3 * perplexity,
      "NeighbourEmbedding: perplexity \(perplexity) for \(count) points; expected 1 to a third of them")
    let affinities = affinities(points)
    var places = start(points)
    var (speed, gains) = (
      [Float](repeating: 0, count: 2 * count), [Float](repeating: 1, count: 2 * count)
    )
    let ranges = Parallel.ranges(of: count, shards: max(1, threads))
    let rate = Float(max(Double(count) / 12, 50))
    for step in 0..<steps {
      // First clusters are drawn together, then what lies within them is sorted out.
      let exaggeration: Float = step < steps / 4 ? 12 : 1
      let momentum: Float = step < steps / 4 ? 0.5 : 0.8
      let forces = NeighbourForces(count)
      _ = Parallel.map(ranges.count) { shard in
        forces.compute(places: places, affinities: affinities, rows: ranges[shard])
      }
      let scale = Float(1 / (0..<count).reduce(0) { $0 + forces.totals[$1] })
      places.withMutablePointer { place in
        for i in 0..<2 * count {
          let gradient = 4 * (exaggeration * forces.pull[i] - scale * forces.push[i])
          gains[i] = max(0.01, (gradient > 0) == (speed[i] > 0) ? gains[i] * 0.8 : gains[i] + 0.2)
          speed[i] = momentum * speed[i] - rate * gains[i] * gradient
          place[i] += speed[i]
        }
      }
      progress(step + 1)
    }
    return places
  }

  /// The first two principal components, small.
  private func start(_ points: Tensor) -> Tensor {
    let components = PrincipalComponents(of: points, count: min(2, points.shape[1]))
    let places = components.coordinates(of: points)
    let scale = Float(1e-4 / max(components.variances[0].squareRoot(), 1e-30))
    if points.shape[1] > 1 { return places.scaled(by: scale) }
    return places.scaled(by: scale).joined(with: Tensor(repeating: 0, shape: [points.shape[0], 1]))
  }

  /// How much two points are each other's neighbours, [N, N], adding up to 1: Gaussians about each point, so wide that
  /// their entropy is the logarithm of the perplexity.
  func affinities(_ points: Tensor) -> Tensor {
    let (count, size) = (points.shape[0], points.shape[1])
    let values = points.scalars
    let rows = Parallel.map(max(1, threads)) { worker in
      stride(from: worker, to: count, by: max(1, threads)).map { i -> (Int, [Double]) in
        let distances = (0..<count).map { j in
          (0..<size).reduce(0.0) { sum, d in
            let apart = Double(values[i * size + d]) - Double(values[j * size + d])
            return sum + apart * apart
          }
        }
        return (i, Self.shares(distances, of: i, perplexity: perplexity))
      }
    }
    let shares = rows.joined().sorted { $0.0 < $1.0 }.map(\.1)
    return Tensor(shape: [count, count]) { out in
      for i in 0..<count {
        for j in 0..<count { out[i * count + j] = Float((shares[i][j] + shares[j][i]) / Double(2 * count)) }
      }
    }
  }

  /// Shares of all others in point i's neighbourhood, by bisection of the width.
  static func shares(_ distances: [Double], of i: Int, perplexity: Double) -> [Double] {
    let nearest = distances.indices.filter { $0 != i }.map { distances[$0] }.min() ?? 0
    var (low, high, beta) = (0.0, Double.infinity, 1.0)
    var shares: [Double] = []
    for _ in 0..<100 {
      let weights = distances.indices.map { $0 == i ? 0 : Foundation.exp(-beta * (distances[$0] - nearest)) }
      let total = weights.reduce(0, +)
      shares = weights.map { $0 / total }
      let entropy = shares.reduce(0) { $0 - ($1 > 0 ? $1 * Foundation.log($1) : 0) }
      let excess = entropy - Foundation.log(perplexity)
      if abs(excess) < 1e-5 { break }
      if excess > 0 {
        low = beta
        beta = high.isFinite ? (beta + high) / 2 : beta * 2
      } else {
        high = beta
        beta = (beta + low) / 2
      }
    }
    return shares
  }
}
