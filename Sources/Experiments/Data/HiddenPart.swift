import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Pictures
import Tensors

/// Which numbers of examples are taken away: `random:0.6`, `left`, `rectangle:10,4,8,20`, `file:mask.png`, `nan`.
public enum HiddenPart: CustomStringConvertible, Sendable, Equatable {
  /// What the data lack.
  case nan
  /// Each pixel, or number of a table, with this probability.
  case random(Double)
  /// In pixels.
  case rectangle(top: Int, left: Int, height: Int, width: Int)
  /// `left`, `right`, `top` or `bottom`.
  case half(String)
  /// What is 0, or black, in a file.
  case file(String)

  private static let expected =
    "random:PART, rectangle:TOP,LEFT,HEIGHT,WIDTH, left, right, top, bottom, file:PATH or nan"

  /// From text, the value of a setting. Throws ``Autoencoders/SettingError``.
  public init(parsing text: String, setting: String = "mask") throws {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    switch (parts.first, parts.count) {
    case ("nan", 1): self = .nan
    case ("left", 1), ("right", 1), ("top", 1), ("bottom", 1): self = .half(text)
    case ("file", 2): self = .file(parts[1])
    case ("random", 2):
      guard let part = Double(parts[1]), part > 0 && part <= 1 else {
        throw SettingError(setting, "random:PART takes a part above 0 and at most 1, as in random:0.6; got \(text)")
      }
      self = .random(part)
    case ("rectangle", 2):
      let sides = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
      guard sides.count == 4, sides.allSatisfy({ 0...1_000_000 ~= $0 }), sides[2] > 0, sides[3] > 0 else {
        throw SettingError(
          setting,
          "rectangle:TOP,LEFT,HEIGHT,WIDTH takes four whole numbers of pixels, as in rectangle:10,4,8,20; got "
            + text)
      }
      self = .rectangle(top: sides[0], left: sides[1], height: sides[2], width: sides[3])
    default: throw SettingError(setting, "takes \(Self.expected); got \(text)")
    }
  }

  /// As it is written.
  public var description: String {
    switch self {
    case .nan: "nan"
    case .random(let part): "random:\(part)"
    case .rectangle(let top, let left, let height, let width): "rectangle:\(top),\(left),\(height),\(width)"
    case .half(let side): side
    case .file(let path): "file:\(path)"
    }
  }

  /// The mask of the examples at `positions` of `total`, which have this shape; nil if nothing is taken away from them.
  func mask(
    shape: [Int], positions: [Int], of total: Int, stream: RandomStream, setting: String = "mask"
  ) throws -> ObservationMask? {
    switch self {
    case .nan: return nil
    case .random(let part): return .random(part: Float(part), shape: shape, positions: positions, stream: stream)
    case .file(let path): return try Self.read(path, shape: shape, positions: positions, of: total, setting: setting)
    case .rectangle, .half: break
    }
    guard Picture.isPicture(shape: shape) else {
      throw SettingError(
        setting, "\(self) is for pictures; examples have shape \(Format.shape(shape)): use random:PART or file:PATH")
    }
    let (height, width) = (shape[0], shape[1])
    switch self {
    case .rectangle(let top, let left, let tall, let wide):
      guard top < height && left < width else {
        throw SettingError(setting, "\(self) lies outside pictures of \(height)x\(width) pixels")
      }
      return .rectangle(top: top, left: left, height: tall, width: wide, shape: shape)
    case .half("left"): return .rectangle(top: 0, left: 0, height: height, width: width / 2, shape: shape)
    case .half("right"):
      return .rectangle(top: 0, left: width / 2, height: height, width: width - width / 2, shape: shape)
    case .half("top"): return .rectangle(top: 0, left: 0, height: height / 2, width: width, shape: shape)
    default: return .rectangle(top: height / 2, left: 0, height: height - height / 2, width: width, shape: shape)
    }
  }

  /// A mask in a file: of one example's numbers, of its pixels, or of all numbers of all examples.
  private static func read(
    _ path: String, shape: [Int], positions: [Int], of total: Int, setting: String
  ) throws -> ObservationMask {
    let (marks, pixels) = try marks(path, setting)
    let size = shape.reduce(1, *)
    let channels = shape.count == 3 ? shape[2] : 1
    if marks.count == size / channels {
      return ObservationMask(marks.flatMap { [Bool](repeating: $0, count: channels) }, size: size)
    }
    if marks.count == size { return ObservationMask(marks, size: size) }
    if marks.count == size * total {
      return ObservationMask(positions.flatMap { marks[$0 * size..<($0 + 1) * size] }, size: size)
    }
    throw SettingError(
      setting, "file:\(path): \(pixels) fit neither an example of \(Format.shape(shape)) nor all \(total) of them")
  }

  /// Whether each number, or each pixel of a picture, is observed.
  private static func marks(_ path: String, _ setting: String) throws -> (marks: [Bool], found: String) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw SettingError(setting, "file:\(path): no such file")
    }
    let isPicture = DataLocator.holdsPictureFiles(path)
    let data = try DataFile(path: path).read()
    let found = "\(data.count) masks of \(Format.shape(data.exampleShape))"
    switch data.values {
    case .floats(let values): return (values.map { $0 != 0 && !$0.isNaN }, found)
    case .bytes, .mapped:
      let bytes = data.values.withBytes { Array($0) } ?? []
      guard isPicture else { return (bytes.map { $0 != 0 }, found) }
      let channels = data.exampleShape.count == 3 ? data.exampleShape[2] : 1
      let marks = stride(from: 0, to: bytes.count, by: channels).map { first in
        bytes[first..<first + channels].reduce(0) { $0 + Int($1) } >= 128 * channels
      }
      return (marks, found)
    }
  }
}
