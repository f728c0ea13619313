import ArgumentParser
import Autoencoders
import Datasets
import Foundation

/// What `vae evaluate --aggregate` found.
struct AggregateResult: Codable {
  var rateNats: Double
  var rateStandardError: Double
  var distortionNats: Double
  var mutualInformationNats: Double
  var mutualInformationStandardError: Double
  var mutualInformationCeilingNats: Double
  var klFromPriorNats: Double
  var klFromPriorStandardError: Double
  var draws: Int
  var count: Int
  var fittedPriorComponents: Int?
  var fittedPriorExamples: Int?
  var fittedPriorIterations: Int?
  var fittedPriorEstimateNats: Double?
  var fittedPriorStandardError: Double?
  var fittedPriorEffectiveSamples: Double?
  var fittedPriorSamples: Int?
}

/// A mixture of Gaussians that is fitted to what the encoder makes of a run's training data.
struct MixtureOptions: ParsableArguments {
  @Option(help: "Gaussians in the mixture that is fitted to the encoded training data.") var components = 50

  func validate() throws {
    guard components > 0 else { throw ValidationError("--components must be at least 1") }
  }

  /// The fit, and how many examples it is to. Throws if the model's latents are not of the kind, or the data too few.
  func fit(
    _ run: Run, _ model: any LatentVariableModel, _ evaluator: Evaluator, dataDir: String?
  ) throws -> (fit: MixtureFit, examples: Int) {
    let model = try gaussian(model, run)
    let configuration = run.configuration
    let training = try RunData(configuration.data, seed: configuration.training.seed, directory: dataDir).train
    guard components <= training.count else {
      throw ValidationError("--components \(components) for \(training.count) training examples; give fewer components")
    }
    Terminal.progress("fitting \(components) Gaussians to \(Format.count(training.count)) encoded training examples")
    let fit = evaluator.mixture(of: evaluator.aggregatePosterior(model, of: training), components: components)
    Terminal.endProgress()
    return (fit, training.count)
  }
}

/// The model, if q(z|x) is one diagonal Gaussian and the prior N(0, I).
private func gaussian(_ model: any LatentVariableModel, _ run: Run) throws -> any GaussianAutoencoder {
  guard let gaussian = model as? any GaussianAutoencoder else {
    throw ValidationError(
      "the model in \(run.path) has no diagonal Gaussian posterior; the aggregate posterior is computed for those only")
  }
  return gaussian
}

extension AggregateResult {
  /// Rate and distortion, the rate's parts, and the estimate with the fitted prior where `samples` are asked for.
  init(
    _ run: Run, _ model: any LatentVariableModel, _ examples: Examples, distortion: Double, samples: Int,
    mixture: MixtureOptions, evaluator: Evaluator, dataDir: String?
  ) throws {
    let model = try gaussian(model, run)
    let report = evaluator.report(on: evaluator.aggregatePosterior(model, of: examples))
    self.init(
      rateNats: report.rate, rateStandardError: report.rateStandardError, distortionNats: distortion,
      mutualInformationNats: report.mutualInformation, mutualInformationStandardError: report.standardError,
      mutualInformationCeilingNats: report.ceiling, klFromPriorNats: report.divergenceFromPrior,
      klFromPriorStandardError: report.standardError, draws: report.draws, count: report.count)
    if report.isNearCeiling {
      Terminal.warn(
        "the mutual information is near log \(report.count) = \(Format.fixed(report.ceiling)) nats, the most that so "
          + "many examples can show: take it as a lower mark, and the KL of the aggregate as an upper one")
    }
    guard samples > 0 else { return }
    let (fit, fittedTo) = try mixture.fit(run, model, evaluator, dataDir: dataDir)
    (fittedPriorComponents, fittedPriorExamples) = (mixture.components, fittedTo)
    fittedPriorIterations = fit.logLikelihoods.count - 1
    let clock = ProgressClock(total: examples.count, unit: "images")
    let estimate = evaluator.importanceEstimate(model, prior: fit.mixture, on: examples, samples: samples) {
      clock.show($0, prefix: "importance sampling with the fitted prior, \(samples) draws")
    }
    Terminal.endProgress()
    fittedPriorEstimateNats = estimate.estimate
    fittedPriorStandardError = estimate.standardError
    fittedPriorEffectiveSamples = estimate.effectiveSamples
    fittedPriorSamples = estimate.samples
  }

  /// For people.
  var text: String {
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
