import Pictures
import Tensors

extension Dataset {
  /// A picture as a set of one example.
  public init(_ picture: Picture, name: String) {
    let shape = [picture.height, picture.width] + (picture.channels == 1 ? [] : [picture.channels])
    self.init(name: name, exampleShape: shape, values: Values.bytes(picture.bytes).scalingBits())
  }

  /// The examples of sets of one example size, one set after the other, in the shape of the first. Labels are left out.
  public static func joining(_ parts: [Dataset]) -> Dataset {
    require(
      !parts.isEmpty && parts.allSatisfy { $0.exampleSize == parts[0].exampleSize },
      "Dataset.joining: expected sets of one example size, got \(parts.map(\.exampleShape))")
    if parts.count == 1 { return parts[0] }
    let bytes = parts.compactMap { part in part.values.withBytes { Array($0) } }
    let values: Values =
      bytes.count == parts.count
      ? .bytes(bytes.flatMap { $0 }) : .floats(parts.flatMap { $0.values.scaled })
    return Dataset(name: parts[0].name, exampleShape: parts[0].exampleShape, values: values)
  }
}

extension Dataset.Values {
  /// As a batch has them: bytes divided by 255.
  fileprivate var scaled: [Float] {
    if case .floats(let floats) = self { return floats }
    return withBytes { $0.map { Float($0) / 255 } } ?? []
  }
}
