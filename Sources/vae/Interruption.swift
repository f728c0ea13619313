import Foundation
import Synchronization

/// Ctrl-C and `kill`: noted, so that the run can save and end between two steps. A second one ends it at once.
///
/// A thread of its own waits for them, and all others keep them blocked. A handler would run on the stack of whichever
/// thread it interrupts, and while oneDNN multiplies long rows that thread's stack pointer points into the heap: what
/// the kernel puts there for the handler (3 KB) then lies over other blocks' memory.
enum Interruption {
  private static let isNoting = Atomic<Bool>(false)
  private static let wasNoted = Atomic<Bool>(false)

  static var isRequested: Bool { wasNoted.load(ordering: .relaxed) }

  /// To be called before there are other threads: they are born with what this one has blocked.
  static func listen() {
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_DFL)  // a script's background job would be born deaf to Ctrl-C
      sigaddset(&signals, number)
    }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    Thread.detachNewThread { [signals] in wait(for: signals) }
  }

  /// From now on there is something to save, and the first signal is noted.
  static func catchSignals() { isNoting.store(true, ordering: .relaxed) }

  private static func wait(for signals: sigset_t) {
    var (signals, number) = (signals, CInt(0))
    while sigwait(&signals, &number) == 0 {
      if isNoting.load(ordering: .relaxed) && !wasNoted.exchange(true, ordering: .relaxed) { continue }
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      raise(number)  // ends the process as if nothing had waited
    }
  }
}
