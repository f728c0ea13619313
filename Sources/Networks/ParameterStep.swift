import Tensors

/// One parameter at an optimizer's step: where it is, what is remembered of it, and its gradient, in one part per shard
/// of the batch. Cut into shares of rows that threads can take without meeting.
struct ParameterStep: @unchecked Sendable {
  let parameter: UnsafeMutablePointer<Float>
  let memory: [UnsafeMutablePointer<Float>]
  let count: Int
  private var gradients: [Tensor]

  init(
    parameter: UnsafeMutablePointer<Float>, memory: [UnsafeMutablePointer<Float>], count: Int, gradients: [Tensor]
  ) {
    (self.parameter, self.memory, self.count) = (parameter, memory, count)
    self.gradients = gradients.filter { !$0.isSymbolicZero }
    // A parameter that no shard used has gradient zero, but what is remembered of it still decays.
    if self.gradients.isEmpty { self.gradients = [Tensor(repeating: 0, shape: [count])] }
  }

  /// Numbers in a row: those of the weight's matrix where its gradient is to be multiplied out.
  private var columns: Int { gradients.lazy.compactMap(\.factors).first?.columns ?? 1 }

  /// Shares and blocks begin at multiples of so many rows. Where a product has rows left over, its last ones may be added
  /// up in another order (on processors without AVX-512 they are); so cut, every row is in the same place of a tile
  /// whatever the number of threads.
  private static let tile = 48

  /// The share of one of `members`, in numbers.
  func share(of member: Int, _ members: Int) -> Range<Int> {
    let columns = columns
    let (rows, tile) = (count / columns, columns > 1 ? Self.tile : 1)
    func first(_ member: Int) -> Int {
      member == members ? rows : rows * member / members / tile * tile
    }
    return first(member) * columns..<first(member + 1) * columns
  }

  /// Calls `body` with parts of `share`, each with the arrays that add up to its gradient. What has to be multiplied out
  /// is, a part at a time, so that it is still in the cache when it is read.
  func forEachPart(of share: Range<Int>, _ body: (Range<Int>, [UnsafePointer<Float>?]) -> Void) {
    if gradients.allSatisfy({ $0.factors == nil }) {
      body(share, gradients.map { $0.pointer + share.lowerBound })
      return
    }
    let most = max(1, Self.numbersAtOnce / columns / Self.tile) * Self.tile * columns
    for first in stride(from: share.lowerBound, to: share.upperBound, by: most) {
      let part = first..<min(first + most, share.upperBound)
      let sum = Tensor(shape: [part.count]) { total(of: part, into: $0) }
      withExtendedLifetime(sum) { body(part, [sum.pointer]) }
    }
  }

  private static let numbersAtOnce = 1 << 16

  /// The whole gradient as one array, all of it multiplied out by `members` threads.
  mutating func multiplyOut(members: Int) {
    let sum = Tensor(shape: [count]) { out in
      nonisolated(unsafe) let out = out
      Parallel.run(members) { member in
        let share = share(of: member, members)
        if !share.isEmpty { total(of: share, into: out + share.lowerBound) }
      }
    }
    gradients = [sum]
  }

  /// The sum of the squares of a gradient that is one array.
  var sumOfSquares: Double { gradients[0].sumOfSquares }

  /// Adds up the gradient's parts within `range`, factors first.
  private func total(of range: Range<Int>, into out: UnsafeMutablePointer<Float>) {
    let columns = columns
    var isEmpty = true
    for factors in gradients.lazy.compactMap(\.factors) {
      factors.multiplyOut(
        rows: range.lowerBound / columns..<range.upperBound / columns, into: out, adding: !isEmpty)
      isEmpty = false
    }
    for gradient in gradients where gradient.factors == nil {
      let part = gradient.pointer + range.lowerBound
      if isEmpty { out.update(from: part, count: range.count) } else { out.add(part, times: 1, count: range.count) }
      isEmpty = false
    }
  }
}
