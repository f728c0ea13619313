import Files
import Foundation

/// How much memory an array read from a file may take, asked before it is allocated.
enum MemoryLimit {
  /// Bytes that can be had without swapping: what the system calls available, or less if the process is limited.
  static var available: Int {
    var bytes = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    if let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kibibytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    {
      bytes = min(bytes, kibibytes << 10)
    }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 {
      bytes = min(bytes, Int(clamping: UInt64(limit.rlim_cur)))
    }
    return bytes
  }

  /// Small arrays are not worth asking the system about.
  private static let free = 64 << 20

  /// Throws if `bytes` more would not fit.
  static func check(_ bytes: Int, file: String, position: DataError.Position, what: String) throws {
    guard bytes > free else { return }
    let available = available
    guard bytes > available / 10 * 9 else { return }
    throw DataError(
      file: file, position: position, expected: "\(what) that fit in \(available >> 20) MB of free memory",
      found: "\(bytes >> 20) MB", remedy: "read fewer examples with a limit, or check that the file is not damaged")
  }
}

/// The product of dimensions read from a file, or nil where it does not fit in an Int or a factor is negative.
func checkedProduct(_ factors: some Sequence<Int>) -> Int? {
  var product = 1
  for factor in factors {
    let (value, overflow) = product.multipliedReportingOverflow(by: factor)
    guard factor >= 0, !overflow else { return nil }
    product = value
  }
  return product
}
