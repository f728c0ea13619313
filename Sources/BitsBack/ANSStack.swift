import Autoencoders
import Tensors

/// A stack of symbols as one large number: asymmetric numeral systems (Duda 2009), in the form with ranges of frequencies.
///
/// Pushing a symbol of frequency f out of M = 2^30 turns the number n into (n / f) M + start + n mod f, which makes it
/// about M / f times as large: log2(M / f) bits, the symbol's information. Popping is the exact inverse. So popping from a
/// number that holds other things *draws* a symbol with probability f / M, and pushing it later gives the same number back:
/// what bits-back coding rests on.
///
/// The number's top lies in `head`, from 2^32 to below 2^64; words of 32 bits move to and from `words` below it.
struct ANSStack: Equatable {
  /// Frequencies are parts of 2^30.
  static let precision: UInt64 = 30
  /// The sum of all frequencies of a symbol's values.
  static let total: UInt64 = 1 << precision
  private static let least: UInt64 = 1 << 32

  private(set) var head: UInt64
  private(set) var words: [UInt32]
  /// Words that were taken from below the stack's bottom: the initial bits.
  private(set) var initialWords = 0
  /// Where those come from; nil where there must be none.
  private let initialBits: RandomStream?

  /// An empty stack. What is popped from it comes out of `initialBits`.
  init(initialBits: RandomStream) {
    self.initialBits = initialBits
    head = Self.least
    words = []
  }

  /// A stack as it was left.
  init(head: UInt64, words: [UInt32]) {
    self.head = head
    self.words = words
    initialBits = nil
  }

  /// Whether more was popped than the stack held, though it has no initial bits.
  var isOverdrawn: Bool { initialBits == nil && initialWords > 0 }

  /// A symbol whose values below have `start` in all, and that itself has `frequency`, from 1 to below `total`.
  @inline(__always)
  mutating func push(start: UInt64, frequency: UInt64) {
    if head >= frequency << (64 - Self.precision) {
      words.append(UInt32(truncatingIfNeeded: head))
      head >>= 32
    }
    let (quotient, rest) = head.quotientAndRemainder(dividingBy: frequency)
    head = quotient << Self.precision + rest + start
  }

  /// Which of `total` the top symbol stands at: its start is at most that, and its end above.
  var slot: UInt64 { head & (Self.total - 1) }

  /// Takes the top symbol off, given what its push was given.
  @inline(__always)
  mutating func pop(start: UInt64, frequency: UInt64) {
    head = frequency * (head >> Self.precision) + slot - start
    if head < Self.least { head = head << 32 | UInt64(nextWord()) }
  }

  private mutating func nextWord() -> UInt32 {
    if let word = words.popLast() { return word }
    initialWords += 1
    return initialBits.map { UInt32(truncatingIfNeeded: $0.bits(at: initialWords)) } ?? 0
  }
}

extension ANSStack {
  /// Pushes one of `levels` values.
  @inline(__always)
  mutating func push(_ value: Int, of levels: Int, by variable: some DiscreteVariable) {
    let start = variable.frequency(below: value, of: levels)
    let end = variable.frequency(below: value + 1, of: levels)
    require(end > start, "ANSStack: a distribution function falls at value \(value)")
    push(start: start, frequency: end - start)
  }

  /// Pops one of `levels` values, found by halving.
  @inline(__always)
  mutating func pop(of levels: Int, by variable: some DiscreteVariable) -> Int {
    let slot = slot
    var (value, start, next, end) = (0, UInt64(0), levels, Self.total)
    while next - value > 1 {
      let middle = (value + next) / 2
      let frequency = variable.frequency(below: middle, of: levels)
      if frequency <= slot { (value, start) = (middle, frequency) } else { (next, end) = (middle, frequency) }
    }
    pop(start: start, frequency: end - start)
    return value
  }
}
