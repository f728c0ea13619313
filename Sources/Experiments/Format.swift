import Foundation

/// Numbers as people read them.
package enum Format {
  /// With so many digits behind the point.
  package static func fixed(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }

  /// With commas between thousands.
  package static func count(_ value: Int) -> String {
    var text = "\(abs(value))"
    var index = text.count - 3
    while index > 0 {
      text.insert(",", at: text.index(text.startIndex, offsetBy: index))
      index -= 3
    }
    return (value < 0 ? "-" : "") + text
  }

  /// Minutes and seconds, and hours where there are some.
  package static func duration(_ seconds: Double) -> String {
    let whole = Int(max(0, seconds).rounded())
    return whole < 3600
      ? "\(whole / 60):\(pad(whole % 60))" : "\(whole / 3600):\(pad(whole / 60 % 60)):\(pad(whole % 60))"
  }

  /// As in 28x28.
  package static func shape(_ sizes: [Int]) -> String { sizes.map(String.init).joined(separator: "x") }

  /// Sorted, indented, keys in snake case.
  package static func json<T: Encodable>(_ value: T) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func pad(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
}

extension String {
  /// With blanks behind it, for a column of a table.
  package func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
