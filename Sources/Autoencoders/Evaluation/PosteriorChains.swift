import Foundation
import Tensors
import _Differentiation

/// Hamiltonian Monte Carlo over a model's latents: K chains for each of B examples, all moved together.
///
/// A move leaves N(z; 0, I) [p(x|z) p(z) / N(z; 0, I)]^t invariant, t being the inverse temperature: the posterior at 1,
/// N(0, I) at 0, which is the prior of most models. It draws a momentum, follows Hamilton's equations by the leapfrog method, and accepts or refuses where it got to by the
/// change of energy (Duane et al. 1987; Neal 2011). The encoder has no part in it.
public struct PosteriorChains<Model: LatentVariableModel> {
  /// Whose latents these are.
  public let model: Model
  /// [B, inputSize]
  public let x: Tensor
  /// Where the chains are, [K, B, latentSize].
  public private(set) var z: Tensor
  /// log p(x|z) + log p(z) - log N(z; 0, I) there, K x B, draw by draw.
  public private(set) var logLikelihoods: [Float]
  /// Its gradient.
  private var gradient: Tensor

  /// Chains that begin at `z` [K, B, latentSize] for examples `x` [B, inputSize].
  public init(_ model: Model, x: Tensor, from z: Tensor) {
    require(
      z.shape.rank == 3 && z.shape[1] == x.shape[0] && z.shape[2] == model.latentSize,
      "posterior chains: expected starts [K, \(x.shape[0]), \(model.latentSize)], got \(z.shape)")
    (self.model, self.x, self.z) = (model, x, z)
    (logLikelihoods, gradient) = Self.evaluate(model, x, z)
  }

  /// Chains that begin at draws from the prior.
  public init(_ model: Model, x: Tensor, chains: Int, stream: RandomStream) {
    self.init(model, x: x, from: stream.normal([chains, x.shape[0], model.latentSize]))
  }

