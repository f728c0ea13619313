import Foundation
import Tensors
import Testing

@testable import LatentAnalysis

struct ProjectionTests {
  /// Points of known variances along turned axes.
  private func stretched(_ count: Int) -> Tensor {
    let noise = RandomStream(seed: 1).normal([count, 3]).scalars
    let (c, s) = (Float(0.8), Float(0.6))
    return Tensor(
      (0..<count).flatMap { row -> [Float] in
        let (a, b, d) = (3 * noise[row * 3], noise[row * 3 + 1], 0.3 * noise[row * 3 + 2])
        return [c * a - s * b + 5, s * a + c * b - 2, d]
      }, shape: [count, 3])
  }

  @Test func componentsAreTheDirectionsOfMostVariance() {
    let points = stretched(5000)
    let found = PrincipalComponents(of: points, count: 2)
    #expect(abs(found.mean[0] - 5) < 0.15 && abs(found.mean[1] + 2) < 0.15)
    #expect(abs(abs(found.axes[0][0]) - 0.8) < 0.02 && abs(abs(found.axes[0][1]) - 0.6) < 0.02)
    #expect(abs(found.axes[1][2]) < 0.03)
    #expect(abs(found.variances[0] - 9) < 0.5 && abs(found.variances[1] - 1) < 0.08)
    #expect(abs(found.totalVariance - 10.09) < 0.6)
    let places = found.coordinates(of: points).scalars
    let together = (0..<5000).reduce(0.0) { $0 + Double(places[2 * $1] * places[2 * $1 + 1]) } / 5000
    #expect(abs(together) < 1e-3, "coordinates are uncorrelated")
  }

  @Test func pointsOnALineHaveASecondAxisAllTheSame() {
    let line = Tensor((0..<10).flatMap { [Float($0), 2 * Float($0)] }, shape: [10, 2])
    let found = PrincipalComponents(of: line, count: 2)
    let isFinite = found.axes[1].allSatisfy { $0.isFinite }
    #expect(found.variances[1] < 1e-9 && isFinite)
  }

  @Test func neighbourhoodsAreAsWideAsAsked() {
    let distances = (0..<200).map { Double($0 * $0) / 100 }
    let shares = NeighbourEmbedding.shares(distances, of: 7, perplexity: 12)
    let entropy = shares.reduce(0) { $0 - ($1 > 0 ? $1 * Foundation.log($1) : 0) }
    #expect(abs(Foundation.exp(entropy) - 12) < 0.01 && shares[7] == 0)
    let affinities = NeighbourEmbedding(perplexity: 5).affinities(RandomStream(seed: 2).normal([40, 3]))
    #expect(abs(affinities.sum() - 1) < 1e-5)
    let values = affinities.scalars
    let column = (0..<40).map { values[$0 * 40 + 3] }
    #expect(column == Array(values[120..<160]))
  }

  /// Four clusters of ten dimensions: whoever was nearest is of one's cluster in the plane too.
  @Test func clustersStayApartInThePlane() {
    let (clusters, each) = (4, 40)
    let noise = RandomStream(seed: 3).normal([clusters * each, 10]).scalars
    let centres = RandomStream(seed: 4).normal([clusters, 10]).scalars
    let points = Tensor(
      noise.enumerated().map { index, e in
        let (row, d) = (index / 10, index % 10)
        return 4 * centres[row % clusters * 10 + d] + e
      }, shape: [clusters * each, 10])
    let embedding = NeighbourEmbedding(perplexity: 10, steps: 400)
    let places = embedding(points).scalars
    let count = clusters * each
    let agreeing = (0..<count).filter { i in
      let others = (0..<count).filter { $0 != i }
      func distance(_ j: Int) -> Float {
        let (dx, dy) = (places[2 * i] - places[2 * j], places[2 * i + 1] - places[2 * j + 1])
        return dx * dx + dy * dy
      }
      let nearest = others.min { distance($0) < distance($1) }!
      return nearest % clusters == i % clusters
    }.count
    #expect(agreeing >= count - 3, "\(agreeing) of \(count)")
    let isFinite = places.allSatisfy { $0.isFinite }
    #expect(isFinite)
    var threaded = embedding
    threaded.threads = 2
    #expect(threaded(points).scalars == places)
  }
}
