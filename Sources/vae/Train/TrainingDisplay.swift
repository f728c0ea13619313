import ArgumentParser
import Experiments
import Foundation

/// How a session of training goes, on the terminal.
final class TrainingDisplay {
  private var clock: ProgressClock?

  func show(_ event: TrainingEvent) {
    switch event {
    case .began(let description): describe(description)
    case .step(let report, let length):
      let clock = self.clock ?? ProgressClock(total: length.steps - length.firstStep, unit: "steps")
      self.clock = clock
      clock.show(
        report.step - length.firstStep,
        prefix: "epoch \(report.epoch)/\(length.epochs)  loss \(Format.fixed(report.soFar.loss))  log p(x|z) "
          + "\(Format.fixed(report.soFar.logLikelihood))  KL \(Format.fixed(report.soFar.divergence))")
    case .epoch(let epoch): Terminal.result(line(epoch))
    }
  }

  private func describe(_ d: SessionDescription) {
    let (configuration, threads) = (d.configuration, d.configuration.training.threads)
    let labelled = d.labelledCount.map { "\(Format.count($0)) with a class, " } ?? ""
    let missing = d.missingPart > 0 ? ", \(Format.fixed(100 * d.missingPart, 1))% of the numbers missing" : ""
    Terminal.note(
      "\(configuration.data.source): \(Format.count(d.trainCount)) to train on, \(labelled)"
        + "\(Format.count(d.validationCount)) to validate, \(Format.shape(configuration.examples.shape)), "
        + "binarization \(configuration.data.binarization.rawValue)\(missing)\n"
        + "\(configuration.modelSummary), \(Format.count(d.parameters)) parameters, "
        + "\(threads) thread\(threads == 1 ? "" : "s")")
  }

  private func line(_ summary: EpochSummary) -> String {
    let (report, epochs) = (summary.report, summary.epochs)
    let epoch = String(repeating: " ", count: "\(epochs)".count - "\(report.epoch)".count) + "\(report.epoch)"
    let training = report.training
    var text =
      "epoch \(epoch)/\(epochs)  loss \(Format.fixed(training.loss))  log p(x|z) "
      + "\(Format.fixed(training.logLikelihood))  KL \(Format.fixed(training.divergence))"
    if let validation = report.validation {
      text += "  validation bound \(Format.fixed(validation.bound))\(report.isBest ? "*" : " ")"
      if let bits = summary.validationBits { text += " \(Format.fixed(bits, 4)) bits/dim" }
    }
    if let error = summary.validationError { text += "  validation error \(Format.fixed(100 * error))%" }
    if report.skippedSteps > 0 { text += "  \(Format.count(report.skippedSteps)) steps skipped" }
    let rate = Int(Double(training.count) / max(report.seconds, 1e-9))
    return text + "  \(Format.count(rate)) images/s  \(Format.duration(summary.secondsLeft)) left"
  }

  /// Says how a run's training ended and what is next; ends the program with status 130 where it was interrupted.
  static func conclude(_ run: Run, _ end: SessionEnd) throws {
    let step = run.metrics().last?.step ?? 0
    switch end {
    case .interrupted:
      Terminal.note("interrupted and saved at step \(try run.savedStep()); go on with: vae train --resume \(run.path)")
      throw ExitCode(130)
    case .stoppedEarly:
      Terminal.note(
        "stopped early: no better validation bound for \(run.configuration.training.patience ?? 0) epochs")
    case .finished: break
    }
    let next = run.configuration.model.classes == nil ? "evaluate" : "classify"
    Terminal.result("\(run.path): \(step) steps; next: vae \(next) \(run.path)")
  }
}
