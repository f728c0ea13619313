/// What is wrong with a run, its model or its data, in one line.
///
/// A setting that can't be is a `SettingError` instead; a file that can't be read or written a `FileError` or `DataError`.
public struct ExperimentError: Error, CustomStringConvertible, Equatable, Sendable {
  /// What was expected, what was found, what to do.
  public var description: String

  /// An error in these words.
  public init(_ description: String) { self.description = description }
}
