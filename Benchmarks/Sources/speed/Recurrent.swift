import Networks
import Tensors
import _Differentiation

/// The core of DRAW (Gregor et al. 2015) with given numbers in place of glimpses: an encoder's memory sees what the
/// decoder's holds, and the decoder's sees a draw of what the encoder's says.
struct RecurrentCore: Differentiable {
  var encoder: LSTMCell
  var mean: Dense
  var logVariance: Dense
  var decoder: LSTMCell

  init(inputs: Int, units: Int, latent: Int, stream: RandomStream) {
    encoder = LSTMCell(inputs + units, units, forgetBias: 0, stream: stream["encoder"])
    mean = Dense(units, latent, stream: stream["mean"])
    logVariance = Dense(units, latent, stream: stream["log variance"])
    decoder = LSTMCell(latent, units, forgetBias: 0, stream: stream["decoder"])
  }

  /// The sum over the steps and the examples of the divergence, plus half the mean square of the last state times the
  /// number of examples: glimpses [T][B, inputs], noise [T][1, B, latent].
  @differentiable(reverse,wrt: self)
  func loss(_ glimpses: [Tensor], noise: [Tensor]) -> Float {
    let (batch, units) = withoutDerivative(at: (glimpses[0].shape[0], encoder.units))
    var seen = withoutDerivative(at: LSTMState.zero(batch: batch, units: units))
    var shown = withoutDerivative(at: LSTMState.zero(batch: batch, units: units))
    var cost: Float = 0
    for step in 0..<withoutDerivative(at: glimpses.count) {
      seen = encoder(withoutDerivative(at: glimpses[step]).joined(with: shown.hidden), seen)
      let (m, v) = (mean(seen.hidden), logVariance(seen.hidden))
      cost = cost + gaussianDivergence(m, v).sum()
      let z = gaussianSample(m, v, noise: withoutDerivative(at: noise[step]))
      shown = decoder(z.reshaped(to: withoutDerivative(at: m.shape)), shown)
    }
    return cost + (0.5 / Float(units)) * square(shown.hidden).sum()
  }
}

/// Steps of training the core on random numbers, one shard of the batch per thread.
struct RecurrentWork: Work {
  private var core: RecurrentCore
  private var optimizer: Optimizer
  private let chosen: Case
  private let threads: Int
  private let examples: [Tensor]  // [T][examples, inputs]
  private var step = 0

  init(_ chosen: Case, threads: Int) {
    let stream = RandomStream(seed: 0)
    self.chosen = chosen
    self.threads = threads
    let (inputs, glimpses) = (chosen.inputs ?? 0, chosen.glimpses ?? 1)
    core = RecurrentCore(inputs: inputs, units: chosen.hidden[0], latent: chosen.latent, stream: stream["model"])
    optimizer = Optimizer(OptimizerSettings(.adam), for: core)
    examples = (0..<glimpses).map { stream["data"][$0].uniform([4 * chosen.batch, inputs]) }
  }

  mutating func run(until isDone: (Int) -> Bool) -> Double {
    var (steps, losses) = (0, 0.0)
    repeat {
      losses += takeStep()
      steps += 1
    } while !isDone(steps)
    return losses / Double(steps)
  }

  private mutating func takeStep() -> Double {
    let (batch, latent, core) = (chosen.batch, chosen.latent, core)
    let noise = RandomStream(seed: 1)[step]
    let first = step % 4 * batch
    let shards = Parallel.ranges(of: batch, shards: threads)
    let results = Parallel.map(shards.count) { shard in
      let rows = shards[shard]
      let glimpses = examples.map { $0.rows(first + rows.lowerBound..<first + rows.upperBound).asConstant }
      let draws = examples.indices.map {
        noise[$0].normal([1, rows.count, latent], first: rows.lowerBound * latent)
      }
      return valueWithGradient(at: core) { (1 / Float(batch)) * $0.loss(glimpses, noise: draws) }
    }
    optimizer.update(&self.core, along: results.map { $0.gradient }, rate: 1e-3, threads: threads)
    step += 1
    return results.reduce(0) { $0 + Double($1.value) }
  }
}
