import ArgumentParser
import Autoencoders
import Datasets
import Files
import Foundation

/// Curves to train one after the other, and the figure they make. What is finished is kept, so that a comparison that was
/// interrupted goes on where it was.
struct Comparison {
  let title: String
  let folder: String
  let curves: [Curve]
  let measure: Measure
  /// Training samples to evaluate in each curve.
  let samples: Int
  let rates: [Float]
  /// Samples after which the step size is chosen.
  let trialSamples: Int

  func run() throws {
    Interruption.catchSignals()
    try Folder.make(folder)
    let trials = rates.count > 1 ? rates.count * min(trialSamples, samples) : 0
    let clock = WorkClock(total: curves.count * (samples + trials))
    var done: [(curve: Curve, rate: Float, points: [Curve.Point])] = []
    for curve in curves {
      let number = done.count + 1
      let begun = clock.done
      let training = CurveTraining(
        curve: curve, measure: measure,
        marks: curve.marks(from: max(samples / 1000, 10_000), to: samples, perDecade: measure.pointsPerDecade),
        rates: rates, trialStep: curve.step(evaluations: min(trialSamples, samples)),
        onBatch: { text, count in
          clock.add(count)
          clock.show("\(text)  curve \(number)/\(curves.count)")
        },
        onPoint: { point in
          Terminal.result(
            "\(curve.name)  \(Format.count(point.samples)) samples  \(measure.short) train "
              + "\(Format.fixed(point.train))  \(curve.data.heldOut.name) \(Format.fixed(point.heldOut))  "
              + "curve \(number)/\(curves.count)  \(clock.left) left")
        })
      let points = try finish(training)
      let rate = try Run(opening: curve.path).configuration.training.optimizer.rate
      clock.skip(samples + trials - (clock.done - begun))
      done.append((curve, rate, points))
      try ComparisonOutput(comparison: self, curves: done).write()
    }
    Terminal.result("\(folder)/figure.svg, figure.md, points.csv")
  }

  private func finish(_ training: CurveTraining) throws -> [Curve.Point] {
    do { return try training.run() } catch let code as ExitCode {
      Terminal.endProgress()
      Terminal.note("interrupted and saved; go on with the same command")
      throw code
    }
  }
}

/// How much of all curves is done, and how long the rest will take.
final class WorkClock {
  private let total: Int
  private var skipped = 0
  private let start = Date()
  private var lastShown = Date.distantPast
  private(set) var done = 0

  init(total: Int) { self.total = total }

  /// Work done now.
  func add(_ count: Int) { done += count }

  /// Work that was done already, or need not be.
  func skip(_ count: Int) { skipped += count }

  /// The time that is left, as far as one knows.
  var left: String {
    let rate = Double(done) / max(Date().timeIntervalSince(start), 1e-9)
    return done == 0 ? "?" : Format.duration(Double(max(0, total - skipped - done)) / rate)
  }

  /// Replaces a terminal's last line, at most ten times a second.
  func show(_ text: String) {
    guard Terminal.isInteractive, Date().timeIntervalSince(lastShown) > 0.1 else { return }
    lastShown = Date()
    Terminal.progress("\(text)  \(100 * min(total, done + skipped) / max(total, 1))%  \(left) left")
  }
}
