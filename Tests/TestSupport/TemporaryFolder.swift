import Datasets
import Foundation

/// A folder of its own for the time of `body`, which is given its path.
public func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vae-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// A folder that goes with the test.
package final class TemporaryFolder: @unchecked Sendable {
  package let path: String

  package init() throws {
    path = NSTemporaryDirectory() + "swift-vae-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  @discardableResult
  package func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let full = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: full).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: full))
    return full
  }

  /// gzip of `bytes`.
  package func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
    let path = "\(path)/\(UUID().uuidString).gz"
    let file = try GzipFile(path: path)
    try file.write(bytes)
    try file.finish()
    defer { try? FileManager.default.removeItem(atPath: path) }
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}
