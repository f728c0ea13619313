import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

/// Examples whose holes were filled.
package struct FilledExamples {
  /// At their expectation.
  package var mean: Tensor
  /// By draws, as often as asked for.
  package var draws: [Tensor] = []
  /// A chain's: what was kept of it, errors step by step, acceptance.
  var chain: Imputer.ChainResult?
  /// Importance sampling's, by example.
  var effectiveDraws: [Double]?
}

/// How holes are filled.
package struct Filling {
  var method: Method
  var steps: Int
  var warmUp: Int
  var samples: Int
  var draws: Int
  var isPicture: Bool
  var seed: UInt64

  /// How holes are filled.
  package enum Method: String, CaseIterable, Codable, Sendable {
    /// z from q(z|x), missing numbers from p(x|z), again and again (Rezende et al. 2014).
    case gibbs
    /// The same, each z accepted or refused (Mattei and Frellsen 2018).
    case metropolis
    /// Many z from q(z|x), weighed by how they explain what is observed (Mattei and Frellsen 2019).
    case importance
  }

  /// - Parameters:
  ///   - warmUp: metropolis: steps before those that may refuse; importance: of a chain that fills the holes before q(z|x) is
  ///     asked. By default what suits the task.
  ///   - draws: completed examples for each.
  package init(
    method: Method, steps: Int, warmUp: Int?, samples: Int, draws: Int, isPicture: Bool, seed: UInt64,
    for task: ImputationTask
  ) {
    (self.method, self.steps, self.samples, self.draws) = (method, steps, samples, draws)
    (self.isPicture, self.seed) = (isPicture, seed)
    let usual =
      switch method {
      case .gibbs: 0
      case .metropolis: min(20, steps / 2)
      case .importance: task.isModelUsedToHoles ? 0 : 20
      }
    self.warmUp = warmUp ?? usual
  }

  /// The steps that are shown: 1, 2, 4 ... and the last.
  var shownSteps: [Int] {
    var shown = Array(sequence(first: 1) { $0 * 2 }.prefix { $0 < steps })
    // Not two that are nearly the same.
    if let last = shown.last, last * 5 > steps * 4 { shown.removeLast() }
    return shown + [steps]
  }

  private var moves: [ImputationMove] {
    (0..<steps).map { method == .metropolis && $0 >= warmUp ? .metropolis : .gibbs }
  }

  /// Fills the holes of all examples.
  package func fill<Model: LatentVariableModel>(
    _ model: Model, _ task: ImputationTask, reporter: any Reporter
  ) -> FilledExamples {
    let imputer = Imputer(threads: ProcessInfo.processInfo.activeProcessorCount, seed: seed)
    let clock = ReportedTask(
      reporter, total: task.x.shape[0] * (method == .importance ? 1 : max(1, chains)), unit: "examples")
    defer { reporter.endProgress() }
    if method == .importance {
      let found = imputer.importance(model, x: task.x, samples: samples, draws: draws, warmUp: warmUp) {
        clock.show($0, prefix: "impute")
      }
      return FilledExamples(mean: found.mean, draws: found.draws, effectiveDraws: found.effectiveDraws)
    }
    // Draws of a chain's last states are as many chains.
    let results = (0..<max(1, chains)).map { number in
      imputer.chain(
        model, x: task.x, moves: moves, kept: number == 0 ? Set(shownSteps) : [steps],
        truth: number == 0 ? task.truth : nil, scale: task.scale, number: number
      ) { clock.show(number * task.x.shape[0] + $0, prefix: "impute") }
    }
    return FilledExamples(
      mean: results[0].mean, draws: chains > 0 ? results.map { $0.states[steps]!.drawn } : [], chain: results[0])
  }

  private var chains: Int { isPicture ? 0 : draws }
}

extension FilledExamples {
  /// A row for each of the first examples: the truth, what is observed of it, a chain's states, or draws, and the mean.
  package func strip(_ task: ImputationTask, _ showing: Showing, rows: Int, drawn: Bool) throws -> Picture {
    let states = chain?.states.sorted { $0.key < $1.key }.map { drawn ? $0.value.drawn : $0.value.expected }
    let columns = [task.truth, task.x] + (states ?? draws) + (states == nil || !drawn ? [mean] : [])
    let count = min(rows, task.x.shape[0])
    let truth = task.truth.rows(0..<count)
    let range = showing.run.configuration.isBounded ? 0...1 : Picture.range(of: truth.scalars)
    let grey = Tensor(repeating: (range.lowerBound + range.upperBound) / 2, shape: truth.shape)
    let pictures = try columns.map { try showing.pictures($0.rows(0..<count).filled(from: grey), like: truth) }
    return PictureGrid(columns: columns.count).picture(of: (0..<count).flatMap { row in pictures.map { $0[row] } })
  }
}
