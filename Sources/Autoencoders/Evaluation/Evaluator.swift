import Foundation
import Tensors

/// How good a model is on data it has not learned from. Bounds and estimates stay apart.
public struct Evaluator: Sendable {
  /// Cores to use; the result does not depend on it.
  public var threads: Int
  /// Seed of the draws.
  public var seed: UInt64

  /// Examples that are encoded together. Part of how random numbers are indexed, so a constant.
  private static let blockSize = 16
  /// Rows of a decoder's batch in importance sampling: few enough for the activations to stay in the cache.
  private static let rowsAtOnce = 512

  /// An evaluator with its own random numbers.
  public init(threads: Int = 1, seed: UInt64 = 0) {
    self.threads = threads
    self.seed = seed
  }

  private var stream: RandomStream { RandomStream(seed: seed)["evaluation"] }

  /// What the data are binarized by, where they are.
  public var dataStream: RandomStream { stream["data"] }

  /// The evidence lower bound with one draw for each of `samples` and the analytic divergence.
  public func bound<Model: LatentVariableModel>(
    _ model: Model, on data: any BatchSource, samples: Int = 1
  ) -> BoundReport {
    let blocks = blocks(of: data.count, size: 128)
    let parts = inParallel(blocks.count) { index in
      let range = blocks[index]
      let x = batch(data, range)
      let encoding = model.encode(x)
      let noise = stream["bound"][index].normal([samples, range.count, model.noiseSize])
      let evidence = model.evidence(of: x, given: encoding, noise: noise, divergence: .analytic)
      return BoundReport.Part(evidence, means: model.posterior(encoding).mean)
    }
    return BoundReport(parts)
  }

  /// log p(x) by importance sampling from q(z|x): log of the mean over `samples` draws of p(x, z) / q(z|x).
  ///
  /// Burda et al. 2016. Its expectation never exceeds log p(x) and rises to it with the number of draws. Draws are
  /// added up as they come, so memory does not grow with them. `progress` is told examples done.
  public func importanceEstimate<Model: LatentVariableModel>(
    _ model: Model, on data: any BatchSource, samples: Int, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> ImportanceReport {
    let blocks = blocks(of: data.count, size: Self.blockSize)
    let done = Counter()
    let parts = inParallel(blocks.count) { index in
      let range = blocks[index]
      let sums = logMeanWeights(model, batch(data, range), samples, stream["estimate"][index])
      progress(done.add(range.count))
      return sums
    }
    return ImportanceReport(parts.flatMap { $0 }, samples: samples)
  }

  /// Streaming log-mean-exp and effective sample size, one per example of the batch `x`.
  private func logMeanWeights<Model: LatentVariableModel>(
    _ model: Model, _ x: Tensor, _ samples: Int, _ stream: RandomStream
  ) -> [StreamingLogMeanExp] {
    let count = x.shape[0]
    let encoding = model.encode(x)
    let chunk = max(1, Self.rowsAtOnce / count)
    var sums = [StreamingLogMeanExp](repeating: StreamingLogMeanExp(), count: count)
    for (index, first) in stride(from: 0, to: samples, by: chunk).enumerated() {
      let draws = min(chunk, samples - first)
      let noise = stream[index].normal([draws, count, model.noiseSize])
      let evidence = model.evidence(of: x, given: encoding, noise: noise, divergence: .sampled)
      let weights = evidence.logWeight.scalars  // [draws, count]
      for k in 0..<draws {
        for b in 0..<count { sums[b].add(Double(weights[k * count + b])) }
      }
    }
    return sums
  }

  private func batch(_ data: any BatchSource, _ range: Range<Int>) -> Tensor {
    data.batch(ArraySlice(range), stream: dataStream).asConstant
  }

  private func blocks(of count: Int, size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }

  /// Blocks dealt to `threads` workers in turn.
  private func inParallel<T>(_ count: Int, _ body: (Int) -> T) -> [T] {
    let workers = max(1, min(threads, count))
    let lists = Parallel.map(workers) { worker in
      stride(from: worker, to: count, by: workers).map { ($0, body($0)) }
    }
    return lists.joined().sorted { $0.0 < $1.0 }.map(\.1)
  }
}

/// log(mean(exp(x))) of numbers that arrive one by one, with the sum of squared weights beside it.
struct StreamingLogMeanExp: Sendable {
  private(set) var largest = -Double.infinity
  private var sum = 0.0
  private var squares = 0.0
  private var count = 0

  mutating func add(_ x: Double) {
    count += 1
    // An impossible draw counts, and weighs nothing; exp(-inf - -inf) would be NaN.
    if x == -.infinity { return }
    if x > largest {
      let scale = largest == -.infinity ? 0 : exp(largest - x)
      sum *= scale
      squares *= scale * scale
      largest = x
    }
    let weight = exp(x - largest)
    sum += weight
    squares += weight * weight
  }

  /// The log of the mean weight.
  var value: Double { sum == 0 ? -.infinity : largest + log(sum / Double(count)) }
  /// (sum w)^2 / sum w^2: how many equally weighted draws these are worth.
  var effectiveSamples: Double { sum == 0 ? 0 : sum * sum / squares }
}

private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var value = 0

  func add(_ n: Int) -> Int {
    lock.lock()
    defer { lock.unlock() }
    value += n
    return value
  }
}
