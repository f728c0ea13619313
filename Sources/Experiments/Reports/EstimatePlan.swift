import Autoencoders
import Datasets
import Foundation

/// The estimators of log p(x).
public enum EstimatorName: String, CaseIterable, Codable, Sendable {
  /// From q(z|x) (Burda et al. 2016).
  case importance
  /// From the prior.
  case prior
  /// Annealed importance sampling (Neal 2001).
  case ais
  /// A density fitted to posterior draws (Kingma and Welling 2014, appendix D).
  case hmc

  /// In words.
  public var title: String {
    switch self {
    case .importance: "importance sampling"
    case .prior: "sampling from the prior"
    case .ais: "annealed importance sampling"
    case .hmc: "a density fitted to posterior draws"
    }
  }
}

/// How log p(x) is to be estimated.
public struct EstimatePlan: Sendable {
  /// Which estimator.
  public var estimator = EstimatorName.importance
  /// Draws of z for each example; 0 for no estimate.
  public var samples: Int
  /// ais, hmc: chains for each example.
  public var chains = 16
  /// ais: steps from the prior to the posterior.
  public var temperatures = 500
  /// ais, hmc: leapfrog steps of a move.
  public var leapfrogs = 10
  /// ais: examples that the model makes up, for the bracket; 0 for none.
  public var simulated = 0
  /// Draws of the importance-sampled estimate that annealing is set beside; 0 for none.
  public var importanceDraws = 0

  /// Importance sampling with so many draws.
  public init(samples: Int) { self.samples = samples }

  /// Adds the estimate to a result, with progress; nothing where no draws are asked for.
  func estimate(
    _ model: any LatentVariableModel, on examples: Examples, _ evaluator: Evaluator,
    into result: inout EvaluationResult,
    reporter: any Reporter
  ) {
    guard samples > 0 else { return }
    let report: EstimateReport
    func clock(_ total: Int, _ what: String? = nil) -> @Sendable (Int) -> Void {
      let (clock, prefix) = (ReportedTask(reporter, total: total, unit: "examples"), what ?? estimator.title)
      return { clock.show($0, prefix: prefix) }
    }
    let progress = clock(examples.count)
    switch estimator {
    case .importance:
      report = evaluator.importanceEstimate(model, on: examples, samples: samples, progress: progress)
    case .prior: report = evaluator.priorEstimate(model, on: examples, samples: samples, progress: progress)
    case .ais:
      let plan = AnnealedImportance(chains: chains, temperatures: temperatures, leapfrogs: leapfrogs)
      let annealed = evaluator.annealedEstimate(model, on: examples, plan: plan, progress: progress)
      (report, result.acceptance) = (annealed.forward, annealed.acceptance)
      if importanceDraws > 0 {
        let other = evaluator.importanceEstimate(
          model, on: examples, samples: importanceDraws, progress: clock(examples.count, EstimatorName.importance.title)
        )
        let difference = report.difference(from: other)
        result.importance = .init(
          estimateNats: other.estimate, standardError: other.standardError, samples: importanceDraws,
          differenceNats: difference.mean, differenceStandardError: difference.standardError)
      }
      if simulated > 0 {
        let bracket = evaluator.bracket(model, count: simulated, plan: plan, progress: clock(simulated, "the bracket"))
        result.bracket = .init(
          lowerNats: bracket.lower.estimate, upperNats: bracket.upper.estimate, gapNats: bracket.gap,
          gapStandardError: bracket.gapError, count: simulated)
      }
    case .hmc:
      let plan = PosteriorDensityEstimate(
        chains: chains, draws: max(1, samples / max(1, chains / 2)), leapfrogs: leapfrogs)
      let (found, acceptance) = evaluator.posteriorDensityEstimate(
        model, on: examples, plan: plan, progress: progress)
      (report, result.acceptance) = (found, acceptance)
    }
    reporter.endProgress()
    result.estimator = estimator
    result.estimateNats = report.estimate
    result.estimateSamples = report.samples
    result.standardError = report.standardError
    result.monteCarloError = report.monteCarloError
    result.estimateCount = report.count
    result.effectiveSamples = report.effectiveSamples
    result.doubtfulCount = report.doubtful
    result.warning = warning(report, model, result)
  }

  private func warning(
    _ report: EstimateReport, _ model: any LatentVariableModel, _ result: EvaluationResult
  ) -> String? {
    if estimator == .hmc, model.latentSize > PosteriorDensityEstimate.mostLatents {
      return
        "a density fitted to draws of \(model.latentSize) latents is too far from their posterior; this estimator is "
        + "for up to \(PosteriorDensityEstimate.mostLatents): use ais"
    }
    if let acceptance = result.acceptance, !(0.4...0.98).contains(acceptance) {
      return "\(Int(100 * acceptance))% of the moves were accepted: the chains hardly move, or could move further; "
        + "the estimate is likely poor"
    }
    if let bracket = result.bracket, bracket.gapNats > 1 {
      return "the bracket is \(Format.fixed(bracket.gapNats)) nats wide: take more --temperatures"
    }
    return report.warning
  }
}
