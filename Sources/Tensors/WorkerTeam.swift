import CKernels
import Foundation
import Synchronization

/// Threads beside the caller's, at most one for each other core, started when first needed and asleep until there is work.
///
/// A training step hands out work several times within a millisecond, and waking a sleeping thread costs a good part of
/// one. So a worker that has finished looks out for its next job for a moment, and so does the caller for its workers,
/// before either goes to sleep and leaves the core to others.
final class WorkerTeam: @unchecked Sendable {
  static let shared = WorkerTeam(workers: ProcessInfo.processInfo.activeProcessorCount - 1)

  /// About a tenth of a millisecond: longer than what a training step does between two jobs.
  private static let looks = 4000

  /// How many jobs a worker has been given.
  private final class Mailbox: Sendable { let jobs = Atomic<Int>(0) }

  private let most: Int
  private let isTaken = Atomic<Bool>(false)
  private let unfinished = Atomic<Int>(0)
  private let asleep = Atomic<Int>(0)
  private let bell = NSCondition()
  // The present job: written before the mailboxes are, and not again before all workers have finished.
  private var mailboxes: [Mailbox] = []
  private var body: ((Int) -> Void)?
  private var indices = 0
  private var members = 0

  init(workers: Int) { most = workers }

  /// Runs the bodies on as many threads as there are; false, and nothing done, if the team is at work already or there
  /// is none.
  func run(_ count: Int, _ body: (Int) -> Void) -> Bool {
    let wanted = min(count - 1, most)
    guard wanted > 0, !isTaken.exchange(true, ordering: .acquiring) else { return false }
    while mailboxes.count < wanted { startWorker() }
    let helpers = mailboxes.prefix(wanted)
    withoutActuallyEscaping(body) { body in
      (self.body, indices, members) = (body, count, helpers.count + 1)
      unfinished.store(helpers.count, ordering: .sequentiallyConsistent)
      for helper in helpers { helper.jobs.add(1, ordering: .sequentiallyConsistent) }
      ringIfNeeded()
      share(of: 0)
      wait { unfinished.load(ordering: .sequentiallyConsistent) == 0 }
      self.body = nil
    }
    isTaken.store(false, ordering: .releasing)
    return true
  }

  private func startWorker() {
    let mailbox = Mailbox()
    mailboxes.append(mailbox)
    let member = mailboxes.count
    let thread = Thread { self.serve(mailbox, as: member) }  // both live as long as the process
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Every so-manieth index, beginning with the member's own number.
  private func share(of member: Int) {
    for index in stride(from: member, to: indices, by: members) { body!(index) }
  }

  private func serve(_ mailbox: Mailbox, as member: Int) {
    for done in 0... {
      wait { mailbox.jobs.load(ordering: .sequentiallyConsistent) > done }
      share(of: member)
      let rest = unfinished.subtract(1, ordering: .sequentiallyConsistent).newValue
      if rest == 0 { ringIfNeeded() }
    }
  }

  private func wait(until isTrue: () -> Bool) {
    for _ in 0..<Self.looks {
      if isTrue() { return }
      ck_pause()
    }
    bell.lock()
    asleep.add(1, ordering: .sequentiallyConsistent)
    while !isTrue() { bell.wait() }
    asleep.subtract(1, ordering: .sequentiallyConsistent)
    bell.unlock()
  }

  /// Whoever goes to sleep says so first and looks once more, under the lock; so either it sees what has just been
  /// written, or it is seen here.
  private func ringIfNeeded() {
    guard asleep.load(ordering: .sequentiallyConsistent) > 0 else { return }
    bell.lock()
    bell.broadcast()
    bell.unlock()
  }
}
