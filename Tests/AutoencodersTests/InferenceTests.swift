import Foundation
import Tensors
import TestSupport
import Testing

@testable import Autoencoders

struct InferenceTests {
  @Test(
    arguments: [
      (0.5, 0), (0.975, 1.959963984540054), (0.025, -1.959963984540054), (0.8413447460685429, 1),
      (0.001, -3.090232306167813), (1e-10, -6.361340902404056), (1e-300, -37.0471), (0.3, -0.5244005127080407),
    ] as [(Double, Double)])
  func inverseNormalGivesKnownQuantiles(_ p: Double, _ quantile: Double) {
    let tolerance = p < 1e-200 ? 1e-4 : 1e-12 * max(1, abs(quantile))
    #expect(abs(LatentPath.inverseNormal(p) - quantile) < tolerance)
  }

  @Test func inverseNormalIsOddAndUndoesTheDistribution() {
    for p in stride(from: 0.01, to: 1, by: 0.01) {
      let x = LatentPath.inverseNormal(p)
      #expect(abs(0.5 * erfc(-x / 2.0.squareRoot()) - p) < 1e-14)
      #expect(abs(x + LatentPath.inverseNormal(1 - p)) < 1e-12)
    }
  }

  @Test func lineRunsFromEndToEnd() {
    #expect(
      LatentPath.line(from: [0, 4], to: [1, 0], steps: 5) == [[0, 4], [0.25, 3], [0.5, 2], [0.75, 1], [1, 0]])
    #expect(LatentPath.line(from: [1], to: [2], steps: 1) == [[1]])
  }

  @Test func gridIsAMapOfTwoLatents() {
    let grid = LatentPath.grid(side: 3, latentSize: 4, axes: (2, 0))
    #expect(grid.count == 9)
    let step = Float(LatentPath.inverseNormal(5.0 / 6))
    // Left to right along the first axis, top to bottom down the second.
    #expect(grid[0] == [step, 0, -step, 0])
    #expect(grid[2] == [step, 0, step, 0])
    #expect(grid[4].allSatisfy { abs($0) < 1e-15 })
    #expect(grid[6] == [-step, 0, -step, 0])
    #expect(grid[8] == [-step, 0, step, 0])
  }

  @Test func blocksMakeNoDifference() {
    // 600 examples are three blocks.
    let (model, data, stream) = (Bars.model(seed: 1), Bars.examples(600), RandomStream(seed: 2))
    let positions = Array((0..<600).reversed())
    let (means, deviations) = Inference.encode(model, data, positions: positions, stream: stream)
    #expect(means.shape == [600, 3] && deviations.shape == [600, 3])
    let q = model.encode(data.batch(positions[...], stream: stream))
    for (a, b) in zip(means.scalars, q.mean.scalars) { #expect(abs(a - b) < 1e-5) }
    for (a, b) in zip(deviations.scalars, q.deviation.scalars) { #expect(abs(a - b) < 1e-5) }
    let decoded = Inference.decode(model, means)
    #expect(decoded.shape == [600, 16])
    for (a, b) in zip(decoded.scalars, model.expectation(given: means).scalars) { #expect(abs(a - b) < 1e-5) }
    let drawn = Inference.sample(model, means, stream)
    #expect(drawn.shape == [600, 16] && Set(drawn.scalars) == [0, 1])
    #expect(Inference.sample(model, means, stream) == drawn)
    #expect(drawn.rows(0..<256) != drawn.rows(256..<512))
  }
}
