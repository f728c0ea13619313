/// How far the reading of many pictures, or of a very large array, is.
public struct ReadingProgress: Sendable, CustomStringConvertible {
  /// What is being read.
  public var source: String
  /// Pictures, or other units, done.
  public var done: Int
  /// How many there are; nil where that shows only at the end.
  public var total: Int?
  /// The part that is done, 0 to 1.
  public var fraction: Double
  /// What is counted.
  public var unit: String
  /// Seconds since the start.
  public var seconds: Double

  /// Seconds to go at the speed so far.
  public var secondsLeft: Double? { fraction > 0 ? seconds / fraction * (1 - fraction) : nil }

  /// One line for a terminal.
  public var description: String {
    let count = total.map { "\(done) of \($0)" } ?? "\(done)"
    let left = secondsLeft.map { ", \(Int($0) + 1) s left" } ?? ""
    return "reading \(source): \(count) \(unit), \(Int(100 * min(1, fraction)))%\(left)"
  }
}
