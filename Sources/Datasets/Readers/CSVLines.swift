import Files
import Foundation

/// The lines of a text of numbers, each as its numbers, or as names where none of its fields is a number. A field that is
/// empty, `NA` or `?` is a missing number: NaN, as is one that says so.
package struct CSVLines {
  private var scanner: ByteScanner
  private var width: Int?
  private var fieldCount = 0
  private var firstBad: String?
  private var words: [String] = []
  private var emptyCount = 0
  private var endsWithMark = false
  /// The numbers of the present line.
  package private(set) var numbers: [Float] = []
  /// The number of the present line, from 1.
  private(set) var line = 0

  package init(_ scanner: ByteScanner) {
    self.scanner = scanner
  }

  /// A line longer than this isn't an example.
  private static let greatestWidth = 1 << 22
  private static let greatestField = 256

  private static let missing: Set<String> = ["", "NA", "?"]

  /// The fields of the present line as names, if none is a number and not all are missing.
  package var names: [String]? { numbers.count == emptyCount && words.count > emptyCount ? words : nil }

  /// Goes to the next line that isn't empty; false at the end.
  package mutating func next() throws -> Bool {
    while try scanner.peek() != nil {
      line = scanner.line
      numbers.removeAll(keepingCapacity: true)
      words.removeAll(keepingCapacity: true)
      (fieldCount, emptyCount) = (0, 0)
      firstBad = nil
      try readLine()
      if fieldCount > 0 { return true }
    }
    return false
  }

  /// Throws unless every field of the present line is a number, as many as on the lines before.
  package mutating func requireNumbers(width header: Int?) throws {
    if let firstBad {
      throw error(expected: "numbers", found: "'\(firstBad.prefix(40))'", remedy: "correct or remove the line")
    }
    let expected = width ?? header ?? numbers.count
    // Some programs end every line with a separator: only where a field is wanted is there an empty one behind it.
    if endsWithMark && numbers.count == expected - 1 { numbers.append(.nan) }
    guard numbers.count == expected else {
      throw error(
        expected: "\(expected) numbers, as on the lines before", found: "\(numbers.count)",
        remedy: "the file is cut short, or correct the line")
    }
    width = expected
  }

  /// An error on the present line.
  package func error(expected: String, found: String, remedy: String) -> DataError {
    scanner.error(expected: expected, found: found, remedy: remedy, line: line)
  }

  private mutating func readLine() throws {
    var field: [UInt8] = []
    var digits: Int? = 0  // the value while the field is digits only
    // A separator other than a blank ends a field even if it is empty: 1,,2 is three fields and not two.
    var isPending = true
    var isQuoted = false
    endsWithMark = false
    while let byte = try scanner.take() {
      switch byte {
      case 32...126 where isQuoted && byte != UInt8(ascii: "\""):
        field.append(byte)
        if let value = digits {
          digits = (48...57).contains(byte) && field.count < 8 ? value * 10 + Int(byte - 48) : nil
        }
        isPending = false
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        field.append(byte)
        if let value = digits { digits = field.count < 8 ? value * 10 + Int(byte - 48) : nil }
        isPending = false
      case 10, 13, 32, 9, UInt8(ascii: ","), UInt8(ascii: ";"):
        let isMark = byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
        if !field.isEmpty || isMark && isPending { end(&field, &digits) }
        if isMark { (isPending, endsWithMark) = (true, true) }
        if byte == 10 { return }
      case UInt8(ascii: "\""): isQuoted.toggle()
      default:
        field.append(byte)
        digits = nil
        isPending = false
      }
      guard field.count <= Self.greatestField, fieldCount <= Self.greatestWidth else {
        throw error(
          expected: "numbers and lines of reasonable length", found: "a longer one", remedy: "give a text of numbers")
      }
    }
    if !field.isEmpty { end(&field, &digits) }
  }

  private mutating func end(_ field: inout [UInt8], _ digits: inout Int?) {
    fieldCount += 1
    endsWithMark = false
    if let digits, !field.isEmpty {
      numbers.append(Float(digits))
    } else if let number = Float(String(decoding: field, as: UTF8.self)) {
      numbers.append(number)
    } else {
      let word = String(decoding: field, as: UTF8.self)
      words.append(word)
      if Self.missing.contains(word) {
        numbers.append(.nan)
        emptyCount += 1
      } else if firstBad == nil {
        firstBad = word
      }
    }
    field.removeAll(keepingCapacity: true)
    digits = 0
  }
}
