/// Numbered examples, any of which can be had as a batch of floats. What training and evaluation read from.
public protocol BatchSource {
  /// How many examples there are.
  var count: Int { get }
  /// Numbers in one example.
  var exampleSize: Int { get }
  /// The examples at `indices`, [indices.count, exampleSize]. What is random about them (dynamic binarisation) depends on
  /// `stream` and the example alone.
  func batch(_ indices: ArraySlice<Int>, stream: RandomStream) -> Tensor
}
