import Foundation

/// Lines that are said on the way, on any thread.
package final class Log: @unchecked Sendable {
  private let lock = NSLock()
  private var said: [String] = []

  package init() {}

  package var lines: [String] { lock.withLock { said } }
  package func add(_ line: String) { lock.withLock { said.append(line) } }
}
