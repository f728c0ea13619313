import Foundation
import Tensors

/// A mixture of diagonal Gaussians that was fitted to points by expectation-maximisation (Dempster et al. 1977).
///
/// Each iteration computes every component's share in every point, then sets weights, means and variances to what these
/// shares say. The likelihood never falls, but the maximum it climbs is the one near its start: components begin at
/// points drawn far apart (k-means++, Arthur and Vassilvitskii 2007) and as wide as their distance from the points.
public struct MixtureFit: Sendable {
  /// What was found.
  public let mixture: GaussianMixture
  /// Mean log density of the points after each iteration, in nats, the start first.
  public let logLikelihoods: [Double]

  /// The least variance of a component, as a part of the points' own: no component may shrink onto a point.
  public static let leastVariance = 1e-3

  /// Points whose shares are computed together. Sums are added up by block, so part of the result's last digits.
  private static let blockSize = 2048
  /// Points that the start is chosen from, at most.
  private static let startSize = 10_000

  /// Fits `components` to `points` [N, D]; stops when an iteration gains less than `tolerance` nats a point.
  ///
  /// The result depends on the stream and not on the number of threads. Traps on more components than points.
  public init(
    to points: Tensor, components: Int, stream: RandomStream, threads: Int = 1, iterations: Int = 300,
    tolerance: Double = 1e-4
  ) {
    require(
      points.shape.rank == 2 && components > 0 && components <= points.shape[0],
      "MixtureFit: \(components) components for points \(points.shape); expected at least one, and no more than points")
    let (size, count) = (points.shape[1], points.shape[0])
    let floor = Self.variances(of: points).map { max(Self.leastVariance * $0, 1e-12) }
    let chosen = stream["start"].permutation(count).prefix(Self.startSize)
    let start = Tensor.stacked(chosen.map { points.rows($0..<$0 + 1) })
    var mixture = Self.start(start, components, floor, stream["seeds"])
    var history: [Double] = []
    for _ in 0...iterations {
      let (moments, logLikelihood) = Self.expectation(mixture, points, threads)
      history.append(logLikelihood)
      if let last = history.dropLast().last, logLikelihood - last < tolerance || history.count > iterations { break }
      mixture = Self.maximisation(moments, mixture, count: count, size: size, floor: floor)
    }
    (self.mixture, logLikelihoods) = (mixture, history)
  }

  /// Moments of the points by each component's share in them, and the mean log density.
  private static func expectation(
    _ mixture: GaussianMixture, _ points: Tensor, _ threads: Int
  ) -> (MixtureMoments, Double) {
    let blocks = (points.shape[0] + blockSize - 1) / blockSize
    let workers = max(1, min(threads, blocks))
    var moments = MixtureMoments(components: mixture.count, size: mixture.size)
    var total = 0.0
    // A round of blocks at a time: what waits to be added does not grow with the points.
    for first in stride(from: 0, to: blocks, by: workers) {
      let parts = Parallel.map(min(workers, blocks - first)) { worker in
        let start = (first + worker) * blockSize
        let rows = points.rows(start..<min(start + blockSize, points.shape[0]))
        let (shares, logDensity) = mixture.responsibilities(rows)
        var part = MixtureMoments(components: mixture.count, size: mixture.size)
        part.add(rows, shares: shares)
        return (part, logDensity.scalars.reduce(0.0) { $0 + Double($1) })
      }
      for (part, sum) in parts {
        moments.add(part)
        total += sum
      }
    }
    return (moments, total / Double(points.shape[0]))
  }

  /// The weights, means and variances of greatest likelihood for these shares; a component without points stays.
  private static func maximisation(
    _ moments: MixtureMoments, _ old: GaussianMixture, count: Int, size: Int, floor: [Double]
  ) -> GaussianMixture {
    var (means, deviations) = (old.means.scalars, old.deviations.scalars)
    for (k, weight) in moments.weights.enumerated() where weight > 1e-6 {
      for d in 0..<size {
        let mean = moments.sums[k * size + d] / weight
        let variance = max(moments.squares[k * size + d] / weight - mean * mean, floor[d])
        means[k * size + d] = Float(mean)
        deviations[k * size + d] = Float(variance.squareRoot())
      }
    }
    return GaussianMixture(
      weights: moments.weights.map { $0 / Double(count) }, means: Tensor(means, shape: old.means.shape),
      deviations: Tensor(deviations, shape: old.means.shape))
  }

  /// Points as means, each drawn by its squared distance (in the points' own deviations) from those before it; the
  /// variance that is left about the nearest, for all alike.
  private static func start(
    _ points: Tensor, _ components: Int, _ floor: [Double], _ stream: RandomStream
  ) -> GaussianMixture {
    let (count, size) = (points.shape[0], points.shape[1])
    let scale = Tensor(floor.map { Float((leastVariance / $0).squareRoot()) })
    let marks = stream.uniform([components]).scalars
    var distances = [Float](repeating: 1, count: count)
    var nearest = [Int](repeating: 0, count: count)
    var seeds: [Int] = []
    for k in 0..<components {
      let seed = drawn(by: distances, mark: Double(marks[k]))
      let toSeed = square((points - points.rows(seed..<seed + 1)) * scale).sumOverLast().scalars
      for i in 0..<count where k == 0 || toSeed[i] < distances[i] { (distances[i], nearest[i]) = (toSeed[i], k) }
      seeds.append(seed)
    }
    let means = Tensor.stacked(seeds.map { points.rows($0..<$0 + 1) })
    var left = [Double](repeating: 0, count: size)
    withExtendedLifetime((points, means)) {
      let (z, m) = (points.pointer, means.pointer)
      for i in 0..<count {
        for d in 0..<size {
          let difference = Double(z[i * size + d] - m[nearest[i] * size + d])
          left[d] += difference * difference / Double(count)
        }
      }
    }
    let deviations = zip(left, floor).map { Float(max($0, $1).squareRoot()) }
    return GaussianMixture(means: means, deviations: Tensor(deviations).broadcast(to: [components, size]))
  }

  /// The place where the running sum passes `mark` of the whole; the first where all is zero.
  private static func drawn(by weights: [Float], mark: Double) -> Int {
    let total = weights.reduce(0.0) { $0 + Double($1) }
    var sum = 0.0
    return weights.firstIndex { weight in
      sum += Double(weight)
      return weight > 0 && sum >= mark * total
    } ?? 0
  }

  /// Variance of each number over all points.
  private static func variances(of points: Tensor) -> [Double] {
    let (count, size) = (points.shape[0], points.shape[1])
    var (sums, squares) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
    withExtendedLifetime(points) {
      let z = points.pointer
      for i in 0..<count {
        for d in 0..<size {
          let value = Double(z[i * size + d])
          sums[d] += value
          squares[d] += value * value
        }
      }
    }
    let n = Double(count)
    return zip(sums, squares).map { max(0, $1 / n - $0 / n * $0 / n) }
  }
}
