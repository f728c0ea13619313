import Foundation
import Tensors

/// A trained model at work on many examples: in blocks, so that memory does not grow with their number.
public enum Inference {
  private static let blockSize = 256

  /// Posterior means and deviations of the examples at `positions`, each [count, latentSize].
  public static func encode<Model: LatentVariableModel>(
    _ model: Model, _ data: any BatchSource, positions: [Int], stream: RandomStream
  ) -> (means: Tensor, deviations: Tensor) {
    let parts = blocks(positions).map { block in
      model.posterior(model.encode(data.batch(block, stream: stream).asConstant))
    }
    return (Tensor.stacked(parts.map(\.mean)), Tensor.stacked(parts.map(\.deviation)))
  }

  /// The expected data for latents [N, latentSize]: [N, inputSize].
  public static func decode<Model: LatentVariableModel>(_ model: Model, _ z: Tensor) -> Tensor {
    Tensor.stacked(blocks(Array(0..<z.shape[0])).map { model.expectation(given: z.rows($0.startIndex..<$0.endIndex)) })
  }

  /// Data drawn from p(x|z) for latents [N, latentSize]: [N, inputSize].
  public static func sample<Model: LatentVariableModel>(_ model: Model, _ z: Tensor, _ stream: RandomStream) -> Tensor {
    Tensor.stacked(
      blocks(Array(0..<z.shape[0])).map {
        model.sample(given: z.rows($0.startIndex..<$0.endIndex), stream[$0.startIndex])
      })
  }

  private static func blocks(_ positions: [Int]) -> [ArraySlice<Int>] {
    stride(from: 0, to: positions.count, by: blockSize).map { positions[$0..<min($0 + blockSize, positions.count)] }
  }
}

/// Places in latent space to look at.
public enum LatentPath {
  /// `steps` points on the line between two points, both included.
  public static func line(from a: [Float], to b: [Float], steps: Int) -> [[Float]] {
    (0..<steps).map { step in
      let t = steps > 1 ? Float(step) / Float(steps - 1) : 0
      return zip(a, b).map { $0 + t * ($1 - $0) }
    }
  }

  /// A `side` by `side` grid over two of the latents, at equal steps of probability: the inverse of the normal
  /// distribution function at the middles of `side` intervals (Kingma and Welling 2014, figure 4). Other latents are
  /// zero. Row by row, the second axis falling from top to bottom.
  public static func grid(side: Int, latentSize: Int, axes: (Int, Int)) -> [[Float]] {
    let marks = (0..<side).map { Float(inverseNormal((Double($0) + 0.5) / Double(side))) }
    return (0..<side * side).map { cell in
      var z = [Float](repeating: 0, count: latentSize)
      z[axes.0] = marks[cell % side]
      z[axes.1] = marks[side - 1 - cell / side]
      return z
    }
  }

  /// The standard normal quantile, by Newton's method on erfc; p in (0, 1).
  package static func inverseNormal(_ p: Double) -> Double {
    require(p > 0 && p < 1, "inverse normal: expected a probability inside (0, 1), got \(p)")
    if p > 0.5 { return -inverseNormal(1 - p) }
    // For p <= 1/2 the log of the distribution function is concave, so Newton on it converges from this start.
    var x = -(-2 * log(p)).squareRoot()
    for _ in 0..<60 {
      let cdf = 0.5 * erfc(-x / 2.0.squareRoot())
      let density = exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
      let step = cdf * log(cdf / p) / density
      x -= step
      if abs(step) < 1e-14 { break }
    }
    return x
  }
}
