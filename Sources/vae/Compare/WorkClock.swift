import Experiments
import Foundation

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
