import Foundation

/// Ctrl-C and `kill`: noted, so that the run can save and end between two steps. A second one ends it at once.
enum Interruption {
  nonisolated(unsafe) private(set) static var isRequested = false

  static func catchSignals() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if Interruption.isRequested { signal(number, SIG_DFL) }
        Interruption.isRequested = true
      }
    }
  }
}
