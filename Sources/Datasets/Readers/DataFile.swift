import Files
import Foundation
import Pictures

/// A file of examples in any format that is read, found by its content.
public struct DataFile: Sendable {
  /// The formats.
  public enum Format: String, Sendable, Codable, CaseIterable {
    /// The format of MNIST.
    case idx
    /// NumPy: one array, or a zip of them.
    case npy, npz
    /// MATLAB 5 to 7.
    case matlab
    /// Text of bits.
    case amat
    /// Text of numbers.
    case csv
    /// A binary grey picture.
    case pgm
    /// A picture.
    case png, jpeg
    /// Records of CIFAR-10's binary version.
    case cifar
  }

  /// Where the file is.
  public let path: String
  /// What it is.
  public let format: Format

  /// Variables of these names hold classes.
  static let labelNames: Set<String> = [
    "label", "labels", "class", "classes", "y", "target", "targets", "subject", "gnd",
  ]

  /// Looks at a file's name and first bytes; throws `DataError` if it is empty or of no known format.
  public init(path: String) throws {
    self.path = path
    format = try Self.format(path: path)
  }

  private static func format(path: String) throws -> Format {
    let stream = try ByteStream.open(path: path)
    var head = [UInt8](repeating: 0, count: 256)
    let count = try head.withUnsafeMutableBytes { try stream.read(into: $0) }
    head.removeSubrange(count...)
    let name = path.lowercased().hasSuffix(".gz") ? String(path.lowercased().dropLast(3)) : path.lowercased()
    // A known ending decides, so that a damaged file is called damaged and not unknown.
    let endings: [(String, Format)] = [
      (".npy", .npy), (".npz", .npz), (".mat", .matlab), (".amat", .amat), (".csv", .csv), (".tsv", .csv),
      (".pgm", .pgm), ("-ubyte", .idx), (".idx", .idx), (".png", .png), (".jpg", .jpeg), (".jpeg", .jpeg),
    ]
    if let (_, format) = endings.first(where: { name.hasSuffix($0.0) }) { return format }
    if CIFARReader.isBatch(URL(fileURLWithPath: name).lastPathComponent) { return .cifar }
    if head.starts(with: [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]) { return .npy }
    if head.starts(with: Array("PK".utf8)) { return .npz }
    if head.starts(with: Array("MATLAB".utf8)) { return .matlab }
    if head.starts(with: Array("P5".utf8)) { return .pgm }
    if head.starts(with: [0x89, 0x50, 0x4e, 0x47]) { return .png }
    if head.starts(with: [0xff, 0xd8, 0xff]) { return .jpeg }
    if head.count >= 4, head[0] == 0, head[1] == 0, IDXReader.types[head[2]] != nil { return .idx }
    // Last, since records of labels and pixels have no mark of their own.
    if name.hasSuffix(".bin") { return .cifar }
    if !head.isEmpty, head.allSatisfy({ (32...126).contains($0) || [9, 10, 13].contains($0) }) { return .csv }
    throw DataError(
      file: path, position: .offset(0), expected: "IDX, .npy, .npz, MATLAB 5, .amat, .csv, PNG, JPEG or PGM",
      found: head.isEmpty ? "nothing" : "another format", remedy: "convert the file to one of these")
  }

  /// What the file holds, read from headers where there are any.
  public func variables() throws -> [VariableInfo] {
    switch format {
    case .idx: return [try IDXReader.inspect(path: path)]
    case .npy: return [try NPYReader.inspect(path: path)]
    case .npz: return try NPZReader.variables(path: path)
    case .matlab: return try MATLABReader.variables(path: path)
    case .amat, .csv, .pgm, .png, .jpeg, .cifar:
      let array = try array(limit: nil).array
      return [VariableInfo(name: "", shape: array.shape, type: array.type)]
    }
  }

  /// The examples of a variable (by default the first that looks like pictures), with their classes where a
  /// variable `labels`, `y` or the like, a column of that name or a sibling file has one for each.
  public func read(variable: String? = nil, limit: Int? = nil) throws -> Dataset {
    let name = URL(fileURLWithPath: path).lastPathComponent
    switch format {
    case .npz: return try readNPZ(name: name, variable: variable, limit: limit)
    case .matlab: return try readMATLAB(name: name, variable: variable, limit: limit)
    case .idx, .npy, .amat, .csv, .pgm, .png, .jpeg, .cifar:
      guard variable == nil else {
        throw DataError(
          file: path, expected: "a file of several variables to choose \(variable!) from",
          found: "\(format.rawValue)", remedy: "leave the variable out")
      }
      let (array, labels) = try array(limit: limit)
      let found = try labels ?? siblingLabels(count: array.shape[0], limit: limit)
      return array.dataset(name: name, labels: found)
    }
  }

  private func array(limit: Int?) throws -> (array: NumericArray, labels: [Int]?) {
    switch format {
    case .idx: return (try IDXReader.read(path: path, limit: limit), nil)
    case .npy: return (try NPYReader.read(path: path, limit: limit), nil)
    case .amat: return (try AMATReader.read(path: path, limit: limit), nil)
    case .csv:
      let table = try CSVReader.read(path: path, limit: limit)
      return (table.array, table.labels)
    case .pgm:
      let picture = try PGMReader.read(path: path)
      return (picture.reshaped([1] + picture.shape), nil)
    case .png, .jpeg:
      let picture = try Picture(reading: path)
      let shape = [1] + picture.exampleShape
      return (NumericArray(name: "", shape: shape, values: .bytes(picture.bytes), type: .uint8), nil)
    case .cifar:
      let (pixels, labels) = try CIFARReader.read(path: path, limit: limit)
      return (pixels, labels)
    case .npz, .matlab: fatalError("\(format) is read by variable")
    }
  }

  /// MNIST and its kin keep labels in a file whose name differs in one word.
  private func siblingLabels(count: Int, limit: Int?) throws -> [Int]? {
    let url = URL(fileURLWithPath: path)
    let name = url.lastPathComponent
    guard format == .idx, name.contains("images-idx3") else { return nil }
    let sibling = url.deletingLastPathComponent()
      .appendingPathComponent(name.replacingOccurrences(of: "images-idx3", with: "labels-idx1")).path
    guard FileManager.default.fileExists(atPath: sibling) else { return nil }
    return try IDXReader.read(path: sibling, limit: limit).labels(count: count)
  }
}
