import Foundation
import Tensors

extension Tensor {
  /// The columns of [N, L], each N numbers.
  var columnScalars: [[Float]] {
    let (rows, columns) = (shape[0], shape[1])
    return (0..<columns).map { column in (0..<rows).map { pointer[$0 * columns + column] } }
  }
}

extension Collection where Element == Double {
  var meanValue: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }

  /// By how much the largest exceeds the second, or `floor` where there is none.
  func gap(above floor: Double) -> Double {
    let sorted = sorted(by: >)
    return sorted[0] - (sorted.count > 1 ? sorted[1] : floor)
  }

  /// -sum p log p of these numbers divided by their sum, nats; zero where all are.
  var entropy: Double {
    let total = reduce(0, +)
    return total > 0 ? reduce(0) { $1 > 0 ? $0 - $1 / total * log($1 / total) : $0 } : 0
  }
}
