/// An entropy coder: a message becomes about -log2 of its probability in bits, whatever the code's probabilities are.
///
/// Asymmetric numeral systems (Duda 2009), 64-bit state, 32 bits written at a time. A stack: what was pushed last is popped
/// first. A symbol is an interval [start, start + size) of 2^24.
struct EntropyCoder {
  static let precision: UInt64 = 24
  static let whole = 1 << 24
  private(set) var words: [UInt32] = []
  private var state: UInt64 = 1 << 32

  /// Bytes written so far.
  var bytes: Int { words.count * 4 + 8 }

  mutating func push(_ interval: Range<Int>) {
    let size = UInt64(interval.count)
    if state >= size << (64 - Self.precision) {
      words.append(UInt32(truncatingIfNeeded: state))
      state >>= 32
    }
    state = (state / size) << Self.precision + state % size + UInt64(interval.lowerBound)
  }

  /// Takes back the last symbol; `find` tells which interval a number lies in.
  mutating func pop(_ find: (Int) -> Range<Int>) -> Range<Int> {
    let place = state & UInt64(Self.whole - 1)
    let interval = find(Int(place))
    state = UInt64(interval.count) * (state >> Self.precision) + place - UInt64(interval.lowerBound)
    if state < 1 << 32, let word = words.popLast() { state = state << 32 | UInt64(word) }
    return interval
  }
}

/// A code for numbers rounded to a grid, made for N(mean, deviation^2): each cell of the grid gets the part of 2^24 that
/// the distribution gives it, and at least one.
struct NormalCode {
  let mean: Double
  let deviation: Double
  /// Width of a cell.
  let cell: Double
  /// Cells from -reach to reach.
  static let reach = 16.0

  var cells: Int { Int(2 * Self.reach / cell) }

  /// The cell of a number.
  func index(of z: Double) -> Int { min(max(Int(((z + Self.reach) / cell).rounded(.down)), 0), cells - 1) }

  func interval(ofCell index: Int) -> Range<Int> { edge(index)..<edge(index + 1) }

  /// Which cell's interval a number below 2^24 lies in, by halving.
  func cell(at place: Int) -> Int {
    var (low, high) = (0, cells)
    while high - low > 1 {
      let middle = (low + high) / 2
      if edge(middle) <= place { low = middle } else { high = middle }
    }
    return low
  }

  private func edge(_ index: Int) -> Int {
    if index == 0 { return 0 }
    if index == cells { return EntropyCoder.whole }
    let below = Normal.below((Double(index) * cell - Self.reach - mean) / deviation)
    return index + Int(below * Double(EntropyCoder.whole - cells))
  }
}
