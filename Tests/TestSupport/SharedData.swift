import Foundation

/// The folder of real data, where there is one.
public let sharedData: String? = {
  let here = URL(fileURLWithPath: #filePath)
  let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  let places = [
    ProcessInfo.processInfo.environment["VAE_DATA_DIR"], root.deletingLastPathComponent().path + "/shared/data",
  ]
  return places.compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0 + "/mnist") }
}()
