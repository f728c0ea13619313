import Autoencoders
import Datasets
import Foundation

/// Rate and distortion, mutual information, the aggregate posterior against the prior. Nats per example.
public struct AggregateResult: Codable, Sendable {
  /// E[KL(q(z|x)||p(z))], nats per example.
  public var rateNats: Double
  /// Its standard error over examples.
  public var rateStandardError: Double
  /// E[-log p(x|z)], nats per example.
  public var distortionNats: Double
  /// I(x; z) under q, an estimate, nats.
  public var mutualInformationNats: Double
  /// Its standard error.
  public var mutualInformationStandardError: Double
  /// log of the number of examples: no estimate can be above it.
  public var mutualInformationCeilingNats: Double
  /// KL(q(z)||p(z)) of the aggregate posterior, nats.
  public var klFromPriorNats: Double
  /// Its standard error.
  public var klFromPriorStandardError: Double
  /// Draws of z for each.
  public var draws: Int
  /// Examples.
  public var count: Int
  /// Gaussians of a prior fitted to encoded training data; nil where none was asked for.
  public var fittedPriorComponents: Int?
  /// Training examples whose latents it was fitted to.
  public var fittedPriorExamples: Int?
  /// Steps of expectation maximization that fitted it.
  public var fittedPriorIterations: Int?
  /// The estimate of log p(x) with the fitted prior, nats per example.
  public var fittedPriorEstimateNats: Double?
  /// Its standard error over examples.
  public var fittedPriorStandardError: Double?
  /// Effective draws of these, the mean over examples.
  public var fittedPriorEffectiveSamples: Double?
  /// Draws of z for each example in that estimate.
  public var fittedPriorSamples: Int?
}

/// A mixture of Gaussians that is fitted to what the encoder makes of a run's training data.
public struct AggregateFit: Sendable {
  /// The mixture, and how it was found.
  public let fit: MixtureFit
  /// Examples it is fitted to.
  public let examples: Int

  /// - Throws: ``ExperimentError`` if q(z|x) is not one diagonal Gaussian, or the data are too few.
  public init(
    _ run: Run, _ model: any LatentVariableModel, components: Int, evaluator: Evaluator, directory: String? = nil,
    reporter: any Reporter = SilentReporter()
  ) throws {
    let model = try gaussian(model, run)
    let training = try run.data(directory: directory, reporter: reporter).train
    guard components > 0 && components <= training.count else {
      throw SettingError("components", "\(components) for \(training.count) training examples; give fewer components")
    }
    reporter.progress(
      TaskProgress("fitting \(components) Gaussians to \(Format.count(training.count)) encoded training examples"))
    fit = evaluator.mixture(of: evaluator.aggregatePosterior(model, of: training), components: components)
    examples = training.count
    reporter.endProgress()
  }
}

/// The model, if q(z|x) is one diagonal Gaussian and the prior N(0, I).
private func gaussian(_ model: any LatentVariableModel, _ run: Run) throws -> any GaussianAutoencoder {
  guard let gaussian = model as? any GaussianAutoencoder else {
    throw ExperimentError(
      "the model in \(run.path) has no diagonal Gaussian posterior; the aggregate posterior is computed for those only")
  }
  return gaussian
}

extension AggregateResult {
  /// Rate and distortion, the rate's parts, and the estimate with the fitted prior where `samples` are asked for.
  init(
    _ run: Run, _ model: any LatentVariableModel, _ examples: Examples, distortion: Double, samples: Int,
    components: Int, evaluator: Evaluator, directory: String?, reporter: any Reporter
  ) throws {
    let model = try gaussian(model, run)
    let report = evaluator.report(on: evaluator.aggregatePosterior(model, of: examples))
    self.init(
      rateNats: report.rate, rateStandardError: report.rateStandardError, distortionNats: distortion,
      mutualInformationNats: report.mutualInformation, mutualInformationStandardError: report.standardError,
      mutualInformationCeilingNats: report.ceiling, klFromPriorNats: report.divergenceFromPrior,
      klFromPriorStandardError: report.standardError, draws: report.draws, count: report.count)
    if report.isNearCeiling {
      reporter.warn(
        "the mutual information is near log \(report.count) = \(Format.fixed(report.ceiling)) nats, the most that so "
          + "many examples can show: take it as a lower mark, and the KL of the aggregate as an upper one")
    }
    guard samples > 0 else { return }
    let fitted = try AggregateFit(
      run, model, components: components, evaluator: evaluator, directory: directory, reporter: reporter)
    (fittedPriorComponents, fittedPriorExamples) = (components, fitted.examples)
    fittedPriorIterations = fitted.fit.logLikelihoods.count - 1
    let clock = ReportedTask(reporter, total: examples.count, unit: "images")
    let estimate = evaluator.importanceEstimate(model, prior: fitted.fit.mixture, on: examples, samples: samples) {
      clock.show($0, prefix: "importance sampling with the fitted prior, \(samples) draws")
    }
    reporter.endProgress()
    fittedPriorEstimateNats = estimate.estimate
    fittedPriorStandardError = estimate.standardError
    fittedPriorEffectiveSamples = estimate.effectiveSamples
    fittedPriorSamples = estimate.samples
  }

  /// For people.
  package var text: String {
    func line(_ name: String, _ value: Double, _ error: Double?, _ remark: String) -> String {
      let name = name.padding(toLength: 20, withPad: " ", startingAt: 0)
      let error = error.map { " ± \(Format.fixed($0, 3))" } ?? ""
      return "\(name)\(Format.fixed(value, 3))\(error)\(remark)"
    }
    var lines = [
      "",
      "rate and distortion, and the aggregate posterior of the \(Format.count(count)) examples (\(Format.count(draws)) draws)",
      line("distortion", distortionNats, nil, " nats per example, mean of -log p(x|z)"),
      line("rate (KL)", rateNats, rateStandardError, ", of which"),
      line(
        "  mutual inform.", mutualInformationNats, mutualInformationStandardError,
        " of x and z; at most log \(count) = \(Format.fixed(mutualInformationCeilingNats))"),
      line("  KL of aggregate", klFromPriorNats, klFromPriorStandardError, " from the prior"),
    ]
    if let estimate = fittedPriorEstimateNats, let samples = fittedPriorSamples, let fittedPriorComponents,
      let fittedPriorExamples
    {
      lines += [
        "",
        "with a fitted prior in place of N(0, I): \(fittedPriorComponents) Gaussians, fitted to "
          + "\(Format.count(fittedPriorExamples)) encoded training examples",
        line(
          "estimate of log p", estimate, fittedPriorStandardError,
          " nats per example (importance sampling, \(samples) draws, "
            + "\(Format.fixed(fittedPriorEffectiveSamples ?? 0, 1)) effective)"),
      ]
    }
    return lines.joined(separator: "\n")
  }
}
