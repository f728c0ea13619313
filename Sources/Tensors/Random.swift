import CKernels

/// A seeded stream of random numbers in which number i is a function of the key and i alone.
///
/// Threefry-2x32-20 of Salmon et al., *Parallel random numbers: as easy as 1, 2, 3* (2011). There is no state to
/// advance: a stream is split into others by labels (`stream[epoch][step]`), and two threads, or a resumed run, that ask
/// for the same number get the same number.
public struct RandomStream: Sendable, Equatable {
  /// What the numbers are a function of.
  public let key: UInt64

  /// The stream of a seed.
  public init(seed: UInt64) { key = seed }

  /// An independent stream for a label.
  public subscript(label: Int) -> RandomStream { RandomStream(seed: word(UInt64(bitPattern: Int64(label)), tag: 1)) }

  /// An independent stream for a name, so that uses of one seed do not meet by accident.
  public subscript(name: StaticString) -> RandomStream {
    let hash = name.withUTF8Buffer { $0.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 } }
    return RandomStream(seed: word(hash, tag: 2))
  }

  /// The 64 random bits at an index. The tag keeps splitting apart from drawing.
  private func word(_ index: UInt64, tag: UInt32 = 0) -> UInt64 {
    let k: [UInt32] = [UInt32(truncatingIfNeeded: key) ^ tag &* 0x9E37_79B9, UInt32(truncatingIfNeeded: key >> 32)]
    let c: [UInt32] = [UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32)]
    var out: [UInt32] = [0, 0]
    ck_threefry2x32(k, c, &out)
    return UInt64(out[1]) << 32 | UInt64(out[0])
  }

  /// The 64 random bits at `index`.
  public func bits(at index: Int) -> UInt64 { word(UInt64(index)) }

  /// A whole number from 0 to below `count`, each as likely to one part in 2^64 / count.
  public func integer(below count: Int, at index: Int) -> Int {
    // The high half of a 64 x 64 bit product.
    Int(bits(at: index).multipliedFullWidth(by: UInt64(count)).high)
  }

  /// Standard normal numbers `first`, `first + 1`, ... of the stream.
  public func normal(_ shape: Shape, first: Int = 0) -> Tensor {
    Tensor(shape: shape) { ck_random_normal(key, UInt64(first), $0, shape.count) }
  }

  /// Uniform numbers in (0, 1], from number `first` on.
  public func uniform(_ shape: Shape, first: Int = 0) -> Tensor {
    Tensor(shape: shape) { ck_random_uniform(key, UInt64(first), $0, shape.count) }
  }

  /// Each element 1 with the stated probability, else 0.
  public func bernoulli(_ p: Tensor, first: Int = 0) -> Tensor {
    Tensor(shape: p.shape) { ck_bernoulli_from_floats(p.pointer, key, UInt64(first), $0, p.count) }
  }

  /// The numbers 0 ..< count in random order (Fisher-Yates).
  public func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, integer(below: i + 1, at: i)) }
    return order
  }
}
