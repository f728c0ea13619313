/// How far a transfer is.
public struct FetchProgress: Sendable, CustomStringConvertible {
  /// What is being fetched, and from where.
  public var source: String
  /// Bytes received; 0 where another program does the transfer.
  public var received: Int
  /// Bytes in all, where the server says so.
  public var total: Int?
  /// Seconds since the transfer began.
  public var seconds: Double
  /// Why a source was given up, when it was.
  public var failure: String?

  /// 0 to 100.
  public var percent: Double? {
    total.flatMap { $0 > 0 ? 100 * Double(received) / Double($0) : nil }
  }

  /// Seconds to go at the speed so far.
  public var secondsLeft: Double? {
    guard let total, received > 0, total >= received else { return nil }
    return seconds / Double(received) * Double(total - received)
  }

  /// One line for a terminal.
  public var description: String {
    if let failure { return "given up: \(failure)" }
    guard received > 0 else { return source }
    let megabytes = { (bytes: Int) in "\(Double(bytes / 10_000) / 100) MB" }
    guard let total, let percent, let secondsLeft else { return "\(source): \(megabytes(received))" }
    return "\(source): \(megabytes(received)) of \(megabytes(total)), \(Int(percent))%, \(Int(secondsLeft) + 1) s left"
  }
}
