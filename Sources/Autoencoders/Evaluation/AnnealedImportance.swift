import Foundation
import Tensors

/// Annealed importance sampling of log p(x) with Hamiltonian moves (Neal 2001), and its reverse.
///
/// Chains go from the prior to the posterior through p(z) p(x|z)^t with t from 0 to 1; the product of the ratios on the way
/// is an unbiased weight for p(x), so that the log of the mean weight is too low on average. The encoder has no part in it.
/// For data that the model made up, the z they were made from is an exact draw from their posterior; chains that go back
/// from there give weights for 1 / p(x), so that the result is too high on average: between the two lies the truth
/// (Grosse et al. 2015; for decoders, Wu et al. 2017).
public struct AnnealedImportance: Sendable {
  /// Chains for each example.
  public var chains: Int
  /// Temperatures from prior to posterior.
  public var temperatures: Int
  /// Leapfrog steps of a move, one move at each temperature.
  public var leapfrogs: Int

  /// A plan; by default that of Wu et al. with fewer temperatures.
  public init(chains: Int = 16, temperatures: Int = 500, leapfrogs: Int = 10) {
    (self.chains, self.temperatures, self.leapfrogs) = (chains, temperatures, leapfrogs)
  }

  /// The powers of the likelihood, 0 to 1: equal steps of a sigmoid from -4 to 4, so that both ends are taken slowly.
  var schedule: [Float] {
    func sigmoid(_ t: Double) -> Double { 1 / (1 + exp(-t)) }
    let (first, last) = (sigmoid(-4), sigmoid(4))
    return (0...temperatures).map {
      Float((sigmoid(8 * Double($0) / Double(temperatures) - 4) - first) / (last - first))
    }
  }

  /// Step sizes for each temperature and example, found by chains with random numbers of their own. Fixed steps make each
  /// move a kernel that leaves its temperature's distribution alone, forwards and backwards.
  func tunedSteps<Model: LatentVariableModel>(_ model: Model, _ x: Tensor, _ stream: RandomStream) -> [[Float]] {
    var pilot = PosteriorChains(model, x: x, chains: min(4, chains), stream: stream["start"])
    // It runs behind, and steps shrink on the way: what it aims at is more than what it gets.
    var tuner = StepTuner(examples: x.shape[0], from: 0.3, target: 0.75, gain: 0.3)
    let schedule = schedule
    // Before the first temperature there is time to find a step at all.
    for i in 0..<20 {
      tuner.take(
        pilot.move(temperature: schedule[1], steps: tuner.steps, leapfrogs: leapfrogs, stream: stream["warm up"][i]))
    }
    return schedule.enumerated().map { index, temperature in
      guard index > 0 else { return tuner.steps }
      let steps = tuner.steps
      tuner.take(pilot.move(temperature: temperature, steps: steps, leapfrogs: leapfrogs, stream: stream[index]))
      return steps
    }
  }

  /// Log weights of chains from prior to posterior, K x B, and the mean chance of acceptance.
  func forward<Model: LatentVariableModel>(
    _ model: Model, _ x: Tensor, steps: [[Float]], _ stream: RandomStream
  ) -> (logWeights: [Double], acceptance: Double) {
    var state = PosteriorChains(model, x: x, chains: chains, stream: stream["start"])
    return anneal(&state, schedule, steps, stream)
  }

  /// Log weights, for 1 / p(x), of chains that go back from the latents [B, latentSize] that made x, K x B.
  func backward<Model: LatentVariableModel>(
    _ model: Model, _ x: Tensor, from z: Tensor, steps: [[Float]], _ stream: RandomStream
  ) -> (logWeights: [Double], acceptance: Double) {
    let starts = Tensor.stacked([Tensor](repeating: z.reshaped(to: z.shape.prepending(1)), count: chains))
    var state = PosteriorChains(model, x: x, from: starts)
    return anneal(&state, schedule.reversed(), steps.reversed(), stream)
  }