  /// Chains that begin near their posterior: of `candidates` draws from the prior for each example, `chains` are chosen
  /// anew with probabilities proportional to p(x|z) (sampling importance resampling). With few latents that finds the
  /// modes and their shares, which chains from anywhere else may never do.
  public init(_ model: Model, x: Tensor, chains: Int, of candidates: Int, stream: RandomStream) {
    let (examples, size) = (x.shape[0], model.latentSize)
    let places = stream["candidates"].normal([candidates, examples, size])
    let atOnce = max(1, Evaluator.rowsAtOnce / examples)
    let values = stride(from: 0, to: candidates, by: atOnce).flatMap {
      model.logLikelihood(of: x, given: places.rows($0..<min($0 + atOnce, candidates))).scalars
    }  // [candidates, B]
    let luck = stream["choice"].uniform([chains, examples]).scalars
    let starts = Tensor(shape: [chains, examples, size]) { out in
      for example in 0..<examples {
        let logs = (0..<candidates).map { Double(values[$0 * examples + example]) }
        let largest = logs.max() ?? 0
        let sums = logs.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + ($1.isNaN ? 0 : exp($1 - largest))) }
          .dropFirst()
        for chain in 0..<chains {
          // One in each of as many equal parts: the shares of modes come out as even as they can.
          let mark = sums.last! * (Double(chain) + Double(luck[chain * examples + example])) / Double(chains)
          let chosen = (sums.firstIndex { $0 >= mark } ?? candidates) - 1
          let from = places.pointer + (chosen * examples + example) * size
          (out + (chain * examples + example) * size).update(from: from, count: size)
        }
      }
    }
    self.init(model, x: x, from: starts)
  }

  /// Moves every chain once; returns the probability with which each was to accept, K x B.
  ///
  /// - Parameters:
  ///   - temperature: the power of the likelihood, 0 to 1.
  ///   - steps: the leapfrog's step for each example. Each chain takes 0.8 to 1.2 of it, drawn anew, so that no length of
  ///     trajectory meets a period of the motion.
  ///   - leapfrogs: steps of a trajectory.
  @discardableResult
  public mutating func move(
    temperature: Float = 1, steps: [Float], leapfrogs: Int, stream: RandomStream
  ) -> [Float] {
    let (chains, examples, size) = (z.shape[0], z.shape[1], z.shape[2])
    require(
      steps.count == examples && leapfrogs > 0,
      "posterior chains: expected a step for each of \(examples) examples and at least one leapfrog, got \(steps.count) and \(leapfrogs)"
    )
    let rows = chains * examples
    let jitter = stream["jitter"].uniform([rows]).scalars
    let lengths = (0..<rows).map { steps[$0 % examples] * (0.8 + 0.4 * jitter[$0]) }
    var momentum = stream["momentum"].normal(z.shape)
    let before = z.energies(momentum: momentum, logLikelihoods: logLikelihoods, temperature: temperature)
    var (place, slope, values) = (z, gradient, logLikelihoods)
    momentum.kick(at: place, slope: slope, lengths: lengths, temperature: temperature, part: 0.5)
    for leap in 1...leapfrogs {
      place.drift(along: momentum, lengths: lengths)
      (values, slope) = Self.evaluate(model, x, place)
      momentum.kick(
        at: place, slope: slope, lengths: lengths, temperature: temperature, part: leap == leapfrogs ? 0.5 : 1)
    }
    let after = place.energies(momentum: momentum, logLikelihoods: values, temperature: temperature)
    let luck = stream["accept"].uniform([rows]).scalars
    // A trajectory that ran off to infinity is one that is refused.
    let chances = (0..<rows).map { row -> Float in
      let change = after[row] - before[row]
      return change.isNaN ? 0 : Float(exp(min(0, -change)))
    }
    let accepted = (0..<rows).map { luck[$0] < chances[$0] }
    take(place, slope, values, where: accepted, size: size)
    return chances
  }

  private mutating func take(
    _ place: Tensor, _ slope: Tensor, _ values: [Float], where accepted: [Bool], size: Int
  ) {
    let (newPlace, newSlope) = (place.pointer, slope.pointer)
    z.withMutablePointer { z in
      gradient.withMutablePointer { g in
        for (row, isAccepted) in accepted.enumerated() where isAccepted {
          (z + row * size).update(from: newPlace + row * size, count: size)
          (g + row * size).update(from: newSlope + row * size, count: size)
        }
      }
    }
    withExtendedLifetime((place, slope)) {}
    for (row, isAccepted) in accepted.enumerated() where isAccepted { logLikelihoods[row] = values[row] }
  }

  private static func evaluate(_ model: Model, _ x: Tensor, _ z: Tensor) -> ([Float], Tensor) {
    let (value, pullback) = valueWithPullback(at: z) { model.logLikelihood(of: x, given: $0) }
    let slope = pullback(Tensor(repeating: 1, shape: value.shape))
    let gradient = slope.isSymbolicZero ? Tensor(repeating: 0, shape: z.shape) : slope
    guard let prior = model.logPriorRatio(of: z) else { return (value.scalars, gradient) }
    return ((value + prior.value).scalars, gradient + prior.gradient)
  }
}

/// Finds leapfrog steps at which trajectories are accepted as often as wished: the log of each example's step follows the
/// acceptance of its chains. Chains that it guides are not at equilibrium; use the steps it found on others.
public struct StepTuner: Sendable {
  /// The step of each example.
  public private(set) var steps: [Float]
  /// The acceptance that is wished for; 0.65 is about the most efficient in many dimensions (Neal 2011).
  public let target: Float
  /// How fast the logarithm of a step follows.
  public let gain: Float

  /// A tuner for `examples` examples that begins at one step.
  public init(examples: Int, from step: Float = 0.1, target: Float = 0.65, gain: Float = 0.2) {
    steps = [Float](repeating: step, count: examples)
    (self.target, self.gain) = (target, gain)
  }

  /// Takes in the chances of acceptance of one move, K x B.
  public mutating func take(_ chances: [Float]) {
    let (examples, chains) = (steps.count, chances.count / steps.count)
    for example in 0..<examples {
      let mean = stride(from: example, to: chances.count, by: examples).reduce(0) { $0 + chances[$1] } / Float(chains)
      steps[example] *= exp(gain * (mean - target))
    }
  }
}
