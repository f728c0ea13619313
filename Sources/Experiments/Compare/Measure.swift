import Autoencoders
import Datasets

/// What curves are judged by.
package enum Measure: Sendable {
  /// The evidence lower bound, over so many examples.
  case bound(examples: Int)
  /// The estimate of log p(x) of Kingma and Welling's appendix D, over so many examples.
  case likelihood(examples: Int)

  /// 120 draws to fit a density to and 120 to weigh, a few leapfrog steps apart; the paper took 50 in all.
  private static let plan = PosteriorDensityEstimate(chains: 8, draws: 30, leapfrogs: 5)

  /// The figure in nats per example, and its standard error over examples.
  func value<Model: LatentVariableModel>(
    _ model: Model, _ examples: Examples, threads: Int
  ) -> (value: Double, standardError: Double) {
    let evaluator = Evaluator(threads: threads)
    switch self {
    case .bound:
      let report = evaluator.bound(model, on: examples)
      return (report.bound, report.standardError)
    case .likelihood:
      let report = evaluator.posteriorDensityEstimate(model, on: examples, plan: Self.plan).report
      return (report.estimate, report.standardError)
    }
  }

  /// Examples of each split.
  var examples: Int {
    switch self {
    case .bound(let examples), .likelihood(let examples): examples
    }
  }

  /// Training examples that a step size is chosen by.
  var trialExamples: Int {
    switch self {
    case .bound(let examples): min(examples, 1000)
    case .likelihood(let examples): min(examples, 100)
    }
  }

  /// How often a curve is judged, on a logarithmic axis.
  var pointsPerDecade: Int {
    switch self {
    case .bound: 6
    case .likelihood: 4
    }
  }

  /// In a line of progress.
  package var short: String {
    switch self {
    case .bound: "bound"
    case .likelihood: "log p(x)"
    }
  }

  /// Beside the axis of a figure.
  var axis: String {
    switch self {
    case .bound: "evidence lower bound, nats per example"
    case .likelihood: "log p(x) estimate, nats per example"
    }
  }

  /// In a sentence.
  var description: String {
    switch self {
    case .bound: "The evidence lower bound with one draw of z."
    case .likelihood:
      "An estimate of log p(x) from posterior draws by Hamiltonian Monte Carlo, to half of which a normal density is fitted "
        + "(Kingma and Welling 2014, appendix D). MCEM's leapfrog steps count as evaluated samples."
    }
  }
}
