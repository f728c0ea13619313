/// Numbered examples, any of which can be had as a batch of floats. What training and evaluation read from.
public protocol BatchSource {
  /// How many examples there are.
  var count: Int { get }
  /// Numbers in one example.
  var exampleSize: Int { get }
  /// The examples at `indices`, [indices.count, exampleSize]. What is random about them (dynamic binarisation) depends on
  /// `stream` and the example alone.
  func batch(_ indices: ArraySlice<Int>, stream: RandomStream) -> Tensor
  /// What an epoch is made of: as many batches as `count` examples fill, a function of the epoch's `stream`. By default
  /// every example once, in random order.
  func batches(_ stream: RandomStream, of size: Int) -> [Batch]
}

extension BatchSource {
  /// Every example once, in an order that `stream` says.
  public func batches(_ stream: RandomStream, of size: Int) -> [Batch] {
    let order = stream.permutation(count)
    return stride(from: 0, to: count, by: size).map { Batch(order[$0..<min($0 + size, count)]) }
  }

  /// The mean of all examples, [exampleSize]; zeros if there are none. Missing numbers, which are NaN, are left out, and a
  /// number that is missing in all has the mean 0.
  public func mean() -> Tensor { mean { $0 } }

  /// The standard deviation of each number about `mean`, [exampleSize]; 1 where a number never changes by more than
  /// rounding.
  public func deviation(about mean: Tensor) -> Tensor {
    let variances = self.mean { square($0 - mean) }
    return Tensor(
      zip(variances.scalars, mean.scalars).map { variance, mean in
        let deviation = variance.squareRoot()
        return deviation > 1e-5 * abs(mean) ? deviation : 1
      })
  }

  private func mean(of function: (Tensor) -> Tensor) -> Tensor {
    var mean = Tensor(repeating: 0, shape: [exampleSize])
    var observed: Tensor?  // the part of the examples that has each number, once one is missing
    var seen: Float = 0
    let all = Array(0..<count)
    for first in stride(from: 0, to: count, by: 256) {
      let block = all[first..<Swift.min(first + 256, count)]
      let values = function(batch(block, stream: RandomStream(seed: 0)["mean"]))
      let weight = Float(block.count) / Float(count)
      mean = mean + weight * values.missingAsZero.meanOverFirst()
      if observed != nil || values.hasMissing {
        let before = observed ?? Tensor(repeating: seen, shape: [exampleSize])
        observed = before + weight * values.observed.meanOverFirst()
      }
      seen += weight
    }
    guard let observed else { return mean }
    return Tensor(
      zip(mean.scalars, observed.scalars).map { sum, part in part > 0 ? sum / part : 0 })
  }
}
