import Files
import Foundation

/// Reads numbers in text: a line per example, separated by commas, semicolons, tabs or blanks, plain or
/// gzip-compressed. A first line that has no numbers names the columns; a column named label, class, y or target
/// holds classes. An empty field, `NA`, `?` and `nan` are missing numbers: NaN.
public enum CSVReader {
  /// What a file holds.
  public struct Table: Sendable {
    /// [count, columns], without the column of classes.
    public var array: NumericArray
    /// The column of classes, if the first line names one.
    public var labels: [Int]?
    /// Names of all columns, if there is a first line of names.
    public var header: [String]?
  }

  /// All examples, or the first `limit`; throws `DataError` with the line.
  ///
  /// Where every number is whole and in 0 to 255 and some is 128 or more they stay bytes, as in a picture.
  public static func read(path: String, limit: Int? = nil) throws -> Table {
    var lines = CSVLines(ByteScanner(try ByteStream.open(path: path)))
    var header: [String]?
    var labelColumn: Int?
    var labels: [Int] = []
    var values = NumberCollector()
    var count = 0
    while count < limit ?? .max, try lines.next() {
      if count == 0, header == nil, let names = lines.names {
        header = names
        labelColumn = names.firstIndex { DataFile.labelNames.contains($0.lowercased()) }
        continue
      }
      try lines.requireNumbers(width: header?.count)
      for (column, number) in lines.numbers.enumerated() {
        if column == labelColumn {
          guard number == number.rounded(), number.magnitude < 16_777_216 else {
            throw lines.error(expected: "a whole number as class", found: "\(number)", remedy: "rename the column")
          }
          labels.append(Int(number))
        } else {
          values.append(number)
        }
      }
      count += 1
      try values.check(file: path, line: lines.line)
    }
    guard count > 0, values.count > 0 else {
      throw DataError(
        file: path, expected: "a line of numbers", found: "none", remedy: "give a CSV file with a line per example")
    }
    let array = NumericArray(
      name: "", shape: [count, values.count / count], values: values.finish(), type: values.isBytes ? .uint8 : .float32)
    return Table(array: array, labels: labelColumn == nil ? nil : labels, header: header)
  }
}

/// Numbers as they come: bytes for as long as all are whole and in 0 to 255, then floats.
struct NumberCollector {
  private var bytes: [UInt8] = []
  private var floats: [Float] = []
  private var hasFloats = false
  private var greatest: UInt8 = 0

  var count: Int { hasFloats ? floats.count : bytes.count }
  var isBytes: Bool { !hasFloats && greatest >= 128 }

  mutating func append(_ number: Float) {
    if !hasFloats {
      if number >= 0, number <= 255, let byte = UInt8(exactly: number) {
        bytes.append(byte)
        greatest = max(greatest, byte)
        return
      }
      floats = bytes.map(Float.init)
      bytes = []
      hasFloats = true
    }
    floats.append(number)
  }

  /// Throws when the numbers outgrow memory; an array that grows needs twice its room.
  func check(file: String, line: Int) throws {
    try MemoryLimit.check(
      count * (hasFloats ? 8 : 2) / 2, file: file, position: .line(line), what: "examples")
  }

  func finish() -> Dataset.Values {
    hasFloats ? .floats(floats) : isBytes ? .bytes(bytes) : .floats(bytes.map(Float.init))
  }
}
