import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

/// What a conditional model is told of each example: `quadrants:1`, `column:4`, `left`, `class`, `pictures:FOLDER`, `frame`.
public enum GivenPart: CustomStringConvertible, Sendable, Equatable {
  /// The first so many of the quadrants bottom left, top left, bottom right.
  case quadrants(Int)
  /// So many columns of pixels in the middle.
  case column(Int)
  /// What a mask says.
  case mask(HiddenPart)
  /// The class.
  case label
  /// The frame that trajectories begin in.
  case frame
  /// The picture of the same number in another set.
  case pictures(String)

  private static let expected =
    "quadrants:1 to 3, column or column:WIDTH, left, right, top, bottom, rectangle:TOP,LEFT,HEIGHT,WIDTH, file:MASK, "
    + "class, frame, or pictures:FOLDER"

  /// From text. Throws ``Autoencoders/SettingError``.
  public init(parsing text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    let number = parts.count == 2 ? Int(parts[1]) : nil
    switch parts.first {
    case "quadrants":
      guard let number, 1...3 ~= number else {
        throw SettingError("given", "quadrants:N takes 1, 2 or 3 of a picture's quadrants; got \(text)")
      }
      self = .quadrants(number)
    case "column":
      guard parts.count == 1 || number ?? 0 > 0 else {
        throw SettingError("given", "column:WIDTH takes a number of columns, as in column:4; got \(text)")
      }
      self = .column(number ?? 1)
    case "class" where parts.count == 1: self = .label
    case "frame" where parts.count == 1: self = .frame
    case "pictures" where parts.count == 2: self = .pictures(parts[1])
    case "left", "right", "top", "bottom", "rectangle", "file":
      self = .mask(try HiddenPart(parsing: text, setting: "given"))
    default: throw SettingError("given", "takes \(Self.expected); got \(text)")
    }
  }

  /// As it is written, with paths that hold anywhere.
  public var description: String {
    switch self {
    case .quadrants(let count): "quadrants:\(count)"
    case .column(let width): "column:\(width)"
    case .mask(.file(let path)): "file:\(URL(fileURLWithPath: path).path)"
    case .mask(let mask): mask.description
    case .label: "class"
    case .frame: "frame"
    case .pictures(let path):
      "pictures:\(FileManager.default.fileExists(atPath: path) ? URL(fileURLWithPath: path).path : path)"
    }
  }

  /// Which numbers of examples of this shape are given; nil where it is something else that is.
  func part(of shape: [Int]) throws -> ExamplePart? {
    let mask: ObservationMask?
    switch self {
    case .label, .frame, .pictures: return nil
    case .mask(let option):
      mask = try option.mask(shape: shape, positions: [], of: 0, stream: RandomStream(seed: 0), setting: "given")
    case .quadrants, .column:
      guard Picture.isPicture(shape: shape) else {
        throw SettingError("given", "\(self) is for pictures; examples have shape \(Format.shape(shape))")
      }
      mask = nil
    }
    let isGiven = try marks(shape, mask)
    guard isGiven.contains(true) && isGiven.contains(false) else {
      throw SettingError("given", "\(self): some numbers of an example must be given, and some not")
    }
    return ExamplePart(isGiven: isGiven)
  }

  private func marks(_ shape: [Int], _ mask: ObservationMask?) throws -> [Bool] {
    if let mask {
      guard mask.rows == 1 else { throw SettingError("given", "\(self): one mask for all examples is needed") }
      // In a file ones are what is there; a rectangle or a side is what --mask takes away.
      if case .mask(.file) = self { return mask.isObserved }
      return mask.isObserved.map { !$0 }
    }
    let (height, width) = (shape[0], shape[1])
    let channels = shape.count == 3 ? shape[2] : 1
    return (0..<height * width * channels).map { number in
      let (row, column) = (number / channels / width, number / channels % width)
      switch self {
      case .quadrants(let count):
        let (isLeft, isBottom) = (column < width / 2, row >= height / 2)
        return (isLeft && isBottom) || (count > 1 && isLeft) || (count > 2 && isBottom)
      case .column(let wide):
        let first = (width - wide) / 2
        return (first..<first + wide).contains(column)
      default: return false
      }
    }
  }
}
