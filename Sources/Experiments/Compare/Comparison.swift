import Autoencoders
import Datasets
import Files
import Foundation

/// Curves to train one after the other, and the figure they make. What is finished is kept, so that a comparison that was
/// interrupted goes on where it was.
package struct Comparison {
  package let title: String
  package let folder: String
  package let curves: [Curve]
  package let measure: Measure
  /// Training samples to evaluate in each curve.
  package let samples: Int
  package let rates: [Float]
  /// Samples after which the step size is chosen.
  package let trialSamples: Int

  /// What a comparison tells those who watch it.
  package enum Event {
    /// Samples were evaluated, or found to be done already, for a curve; in words where it stands.
    case worked(Int, now: Bool, String, curve: Int)
    /// A point of a curve was found.
    case point(Curve, Curve.Point, curve: Int)
  }

  /// Samples of all curves, trials included.
  package var work: Int { curves.count * (samples + trials) }

  private var trials: Int { rates.count > 1 ? rates.count * min(trialSamples, samples) : 0 }

  /// Trains what is left and writes the figure after each curve. False where it was asked to stop; all is saved then.
  package func run(observe: @escaping (Event) -> Void, shouldStop: @escaping () -> Bool) throws -> Bool {
    try Folder.make(folder)
    var done: [(curve: Curve, rate: Float, points: [Curve.Point])] = []
    for curve in curves {
      let number = done.count + 1
      var worked = 0
      let training = CurveTraining(
        curve: curve, measure: measure,
        marks: curve.marks(from: max(samples / 1000, 10_000), to: samples, perDecade: measure.pointsPerDecade),
        rates: rates, trialStep: curve.step(evaluations: min(trialSamples, samples)),
        onBatch: { text, count in
          worked += count
          observe(.worked(count, now: true, text, curve: number))
        }, onPoint: { observe(.point(curve, $0, curve: number)) }, shouldStop: shouldStop)
      guard let points = try training.run() else { return false }
      let rate = try Run(opening: curve.path).configuration.training.optimizer.rate
      observe(.worked(samples + trials - worked, now: false, "", curve: number))
      done.append((curve, rate, points))
      try ComparisonOutput(comparison: self, curves: done).write()
    }
    return true
  }
}
