import Foundation
import Tensors

/// What is missing of some examples, by importance sampling: K draws z ~ q(z|x_observed), weighed by
/// p(x_observed|z) p(z) / q(z|x_observed) (Mattei and Frellsen 2019, *MIWAE*).
///
/// The weighted mean of the decoder's means is an estimate of E[x_missing|x_observed]; draws of z by their weights, then of
/// x_missing given z, are draws from p(x_missing|x_observed). Both are right for any q as K grows, and as good as the
/// effective number of draws is large.
public struct ImportanceImputation<Model: LatentVariableModel> {
  /// Whose latents these are.
  public let model: Model
  /// The examples [B, inputSize], NaN where a number is missing.
  public let x: Tensor
  /// The draws, [K, B, latentSize].
  public let z: Tensor
  /// Their weights by example, each K numbers that add up to one.
  public let weights: [[Double]]
  private let streams: [RandomStream]

  /// - Parameters:
  ///   - guess: what q(z|x) is asked about in place of `x`, [B, inputSize], such as where a chain has been; it may have holes.
  ///   - draws: K.
  ///   - streams: random numbers for each row of `x`.
  public init(_ model: Model, x: Tensor, guess: Tensor? = nil, draws: Int, streams: [RandomStream]) {
    let rows = x.shape[0]
    require(
      x.shape.rank == 2 && x.shape[1] == model.inputSize && streams.count == rows && draws > 0,
      "ImportanceImputation: examples \(x.shape), \(streams.count) streams and \(draws) draws for a model of "
        + "\(model.inputSize) numbers")
    (self.model, self.x, self.streams) = (model, x, streams)
    let encoding = model.encode((guess ?? x).asConstant)
    let atOnce = max(1, Evaluator.rowsAtOnce / rows)
    var parts: [Tensor] = []
    var logs = [[Double]](repeating: [], count: rows)
    for first in stride(from: 0, to: draws, by: atOnce) {
      let count = min(atOnce, draws - first)
      let noise = Self.noise(streams, first: first, count: count, size: model.noiseSize)
      parts.append(model.latents(of: encoding, noise: noise))
      let weights = model.evidence(of: x, given: encoding, noise: noise, divergence: .sampled).logWeight.scalars
      for (i, weight) in weights.enumerated() { logs[i % rows].append(Double(weight)) }
    }
    z = Tensor.stacked(parts)
    weights = logs.map { logs in
      let largest = logs.max() ?? 0
      let parts = logs.map { $0.isNaN ? 0 : Foundation.exp($0 - largest) }
      let sum = parts.reduce(0, +)
      return parts.map { $0 / sum }
    }
  }

  /// Draws `first` ..< `first + count` of each row: [count, rows, size].
  private static func noise(_ streams: [RandomStream], first: Int, count: Int, size: Int) -> Tensor {
    Tensor(shape: [count, streams.count, size]) { out in
      for (row, stream) in streams.enumerated() {
        let own = stream["latents"].normal([count, size], first: first * size)
        for k in 0..<count {
          (out + (k * streams.count + row) * size).update(from: own.pointer + k * size, count: size)
        }
      }
    }
  }

  /// By example, how many draws with equal weights the weighted ones are worth.
  public var effectiveDraws: [Double] { weights.map { 1 / $0.reduce(0) { $0 + $1 * $1 } } }

  /// Missing numbers at their expectation given the observed ones, which stay as they are: [B, inputSize].
  public func expectation() -> Tensor {
    let size = model.inputSize
    let means = Tensor(shape: x.shape) { out in
      for row in weights.indices {
        let to = out + row * size
        to.fill(0, count: size)
        // What weighs next to nothing needs no decoder.
        let chosen = weights[row].indices.filter { weights[row][$0] > 1e-8 }
        for first in stride(from: 0, to: chosen.count, by: Evaluator.rowsAtOnce) {
          let some = chosen[first..<min(first + Evaluator.rowsAtOnce, chosen.count)]
          let expected = model.expectation(given: latents(row, some))
          for (i, k) in some.enumerated() {
            to.add(expected.pointer + i * size, times: Float(weights[row][k]), count: size)
          }
        }
      }
    }
    return x.filled(from: means)
  }

  /// The examples completed `count` times by draws from p(x_missing|x_observed): [count, B, inputSize].
  public func draws(_ count: Int) -> Tensor {
    let (rows, size) = (x.shape[0], model.inputSize)
    return Tensor(shape: [count, rows, size]) { out in
      for row in 0..<rows {
        let chosen = choices(row, count)
        let drawn = model.sample(given: latents(row, chosen[...]), streams[row]["data"])
        for k in 0..<count {
          let from = drawn.pointer + k * size
          (out + (k * rows + row) * size).update(
            from: x.pointer + row * size, fillingMissingFrom: from, count: size)
        }
      }
    }
  }

  /// Numbers of draws of z, chosen by weight.
  private func choices(_ row: Int, _ count: Int) -> [Int] {
    var sum = 0.0
    let sums = weights[row].map { weight -> Double in
      sum += weight
      return sum
    }
    return streams[row]["choice"].uniform([count]).scalars.map { luck in
      sums.firstIndex { $0 >= Double(luck) * sum } ?? sums.count - 1
    }
  }

  /// Some draws of z for a row, [count, latentSize].
  private func latents(_ row: Int, _ draws: ArraySlice<Int>) -> Tensor {
    let (rows, size) = (x.shape[0], model.latentSize)
    return Tensor(shape: [draws.count, size]) { out in
      for (i, k) in draws.enumerated() {
        (out + i * size).update(from: z.pointer + (k * rows + row) * size, count: size)
      }
    }
  }
}
