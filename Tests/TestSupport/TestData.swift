import DatasetCatalog
import Datasets
import Foundation
import Testing

/// Real data sets where they lie, without fetching: `VAE_DATA_DIR`, a `shared/data` beside the repository, Debian's place
/// or the user's cache.
public enum TestData {
  /// Finds sets and fetches none.
  public static var locator: DataLocator {
    var locator = DataLocator(dataDirectory: sharedData)
    locator.fetchesMissing = false
    return locator
  }

  /// Whether a known set, or a part of it, is at hand; sets that the program makes always are.
  public static func has(_ name: String) -> Bool {
    guard let entry = Catalog.entry(named: name) else { return false }
    return entry.files.isEmpty || (try? locator.folder(of: entry)) != nil
  }

  /// Cancels the test, or the case of it, with a message unless a known set is at hand: for tests whose arguments are names.
  public static func need(_ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    if !has(name) { try Test.cancel(missing(name), sourceLocation: sourceLocation) }
  }

  /// Cancels the test, or the case of it, with a message unless a file or folder is there, by its absolute path or below the
  /// shared folder.
  public static func need(file: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    if !has(file: file) { try Test.cancel(missing(file), sourceLocation: sourceLocation) }
  }

  /// Whether a file or folder is there, by its absolute path or below the shared folder.
  static func has(file: String) -> Bool {
    let path = file.hasPrefix("/") ? file : sharedData.map { "\($0)/\(file)" }
    return path.map { FileManager.default.fileExists(atPath: $0) } ?? false
  }

  static func missing(_ names: String) -> Comment { "\(names) not at hand; looked in VAE_DATA_DIR and ../shared/data" }
}

extension Trait where Self == ConditionTrait {
  /// The test is skipped, and says so, unless all these known sets are at hand.
  public static func needs(_ sets: String..., sourceLocation: SourceLocation = #_sourceLocation) -> Self {
    .enabled(
      if: sets.allSatisfy { TestData.has($0) }, TestData.missing(sets.joined(separator: ", ")),
      sourceLocation: sourceLocation)
  }

  /// The test is skipped, and says so, unless this file or folder is there, by its absolute path or below the shared folder.
  public static func needs(file: String, sourceLocation: SourceLocation = #_sourceLocation) -> Self {
    .enabled(if: TestData.has(file: file), TestData.missing(file), sourceLocation: sourceLocation)
  }
}

extension Tag {
  /// More than about five seconds on two cores; CONTRIBUTING.md lists these tests.
  @Tag public static var slow: Self
}