  /// Along `path`, weights gather before each move. The last temperature needs none.
  private func anneal<Model: LatentVariableModel>(
    _ state: inout PosteriorChains<Model>, _ path: [Float], _ steps: [[Float]], _ stream: RandomStream
  ) -> (logWeights: [Double], acceptance: Double) {
    var logWeights = [Double](repeating: 0, count: state.logLikelihoods.count)
    var chances = 0.0
    for index in 1..<path.count {
      let change = Double(path[index]) - Double(path[index - 1])
      for row in logWeights.indices { logWeights[row] += change * Double(state.logLikelihoods[row]) }
      guard index < path.count - 1 else { break }
      let accepted = state.move(
        temperature: path[index], steps: steps[index], leapfrogs: leapfrogs, stream: stream[index])
      chances += accepted.reduce(0.0) { $0 + Double($1) } / Double(accepted.count)
    }
    return (logWeights, chances / Double(max(1, path.count - 2)))
  }
}

/// What annealing says of some examples.
public struct AnnealedReport: Sendable {
  /// The estimate, from below on average.
  public let forward: EstimateReport
  /// Mean chance of acceptance of the moves.
  public let acceptance: Double
}

/// Bounds on log p(x) from both sides, for data that the model made up; nats per example.
public struct BracketReport: Sendable {
  /// Too low on average.
  public let lower: EstimateReport
  /// Too high on average.
  public let upper: EstimateReport
  /// Mean chance of acceptance, there and back.
  public let acceptance: Double

  /// How far apart they are; on average over examples and random numbers the truth lies between.
  public var gap: Double { upper.estimate - lower.estimate }
  /// Standard error of ``gap`` over examples.
  public var gapError: Double { meanAndError(zip(upper.values, lower.values).map { $0 - $1 }).1 }
}

extension Evaluator {
  /// log p(x) by annealed importance sampling, from below on average. `progress` is told examples done.
  public func annealedEstimate<Model: LatentVariableModel>(
    _ model: Model, on data: any BatchSource, plan: AnnealedImportance,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> AnnealedReport {
    let results = inBlocks(of: data, stream: stream["annealed"], progress) { x, _, stream in
      let steps = plan.tunedSteps(model, x, stream["pilot"])
      let (weights, acceptance) = plan.forward(model, x, steps: steps, stream["forward"])
      return sums(weights, examples: x.shape[0]).map { ($0, acceptance) }
    }
    return AnnealedReport(
      forward: EstimateReport(results.map(\.0), samples: plan.chains),
      acceptance: meanAndError(results.map(\.1)).0)
  }

  /// log p(x) from both sides, for `count` examples that the model makes up: bidirectional Monte Carlo.
  public func bracket<Model: LatentVariableModel>(
    _ model: Model, count: Int, plan: AnnealedImportance, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> BracketReport {
    let stream = stream["bracket"]
    let z = model.priorSample(count, stream["z"], temperature: 1)
    let made = Drawn(examples: Inference.sample(model, z, stream["x"]))
    let results = inBlocks(of: made, stream: stream["chains"], progress) { x, range, stream in
      let steps = plan.tunedSteps(model, x, stream["pilot"])
      let up = plan.forward(model, x, steps: steps, stream["forward"])
      let down = plan.backward(model, x, from: z.rows(range), steps: steps, stream["backward"])
      let acceptance = (up.acceptance + down.acceptance) / 2
      return zip(sums(up.logWeights, examples: x.shape[0]), sums(down.logWeights, examples: x.shape[0]))
        .map { (lower: $0, upper: $1, acceptance: acceptance) }
    }
    return BracketReport(
      lower: EstimateReport(results.map(\.lower), samples: plan.chains),
      upper: EstimateReport(inverse: results.map(\.upper), samples: plan.chains),
      acceptance: meanAndError(results.map(\.acceptance)).0)
  }

  private func sums(_ logWeights: [Double], examples: Int) -> [StreamingLogMeanExp] {
    (0..<examples).map { example in
      var sum = StreamingLogMeanExp()
      for row in stride(from: example, to: logWeights.count, by: examples) { sum.add(logWeights[row]) }
      return sum
    }
  }
}

/// Rows of a tensor as examples.
private struct Drawn: BatchSource {
  let examples: Tensor
  var count: Int { examples.shape[0] }
  var exampleSize: Int { examples.shape[1] }

  func batch(_ positions: ArraySlice<Int>, stream: RandomStream) -> Tensor {
    Tensor.stacked(positions.map { examples.rows($0..<$0 + 1) })
  }
}
