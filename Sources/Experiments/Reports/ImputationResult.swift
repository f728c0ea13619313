import Autoencoders
import Foundation

/// What an imputation did, and how far from the truth it is where that is known.
package struct ImputationResult: Codable {
  /// Errors over missing numbers.
  struct Score: Codable {
    /// Root of the mean squared difference.
    var rmse: Double
    /// Binary data: the part on the wrong side of one half.
    var wrongPart: Double?
    /// Binary data: minus the mean log probability of the truth, nats.
    var logLoss: Double?

    init?(_ error: ImputationError?) {
      guard let error, let rmse = error.rootMeanSquare else { return nil }
      (self.rmse, wrongPart, logLoss) = (rmse, error.wrongPart, error.logLoss)
    }
  }

  /// A step of a chain.
  struct Step: Codable {
    var step: Int
    /// Of numbers as they were drawn.
    var drawnRmse: Double
    /// Of their expectation.
    var expected: Score
  }

  var method: Filling.Method
  var mask: String
  var split: String
  var count: Int
  var missingPart: Double
  var steps: [Step]?
  /// Of the expectation: importance sampling's, or a chain's over the latter half of its steps.
  var mean: Score?
  /// The training data's mean in all holes.
  var trainingMean: Score?
  var acceptance: Double?
  /// Median over examples.
  var effectiveDraws: Double?
  var samples: Int?
  /// Errors are in units of the training data's deviations, column by column.
  var isScaled: Bool
  var file: String
  private var shownSteps: [Int]

  package init(_ filled: FilledExamples, _ filling: Filling, _ task: ImputationTask, _ file: String) {
    (method, mask, split, self.file) = (filling.method, task.mask, task.split, file)
    count = task.x.shape[0]
    missingPart = Double(task.x.scalars.count { $0.isNaN }) / Double(task.x.count)
    steps = filled.chain?.errors.enumerated().compactMap { index, error in
      guard let drawn = error.drawn.rootMeanSquare, let expected = Score(error.expected) else { return nil }
      return Step(step: index + 1, drawnRmse: drawn, expected: expected)
    }
    mean = Score(task.error(filled.mean))
    trainingMean = Score(task.baseline)
    acceptance = filled.chain?.acceptance
    effectiveDraws = filled.effectiveDraws.map { $0.sorted()[$0.count / 2] }
    samples = filling.method == .importance ? filling.samples : nil
    isScaled = task.scale != nil
    shownSteps = filling.shownSteps
  }

  /// For people.
  package var text: String {
    var lines = [
      "\(Format.count(count)) \(split) examples, mask \(mask): \(Format.fixed(100 * missingPart, 1))% of the numbers "
        + "missing, filled by \(method.rawValue)"
    ]
    if let effectiveDraws, let samples {
      lines.append("\(Format.count(samples)) draws of z, \(Format.fixed(effectiveDraws, 1)) effective (median)")
    }
    if let acceptance { lines.append("acceptance \(Format.fixed(acceptance, 3))") }
    if let mean {
      let isBinary = mean.wrongPart != nil
      lines.append("\nRMSE over missing numbers\(isScaled ? ", in units of the training data's deviations" : "")")
      lines.append(
        "\(pad("", 22))  expectation\(isBinary ? "  wrong side  log loss" : "")\(steps == nil ? "" : "  drawn")")
      for step in steps ?? [] where shownSteps.contains(step.step) {
        lines.append(line("after step \(step.step)", step.expected) + "  \(Format.fixed(step.drawnRmse, 4))")
      }
      let last = steps.map { "mean, steps \($0.count / 2 + 1) to \($0.count)" }
      lines.append(line(last ?? "weighted mean", mean))
      if let trainingMean { lines.append(line("training mean", trainingMean)) }
    } else {
      lines.append("the truth is not known, so there are no errors")
    }
    return (lines + [file]).map { $0.trimmingCharacters(in: [" "]) }.joined(separator: "\n")
  }

  private func line(_ name: String, _ score: Score) -> String {
    let isBinary = score.wrongPart != nil
    return pad(name, 22) + "  " + pad(Format.fixed(score.rmse, 4), isBinary || steps != nil ? 11 : 0)
      + (score.wrongPart.map { "  " + pad("\(Format.fixed(100 * $0, 2))%", 10) } ?? "")
      + (score.logLoss.map { "  " + pad(Format.fixed($0, 4), steps == nil ? 0 : 8) } ?? "")
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
