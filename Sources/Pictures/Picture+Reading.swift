import Files
import Foundation

extension Picture {
  /// How the names of pictures that are read end.
  package static let endings = ["png", "jpg", "jpeg", "pgm"]

  /// Whether a file of that name, not hidden, should be a picture.
  package static func isPicture(name: String) -> Bool {
    let file = name.split(separator: "/").last ?? ""
    guard !file.hasPrefix("."), let dot = file.lastIndex(of: ".") else { return false }
    return endings.contains(file[file.index(after: dot)...].lowercased())
  }

  /// Reads a PNG, JPEG or binary PGM, whichever it is. Throws `DataError` as the readers of these do.
  public init(reading path: String) throws {
    self = try Self.decode(try ReadableFile(path: path).rest(), path: path)
  }

  /// The same from a file's bytes; `least` as in ``jpeg(_:path:atLeast:)``.
  package static func decode(
    _ data: [UInt8], path: String, atLeast least: (width: Int, height: Int)? = nil
  ) throws -> Picture {
    if data.starts(with: [0x89, 0x50, 0x4e, 0x47]) { return try png(data, path: path) }
    if data.starts(with: [0xff, 0xd8]) { return try jpeg(data, path: path, atLeast: least) }
    if data.starts(with: Array("P5".utf8)) { return try pgm(data, path: path) }
    throw DataError(
      file: path, position: .offset(0), expected: "a PNG, JPEG or binary PGM",
      found: data.isEmpty ? "an empty file" : "another format", remedy: "convert the picture, or remove it")
  }

  /// Throws if a header states sides of more than 2^26 pixels together.
  static func checkSize(_ width: Int, _ height: Int, path: String) throws {
    guard width > 0, height > 0, width <= 1 << 26, height <= 1 << 26, width * height <= 1 << 26 else {
      throw DataError(
        file: path, expected: "at most 2^26 pixels", found: "\(width) x \(height)", remedy: "scale the picture down")
    }
  }
}
