/// What is wrong with a file, a name or a transfer, in one line: where, what was expected, what was found, what to do.
public struct DataError: Error, CustomStringConvertible, Equatable, Sendable {
  /// Where in the file the trouble is.
  public enum Position: Equatable, Sendable {
    /// Bytes from the start of the file.
    case offset(Int)
    /// Bytes from the start of what a compressed file or a container's member holds.
    case contentOffset(Int)
    /// Lines of a text, from 1.
    case line(Int)
    /// The file as a whole.
    case whole
  }

  /// The file, with the container's member after a colon; or the name or address that was asked for.
  public var file: String
  /// Where in the file.
  public var position: Position
  /// What should have been there.
  public var expected: String
  /// What was there.
  public var found: String
  /// What a person can do about it.
  public var remedy: String

  /// An error that names its file, place, expectation, finding and remedy.
  public init(file: String, position: Position = .whole, expected: String, found: String, remedy: String) {
    self.file = file
    self.position = position
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }

  /// One line: `mnist/x.gz, byte 16: expected ..., found ...; remedy`.
  public var description: String {
    let place: String
    switch position {
    case .offset(let offset): place = ", byte \(offset)"
    case .contentOffset(let offset): place = ", byte \(offset) of its content"
    case .line(let line): place = ", line \(line)"
    case .whole: place = ""
    }
    let line = "\(file)\(place): expected \(expected), found \(found); \(remedy)"
    // A damaged header can bring any character into a message.
    return String(line.map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 32 } ? "?" : $0 })
  }
}
