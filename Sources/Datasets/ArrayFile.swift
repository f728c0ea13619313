import Files
import Foundation
import Tensors

/// Numbers out: `.npy` for programs, `.csv` for people and spreadsheets; which, the path's ending says.
public enum ArrayFile {
  /// Writes `values`, of the given shape, row-major. A CSV has a row per element of the first axis, under `columns` if
  /// given. Throws `FileError` for another ending, or where the file can't be written.
  public static func write(_ values: [Float], shape: [Int], columns: [String]? = nil, to path: String) throws {
    require(values.count == shape.reduce(1, *), "ArrayFile: \(values.count) values for shape \(shape)")
    switch URL(fileURLWithPath: path).pathExtension.lowercased() {
    case "npy": try AtomicFile.write(npy(values, shape), to: path)
    case "csv": try AtomicFile.write(csv(values, width: shape.dropFirst().reduce(1, *), columns), to: path)
    case let other: throw FileError(path: path, problem: "ends in \".\(other)\"; numbers are written as .npy or .csv")
    }
  }

  private static func npy(_ values: [Float], _ shape: [Int]) -> Data {
    var data = npyHeader(type: "<f4", shape)
    values.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }

  private static func csv(_ values: [Float], width: Int, _ columns: [String]?) -> String {
    var text = columns.map { $0.joined(separator: ",") + "\n" } ?? ""
    for row in stride(from: 0, to: values.count, by: max(width, 1)) {
      text += values[row..<row + width].map { "\($0)" }.joined(separator: ",") + "\n"
    }
    return text
  }
}
