import Foundation

/// Something whose steps are timed.
protocol Work {
  /// Takes steps until told to stop, which is asked with the number of steps taken so far; returns their mean loss.
  mutating func run(until isDone: (Int) -> Bool) throws -> Double

  /// What a step is worth in the case's unit: 1 where the unit is a step.
  var unitsPerStep: Double { get }
}

extension Work {
  var unitsPerStep: Double { 1 }
}

/// The worker's side of the conversation with the driver: a line of JSON for each line read.
struct Conversation {
  /// Floating-point operations of a unit's matrix products, where they are known.
  var operations: Double?

  /// Warms up, says so, then times steps for as long as each `go SECONDS` asks, until `end`.
  func hold(_ work: inout some Work, warmup: Int) throws {
    let loss = try work.run { $0 >= warmup }
    var ready: [String: Any] = ["ready": true, "loss": loss]
    ready["operations"] = operations
    try say(ready)
    while let line = readLine() {
      let words = line.split(separator: " ")
      if words.first == "end" { break }
      guard words.count == 2, words[0] == "go", let seconds = Double(words[1]) else {
        try say(["error": "expected 'go SECONDS' or 'end', got '\(line)'"])
        continue
      }
      try say(time(&work, for: seconds))
    }
    try say(["peak_bytes": Self.peakBytes])
  }

  /// Says that there is nothing to time.
  func decline(_ reason: String) throws { try say(["ready": false, "reason": reason]) }

  private func time(_ work: inout some Work, for seconds: Double) throws -> [String: Any] {
    let clock = ContinuousClock()
    let (start, length) = (clock.now, Duration.seconds(seconds))
    var steps = 0
    let loss = try work.run {
      steps = $0
      return $0 > 0 && clock.now - start >= length
    }
    let elapsed = clock.now - start
    let units = Double(steps) * work.unitsPerStep
    return ["seconds_per_step": elapsed / .seconds(1) / units, "steps": units, "loss": loss]
  }

  private func say(_ answer: [String: Any]) throws {
    let line = try JSONSerialization.data(withJSONObject: answer, options: [.sortedKeys])
    FileHandle.standardOutput.write(line + Data("\n".utf8))
  }

  /// The most memory this process has ever held at once, as the kernel counts it (VmHWM).
  static var peakBytes: Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { $0.split(separator: " ").compactMap { Int($0) }.first }.map { $0 * 1024 } ?? 0
  }
}
