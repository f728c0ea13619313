import Networks
import Tensors
import _Differentiation

/// The wake-sleep algorithm of Hinton, Dayan, Frey and Neal 1995, with one hidden layer of real latents.
///
/// Wake: x from the data, z ~ q(z|x); up the decoder's gradient of log p(x, z), with z a constant. Sleep: z' ~ p(z),
/// x' ~ p(x|z'); up the encoder's gradient of log q(z'|x'). The two are no gradients of one function, so nothing says that
/// the bound rises.
extension Trainer {
  /// Dreams are decoded in blocks of so many, whatever the number of shards: random numbers are indexed by block.
  private static var dreamBlock: Int { 32 }

  /// The gradients of both phases on a batch, in one part per shard. The loss is -log p(x, z) - log q(z'|x').
  mutating func wakeSleepGradients(_ data: any BatchSource, _ indices: ArraySlice<Int>) -> (
    LossSummary, [Model.TangentVector]
  ) {
    let draws = settings.objective.samples
    let (noise, dataStream) = (stream["noise"][progress.step], stream["data"][progress.epoch])
    let dreams = dream(draws * indices.count)
    let scale = -1 / Float(draws * indices.count)
    let ranges = Parallel.ranges(of: indices.count, shards: settings.threads)
    let passes = trainingPasses(ranges, draws: draws)
    let shards = Parallel.map(ranges.count) { shard in
      passes[shard].run { () -> (LossSummary, Model.TangentVector) in
        let range = ranges[shard]
        let x = data.batch(indices.dropFirst(range.lowerBound).prefix(range.count), stream: dataStream).asConstant
        let e = noise.normal(draws: draws, rows: range, of: indices.count, size: model.noiseSize)  // [K, b, N]
        let encoding = model.encode(x)
        let z = model.latents(of: encoding, noise: e).asConstant  // [K, b, L]
        let (wake, wakePullback) = valueWithPullback(at: model) { $0.logLikelihood(of: x, given: z) }  // [K, b]
        let part = draws * range.lowerBound..<draws * range.upperBound
        let dreamed = dreams.x.rows(part).asConstant
        let causes = dreams.z.rows(part).reshaped(to: [1, part.count, model.latentSize])
        let (sleep, sleepPullback) = valueWithPullback(at: model) {
          $0.logPosterior(of: causes, given: $0.encode(dreamed))  // [1, K b]
        }
        let gradient =
          wakePullback(Tensor(repeating: scale, shape: wake.shape))
          + sleepPullback(Tensor(repeating: scale, shape: sleep.shape))
        let prior = standardNormalLogDensity(z)
        let summary = LossSummary(
          count: range.count, loss: -Double((wake + prior).mean()) - Double(sleep.mean()),
          logLikelihood: Double(wake.mean()),
          divergence: Double((model.logPosterior(of: z, given: encoding) - prior).mean()))
        return (summary, gradient)
      }
    }
    TrainingPass.merge(passes, into: &model)
    var batch = LossSummary()
    for shard in shards { batch.add(shard.0) }
    return (batch, shards.map(\.1))
  }

  /// Latents from the prior and data drawn from what the decoder makes of them.
  func dream(_ count: Int) -> (z: Tensor, x: Tensor) {
    let stream = stream["dream"][progress.step]
    let z = stream["z"].normal([count, model.latentSize])
    let starts = Array(stride(from: 0, to: count, by: Self.dreamBlock))
    let blocks = Parallel.map(min(settings.threads, starts.count)) { worker in
      stride(from: worker, to: starts.count, by: settings.threads).map { block in
        let rows = starts[block]..<min(starts[block] + Self.dreamBlock, count)
        return (block, model.sample(given: z.rows(rows), stream["x"][block]))
      }
    }
    return (z, Tensor.stacked(blocks.joined().sorted { $0.0 < $1.0 }.map(\.1)))
  }
}
