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
  static let rowsAtOnce = 512

  /// An evaluator with its own random numbers.
  public init(threads: Int = 1, seed: UInt64 = 0) {
    self.threads = threads
    self.seed = seed
  }

  var stream: RandomStream { RandomStream(seed: seed)["evaluation"] }

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
  ) -> EstimateReport {
    importanceEstimate(model, on: data, samples: samples, progress: progress) { _, _ in .zero }
  }

  /// The same for the model with `prior` in place of N(0, I): the mean of p(x|z) prior(z) / q(z|x).
  ///
  /// A prior that was fitted to what the encoder makes of the training data is part of a model of its own, with a
  /// likelihood of its own. Draws are those of the estimate with N(0, I).
  public func importanceEstimate<Model: GaussianAutoencoder>(
    _ model: Model, prior: GaussianMixture, on data: any BatchSource, samples: Int,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> EstimateReport {
    require(
      prior.size == model.latentSize,
      "importance estimate: a prior over \(prior.size) numbers for a model of \(model.latentSize) latents")
    let standard = GaussianMixture(
      means: Tensor(repeating: 0, shape: [1, model.latentSize]),
      deviations: Tensor(repeating: 1, shape: [1, model.latentSize]))
    return importanceEstimate(model, on: data, samples: samples, progress: progress) { encoding, noise in
      let z = gaussianSample(encoding.mean, encoding.logVariance, noise: noise)
      return prior.logDensity(z) - standard.logDensity(z)
    }
  }

  /// `correction` is added to the log weights [K, B] of the draws that an encoding and noise [K, B, noiseSize] make.
  /// log p(x|c) of the deterministic network that a conditional model has beside it: its mean and standard error.
  public func baseline(_ model: some ConditionalModel, on data: any BatchSource) -> (
    mean: Double, standardError: Double
  ) {
    let blocks = blocks(of: data.count, size: 128)
    let values = inParallel(blocks.count) { model.guessLogLikelihood(of: batch(data, blocks[$0])).scalars }
    return meanAndError(values.joined().map(Double.init))
  }

  private func importanceEstimate<Model: LatentVariableModel>(
    _ model: Model, on data: any BatchSource, samples: Int, progress: @escaping @Sendable (Int) -> Void,
    correction: @escaping (Model.Encoding, Tensor) -> Tensor
  ) -> EstimateReport {
    let sums = inBlocks(of: data, stream: stream["estimate"], progress) { x, _, stream in
      let encoding = model.encode(x)
      return streamed(model, x, samples, stream) { noise in
        model.evidence(of: x, given: encoding, noise: noise, divergence: .sampled).logWeight
          + correction(encoding, noise)
      }
    }
    return EstimateReport(sums, samples: samples)
  }

  /// log p(x) by sampling from the prior: log of the mean over `samples` draws z ~ N(0, I) of p(x|z), times p(z) / N(z; 0, I)
  /// where the prior is another.
  ///
  /// What the tutorial begins with (Doersch 2016, section 1.1): right, and hopeless where few z explain x.
  public func priorEstimate<Model: LatentVariableModel>(
    _ model: Model, on data: any BatchSource, samples: Int, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> EstimateReport {
    let sums = inBlocks(of: data, stream: stream["prior estimate"], progress) { x, _, stream in
      streamed(model, x, samples, stream, size: model.latentSize) { z in
        let likelihood = model.logLikelihood(of: x, given: z)
        return model.logPriorRatio(of: z).map { likelihood + $0.value } ?? likelihood
      }
    }
    return EstimateReport(sums, samples: samples)
  }

  /// Streaming log-mean-exp, one per example of the batch `x`, of the log weights [k, B] that standard normal numbers
  /// [k, B, size] make.
  private func streamed<Model: LatentVariableModel>(
    _ model: Model, _ x: Tensor, _ samples: Int, _ stream: RandomStream, size: Int? = nil,
    weights: (Tensor) -> Tensor
  ) -> [StreamingLogMeanExp] {
    let count = x.shape[0]
    let chunk = max(1, Self.rowsAtOnce / count)
    var sums = [StreamingLogMeanExp](repeating: StreamingLogMeanExp(), count: count)
    for (index, first) in stride(from: 0, to: samples, by: chunk).enumerated() {
      let draws = min(chunk, samples - first)
      let logWeights = weights(stream[index].normal([draws, count, size ?? model.noiseSize])).scalars
      for k in 0..<draws {
        for b in 0..<count { sums[b].add(Double(logWeights[k * count + b])) }
      }
    }
    return sums
  }

  /// What `body` makes of each block of examples, one result for each example, in order. It is given the block's examples
  /// [b, D], their positions and random numbers of its own.
  func inBlocks<T>(
    of data: any BatchSource, stream: RandomStream, _ progress: @escaping @Sendable (Int) -> Void,
    _ body: (Tensor, Range<Int>, RandomStream) -> [T]
  ) -> [T] {
    let blocks = blocks(of: data.count, size: Self.blockSize)
    let done = ProgressCount()
    return inParallel(blocks.count) { index in
      let results = body(batch(data, blocks[index]), blocks[index], stream[index])
      progress(done.add(blocks[index].count))
      return results
    }.flatMap { $0 }
  }

  func batch(_ data: any BatchSource, _ range: Range<Int>) -> Tensor {
    data.batch(ArraySlice(range), stream: dataStream).asConstant
  }

  func blocks(of count: Int, size: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }

  /// Blocks dealt to `threads` workers in turn.
  func inParallel<T>(_ count: Int, _ body: (Int) -> T) -> [T] {
    Parallel.map(count, threads: threads, body)
  }
}

final class ProgressCount: @unchecked Sendable {
  private let lock = NSLock()
  private var value = 0

  func add(_ n: Int) -> Int {
    lock.lock()
    defer { lock.unlock() }
    value += n
    return value
  }
}
