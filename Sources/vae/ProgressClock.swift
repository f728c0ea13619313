import Experiments
import Foundation

/// How far something is, how fast it goes and how long it will take; at most ten times a second.
final class ProgressClock: @unchecked Sendable {
  // Unchecked: a lock guards what changes.
  private let total: Int
  private let unit: String
  private let start = Date()
  private var lastShown = Date.distantPast
  private let lock = NSLock()

  init(total: Int, unit: String) {
    self.total = total
    self.unit = unit
  }

  func show(_ done: Int, prefix: String) {
    guard Terminal.isInteractive else { return }
    lock.lock()
    defer { lock.unlock() }
    let now = Date()
    guard now.timeIntervalSince(lastShown) > 0.1 else { return }
    lastShown = now
    let rate = Double(done) / max(now.timeIntervalSince(start), 1e-9)
    let left = Double(total - done) / max(rate, 1e-9)
    Terminal.progress(
      "\(prefix)  \(100 * done / max(total, 1))%  \(Format.count(Int(rate))) \(unit)/s  \(Format.duration(left)) left")
  }
}

/// Shows on the terminal what the library reports: a clock for each task.
final class TerminalReporter: Reporter, @unchecked Sendable {
  // Unchecked: a lock guards what changes.
  private let lock = NSLock()
  private var current: (task: TaskProgress, clock: ProgressClock)?

  func note(_ line: String) { Terminal.note(line) }

  func warn(_ line: String) { Terminal.warn(line) }

  func endProgress() { Terminal.endProgress() }

  func progress(_ progress: TaskProgress) {
    guard let done = progress.done else { return Terminal.progress(progress.name) }
    clock(for: progress).show(done, prefix: progress.name)
  }

  private func clock(for progress: TaskProgress) -> ProgressClock {
    lock.lock()
    defer { lock.unlock() }
    var task = progress
    task.done = nil
    if let current, current.task == task { return current.clock }
    let clock = ProgressClock(total: progress.total, unit: progress.unit)
    current = (task, clock)
    return clock
  }
}
