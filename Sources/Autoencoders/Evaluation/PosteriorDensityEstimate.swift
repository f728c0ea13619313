import Foundation
import Tensors

/// Kingma and Welling's estimator of the marginal likelihood (2014, appendix D): draws z from p(z|x) by Hamiltonian Monte
/// Carlo, fits a density q to one half of them, and takes 1 / p(x) as the mean of q(z) / (p(z) p(x|z)) over the other.
///
/// The density is a normal distribution with full covariance. The estimate is as good as that fit: fine for the few latents
/// it was made for, not for many. It needs no encoder.
public struct PosteriorDensityEstimate: Sendable {
  /// Chains for each example.
  public var chains: Int
  /// Draws of each chain that are kept, after as many that are not.
  public var draws: Int
  /// Leapfrog steps between draws.
  public var leapfrogs: Int

  /// Above so many latents a fitted density is too far from the posterior.
  public static let mostLatents = 5

  /// Draws from the prior among which the chains' starts are chosen. From a start far out, a chain may be caught where
  /// p(x, z) is tiny, and one such draw makes the whole estimate as small.
  static let candidates = 500

  /// A plan.
  public init(chains: Int = 16, draws: Int = 100, leapfrogs: Int = 10) {
    (self.chains, self.draws, self.leapfrogs) = (chains, draws, leapfrogs)
  }

  /// What the method says of one example.
  struct Result {
    var value: Double
    var error: Double
    var effective: Double
    var isTrustworthy: Bool
    var acceptance: Double
  }

  /// One result for each example of x [B, D].
  func results<Model: LatentVariableModel>(_ model: Model, _ x: Tensor, _ stream: RandomStream) -> [Result] {
    var state = PosteriorChains(model, x: x, chains: chains, of: Self.candidates, stream: stream["start"])
    var tuner = StepTuner(examples: x.shape[0], from: 0.3)
    for i in 0..<draws {
      tuner.take(state.move(steps: tuner.steps, leapfrogs: leapfrogs, stream: stream["burn in"][i]))
    }
    let (examples, size) = (x.shape[0], model.latentSize)
    var places = [[[Double]]](repeating: [], count: examples)  // by example, chain after chain within a draw
    var logJoints = [[Double]](repeating: [], count: examples)
    var acceptance = [Double](repeating: 0, count: examples)
    for i in 0..<draws {
      let chances = state.move(steps: tuner.steps, leapfrogs: leapfrogs, stream: stream["draws"][i])
      let z = state.z.scalars
      for row in chances.indices {
        let place = z[row * size..<(row + 1) * size].map(Double.init)
        let prior = place.reduce(-0.5 * Double(size) * log(2 * Double.pi)) { $0 - $1 * $1 / 2 }
        places[row % examples].append(place)
        logJoints[row % examples].append(prior + Double(state.logLikelihoods[row]))
        acceptance[row % examples] += Double(chances[row]) / Double(chains * draws)
      }
    }
    return (0..<examples).map { result(places[$0], logJoints[$0], acceptance[$0]) }
  }

  /// The density is fitted to the first half of the chains and weighed on the others, so that the halves are independent.
  private func result(_ places: [[Double]], _ logJoints: [Double], _ acceptance: Double) -> Result {
    let half = max(1, chains / 2)
    let density = NormalFit(places.indices.filter { $0 % chains < half }.map { places[$0] })
    // Draws of one chain resemble each other: the error is that of the chains' means.
    var (all, byChain) = (StreamingLogMeanExp(), [StreamingLogMeanExp](repeating: .init(), count: chains - half))
    for index in places.indices where index % chains >= half {
      let logWeight = density.logDensity(places[index]) - logJoints[index]
      all.add(logWeight)
      byChain[index % chains - half].add(logWeight)
    }
    var means = StreamingLogMeanExp()
    for chain in byChain { means.add(chain.value) }
    return Result(
      value: -all.value, error: means.standardError, effective: all.effectiveSamples,
      isTrustworthy: means.standardError <= EstimateReport.greatestError && all.isTrustworthy, acceptance: acceptance)
  }
}

/// The normal distribution with the mean and covariance of some points.
struct NormalFit {
  private let mean: [Double]
  private let factor: [[Double]]  // lower triangle, Cholesky
  private let logNormalizer: Double

  /// Fits `points`, of one size, at least one. What they do not vary in gets a deviation of a millionth.
  init(_ points: [[Double]]) {
    let (n, size) = (Double(points.count), points[0].count)
    let mean = (0..<size).map { i in points.reduce(0) { $0 + $1[i] } / n }
    var factor = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    for i in 0..<size {
      for j in 0...i {
        let covariance = points.reduce(0.0) { $0 + ($1[i] - mean[i]) * ($1[j] - mean[j]) } / max(1, n - 1)
        let rest = (0..<j).reduce(covariance) { $0 - factor[i][$1] * factor[j][$1] }
        factor[i][j] = i == j ? max(rest, 1e-12).squareRoot() : rest / factor[j][j]
      }
    }
    (self.mean, self.factor) = (mean, factor)
    logNormalizer = (0..<size).reduce(-0.5 * Double(size) * log(2 * Double.pi)) { $0 - log(factor[$1][$1]) }
  }

  /// Nats.
  func logDensity(_ x: [Double]) -> Double {
    var white: [Double] = []
    for i in x.indices {
      white.append((0..<i).reduce(x[i] - mean[i]) { $0 - factor[i][$1] * white[$1] } / factor[i][i])
    }
    return white.reduce(logNormalizer) { $0 - $1 * $1 / 2 }
  }
}

extension Evaluator {
  /// log p(x) by Kingma and Welling's appendix D, and the mean chance of acceptance. `progress` is told examples done.
  public func posteriorDensityEstimate<Model: LatentVariableModel>(
    _ model: Model, on data: any BatchSource, plan: PosteriorDensityEstimate,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> (report: EstimateReport, acceptance: Double) {
    require(
      plan.chains > 2 && plan.draws > 0,
      "posterior density estimate: expected more than 2 chains, got \(plan.chains), and draws, got \(plan.draws)")
    let results = inBlocks(of: data, stream: stream["posterior density"], progress) { x, _, stream in
      plan.results(model, x, stream)
    }
    let report = EstimateReport(
      values: results.map(\.value), errors: results.map(\.error), effective: results.map(\.effective),
      doubtful: model.latentSize > PosteriorDensityEstimate.mostLatents
        ? results.count : results.filter { !$0.isTrustworthy }.count, samples: plan.chains * plan.draws / 2)
    return (report, meanAndError(results.map(\.acceptance)).0)
  }
}
