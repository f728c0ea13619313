import Pictures
import Tensors

extension Picture {
  /// One example of a set, or nil if the examples are not pictures. Traps if there is no such example.
  public init?(_ dataset: Dataset, at index: Int) {
    guard Self.isPicture(shape: dataset.exampleShape) else { return nil }
    require(index >= 0 && index < dataset.count, "Picture: example \(index) of \(dataset.count)")
    let shape = dataset.exampleShape
    let range = index * dataset.exampleSize..<(index + 1) * dataset.exampleSize
    if case .floats(let floats) = dataset.values {
      self.init(values: floats[range], shape: shape, range: Self.range(of: floats[range]))
    } else {
      self.init(
        width: shape[1], height: shape[0], channels: shape.count == 3 ? shape[2] : 1,
        bytes: dataset.values.withBytes { Array($0[range]) } ?? [])
    }
  }
}
