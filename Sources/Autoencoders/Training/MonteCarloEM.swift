import Networks
import Tensors
import _Differentiation

/// Monte Carlo EM, as in Kingma and Welling 2014: posterior draws by Hamiltonian Monte Carlo, then steps of the weights.
///
/// Each training example has a chain of its own that goes on from visit to visit, one trajectory each time; it begins at
/// a draw from the prior. The decoder then takes some steps up log p(x, z) with the new z held fast. There is no q(z|x).
enum MonteCarloEM {
  /// Steps of a trajectory.
  static let leapfrogs = 10
  /// Steps of the weights for each draw.
  static let updates = 5
  /// The part of trajectories that the step size is steered to accept.
  static let acceptance: Float = 0.9

  /// What has to be remembered between steps, and stored in checkpoints.
  struct Chains {
    /// Where each training example's chain is, [N, latentSize].
    var z: Tensor
    /// The leapfrog's step, one for all: it follows the model as it changes.
    var step: Float
  }

  /// Chains move in blocks of so many, whatever the number of shards: random numbers are indexed by block.
  static let block = 32
}

extension Trainer {
  /// One trajectory for each example's chain, then ``MonteCarloEM/updates`` steps of the weights. The loss is -log p(x, z)
  /// before them; nothing is known of a divergence, which counts as zero.
  mutating func monteCarloEMStep(
    _ data: any BatchSource, _ indices: ArraySlice<Int>, of total: Int
  ) throws -> LossSummary {
    let x = data.batch(indices, stream: stream["data"][progress.epoch])
    let z = drawPosterior(x, Array(indices), of: data.count)
    let before = try update(along: completeDataGradients(x, z), of: total)
    for _ in 1..<MonteCarloEM.updates { _ = try update(along: completeDataGradients(x, z), of: total) }
    return before
  }

  /// Moves the chains of some examples and returns where they are then, [B, latentSize].
  mutating func drawPosterior(_ x: Tensor, _ indices: [Int], of count: Int) -> Tensor {
    var chains =
      self.chains ?? MonteCarloEM.Chains(z: stream["chains"].normal([count, model.latentSize]), step: 0.1)
    require(
      chains.z.shape[0] == count, "Monte Carlo EM: chains for \(chains.z.shape[0]) examples, but there are \(count)")
    self.chains = nil  // so that what follows is written in place
    let size = model.latentSize
    let before = Tensor(shape: [1, indices.count, size]) { out in
      for (row, index) in indices.enumerated() {
        (out + row * size).update(from: chains.z.pointer + index * size, count: size)
      }
    }
    let stream = stream["trajectories"][progress.step]
    let starts = Array(stride(from: 0, to: indices.count, by: MonteCarloEM.block))
    let moved = Parallel.map(min(settings.threads, starts.count)) { worker in
      stride(from: worker, to: starts.count, by: settings.threads).map { block in
        let rows = starts[block]..<min(starts[block] + MonteCarloEM.block, indices.count)
        let from = before.reshaped(to: [indices.count, size]).rows(rows).reshaped(to: [1, rows.count, size])
        var state = PosteriorChains(model, x: x.rows(rows).asConstant, from: from)
        let chances = state.move(
          steps: [Float](repeating: chains.step, count: rows.count), leapfrogs: MonteCarloEM.leapfrogs,
          stream: stream[block])
        return (block, state.z.reshaped(to: [rows.count, size]), chances)
      }
    }.joined().sorted { $0.0 < $1.0 }
    let after = Tensor.stacked(moved.map(\.1))
    chains.z.withMutablePointer { z in
      for (row, index) in indices.enumerated() {
        (z + index * size).update(from: after.pointer + row * size, count: size)
      }
    }
    var tuner = StepTuner(examples: 1, from: chains.step, target: MonteCarloEM.acceptance)
    tuner.take(moved.flatMap(\.2))
    chains.step = tuner.steps[0]
    self.chains = chains
    return after
  }

  /// The gradient of the mean of -log p(x, z), x [B, D] and z [B, latentSize], in one part per shard.
  mutating func completeDataGradients(_ x: Tensor, _ z: Tensor) -> (LossSummary, [Model.TangentVector]) {
    let (count, size) = (x.shape[0], z.shape[1])
    let ranges = Parallel.ranges(of: count, shards: settings.threads)
    let passes = trainingPasses(ranges, draws: 1)
    let shards = Parallel.map(ranges.count) { shard in
      let range = ranges[shard]
      let (part, latents) = (x.rows(range).asConstant, z.rows(range).reshaped(to: [1, range.count, size]).asConstant)
      let (value, pullback) = passes[shard].run {
        valueWithPullback(at: model) { $0.logLikelihood(of: part, given: latents) }
      }
      let joint = value + standardNormalLogDensity(latents)
      let summary = LossSummary(
        count: range.count, loss: -Double(joint.mean()), logLikelihood: Double(value.mean()), divergence: 0)
      return (summary, pullback(Tensor(repeating: -1 / Float(count), shape: value.shape)))
    }
    TrainingPass.merge(passes, into: &model)
    var batch = LossSummary()
    for shard in shards { batch.add(shard.0) }
    return (batch, shards.map(\.1))
  }
}
