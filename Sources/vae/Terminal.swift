import Foundation

/// What a person sees while the program works. Results go to standard output, all else to standard error.
enum Terminal {
  static let isInteractive = isatty(2) == 1

  static func warn(_ text: String) { write("warning: \(text)\n") }

  static func note(_ text: String) { write("\(text)\n") }

  /// Replaces the last line of a terminal; says nothing elsewhere.
  static func progress(_ text: String) {
    if isInteractive { write("\r\u{1b}[K\(text)") }
  }

  static func endProgress() { progress("") }

  /// Prints a result at once, even into a pipe.
  static func result(_ text: String) {
    endProgress()
    print(text)
    fflush(stdout)
  }

  private static func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

/// Numbers as people read them.
enum Format {
  static func fixed(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }

  static func count(_ value: Int) -> String {
    var text = "\(abs(value))"
    var index = text.count - 3
    while index > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: index))
      index -= 3
    }
    return (value < 0 ? "-" : "") + text
  }

  static func duration(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds).rounded())
    return whole < 3600
      ? "\(whole / 60):\(pad(whole % 60))" : "\(whole / 3600):\(pad(whole / 60 % 60)):\(pad(whole % 60))"
  }

  static func shape(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: "x") }

  static func json<T: Encodable>(_ value: T) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func pad(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
}

extension String {
  /// With blanks behind it, for a column of a table.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
