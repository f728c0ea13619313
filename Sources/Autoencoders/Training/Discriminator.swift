import Networks
import Tensors
import _Differentiation

/// The classifier of a FactorVAE and how it learns. Kim and Mnih's by default.
public struct DiscriminatorSettings: Codable, Sendable, Equatable {
  /// Widths of its hidden layers, leaky relu.
  public var hidden: [Int]
  /// The step size of its own Adam, whose decays are 0.5 and 0.9.
  public var rate: Float

  /// Six layers of 1,000, and steps of 1e-4.
  public init(hidden: [Int] = [Int](repeating: 1000, count: 6), rate: Float = 1e-4) {
    self.hidden = hidden
    self.rate = rate
  }

  var optimizer: OptimizerSettings {
    var settings = OptimizerSettings(.adam, rate: rate)
    (settings.beta1, settings.beta2) = (0.5, 0.9)
    return settings
  }
}

/// Tells draws of q(z) from draws of the product of its marginals. The better it does, the nearer is its logit to
/// log q(z) / product of q(z_d), whose mean under q is the total correlation.
struct Discriminator: Differentiable, Sendable {
  /// z to features to one logit.
  var layers: Stack<Dense>

  init(latents: Int, hidden: [Int], stream: RandomStream) {
    let widths = [latents] + hidden
    let features = zip(widths, hidden).enumerated().map { index, pair in
      Dense(pair.0, pair.1, activation: .leakyReLU, stream: stream[index])
    }
    layers = Stack(features + [Dense(widths.last!, 1, stream: stream[hidden.count])])
  }

  /// The log of how much more likely z [N, L] are under q(z) than under the product of its marginals, [N, 1].
  @differentiable(reverse)
  func logRatio(_ z: Tensor) -> Tensor { layers(z) }

  /// The sum over rows of minus the log-probability of telling both right, drawn [N, L] from shuffled [N, L].
  @differentiable(reverse,wrt: self)
  func loss(drawn: Tensor, shuffled: Tensor) -> Float {
    (softplus(-logRatio(drawn)) + softplus(logRatio(shuffled))).sum()
  }
}

/// A discriminator that learns beside a model: what a FactorVAE's training keeps from step to step.
struct Critic {
  var discriminator: Discriminator
  var optimizer: Optimizer

  init(_ settings: DiscriminatorSettings, latents: Int, stream: RandomStream) {
    discriminator = Discriminator(latents: latents, hidden: settings.hidden, stream: stream)
    optimizer = Optimizer(settings.optimizer, for: discriminator)
  }

  /// The total correlation of draws z [K, B, L] as the discriminator knows it, nats, and its gradient.
  func totalCorrelation(_ z: Tensor) -> (value: Float, gradient: Tensor) {
    let rows: Shape = [z.count / z.shape[2], z.shape[2]]
    let discriminator = discriminator
    return valueWithGradient(at: z) { discriminator.logRatio($0.reshaped(to: rows)).mean() }
  }

  /// One step on draws z [K, B, L] of q(z) and the same draws shuffled, each latent in an order of its own: draws of the product
  /// of the marginals, as nearly as the batch knows them.
  mutating func learn(from z: Tensor, stream: RandomStream, threads: Int) {
    let drawn = z.reshaped(to: [z.count / z.shape[2], z.shape[2]])
    let shuffled = Self.shuffled(drawn, stream)
    let rows = drawn.shape[0]
    let ranges = Parallel.ranges(of: rows, shards: threads)
    let scale = 1 / Float(2 * rows)
    let gradients = Parallel.map(ranges.count) { shard in
      let (a, b) = (drawn.rows(ranges[shard]).asConstant, shuffled.rows(ranges[shard]).asConstant)
      return gradient(at: discriminator) { scale * $0.loss(drawn: a, shuffled: b) }
    }
    optimizer.update(&discriminator, along: gradients, rate: optimizer.settings.rate, threads: threads)
  }

  /// Each column of [N, L] in a random order of its own.
  static func shuffled(_ z: Tensor, _ stream: RandomStream) -> Tensor {
    let (rows, columns) = (z.shape[0], z.shape[1])
    return Tensor(shape: z.shape) { out in
      for column in 0..<columns {
        for (row, source) in stream[column].permutation(rows).enumerated() {
          out[row * columns + column] = z.pointer[source * columns + column]
        }
      }
    }
  }
}
