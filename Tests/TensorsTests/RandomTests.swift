import CKernels
import Foundation
import Tensors
import TestSupport
import Testing

struct RandomTests {
  /// The known answers that come with Random123 (`kat_vectors`, threefry2x32 with 20 rounds).
  @Test(
    arguments: [
      ([0, 0], [0, 0], [0x6b20_0159, 0x99ba_4efe]),
      ([0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff], [0x1cb9_96fc, 0xbb00_2be7]),
      ([0x1319_8a2e, 0x0370_7344], [0x243f_6a88, 0x85a3_08d3], [0xc492_3a9c, 0x483d_f7a0]),
    ] as [([UInt32], [UInt32], [UInt32])])
  func threefryKnownAnswers(key: [UInt32], counter: [UInt32], expected: [UInt32]) {
    var out: [UInt32] = [0, 0]
    ck_threefry2x32(key, counter, &out)
    #expect(out == expected)
  }

  /// The vectorised loops draw from the same function: numbers 2j and 2j + 1 from the words of block j, upper 24 bits, in
  /// (0, 1].
  @Test func uniformsAreThreefry() {
    // The index of the block runs over the boundary between its low and high words.
    for first in [0x1_ffff_ffc0, 0x1_ffff_ffc1] as [UInt64] {
      let expected: [Float] = (0..<1500).map { (index: UInt64) in
        var out: [UInt32] = [0, 0]
        let block = (first + index) / 2
        ck_threefry2x32([7, 9], [UInt32(truncatingIfNeeded: block), UInt32(block >> 32)], &out)
        return Float(out[Int((first + index) % 2)] >> 8 + 1) / 16_777_216
      }
      #expect(RandomStream(seed: 9 << 32 | 7).uniform([1500], first: Int(first)).scalars == expected)
    }
  }

  @Test func uniformMomentsAndRange() {
    let u = RandomStream(seed: 1).uniform([1_000_000]).scalars
    #expect(u.min()! > 0 && u.min()! < 1e-5)
    #expect(u.max()! <= 1 && u.max()! > 1 - 1e-5)
    let mean = u.reduce(0.0) { $0 + Double($1) } / 1e6
    let variance = u.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 1e6
    expectClose(mean, 0.5, relative: 0, absolute: 5 * 2.9e-4)
    expectClose(variance, 1.0 / 12, relative: 0, absolute: 5 * 7.5e-5)
    expectChiSquare(u.map { min(Int($0 * 256), 255) }, cells: 256)
  }

  @Test func normalMomentsAndTails() {
    let x = RandomStream(seed: 2).normal([1_000_000]).scalars.map(Double.init)
    func moment(_ k: Int) -> Double { x.reduce(0.0) { $0 + Foundation.pow($1, Double(k)) } / 1e6 }
    // Five standard errors of each moment of a million normal numbers.
    expectClose(moment(1), 0, relative: 0, absolute: 5e-3)
    expectClose(moment(2), 1, relative: 0, absolute: 5 * 1.42e-3)
    expectClose(moment(3), 0, relative: 0, absolute: 5 * 3.88e-3)
    expectClose(moment(4), 3, relative: 0, absolute: 5 * 9.8e-3)
    // Beyond 2, 3 and 4 deviations on either side.
    for (bound, expected) in [(2.0, 45_500.0), (3, 2_699.8), (4, 63.3)] {
      let count = Double(x.reduce(0) { $0 + (abs($1) > bound ? 1 : 0) })
      expectClose(count, expected, relative: 0, absolute: 5 * expected.squareRoot())
    }
    #expect(x.reduce(0) { max($0, abs($1)) } < 6.8)
    // Neighbours, and the two halves, are uncorrelated.
    let lagged = zip(x, x.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / 1e6
    let halves = zip(x[..<500_000], x[500_000...]).reduce(0) { $0 + $1.0 * $1.1 } / 5e5
    expectClose(lagged, 0, relative: 0, absolute: 5e-3)
    expectClose(halves, 0, relative: 0, absolute: 7.1e-3)
  }

  /// Kolmogorov-Smirnov: the largest gap between the empirical and the normal distribution.
  @Test func normalsFollowTheNormalDistribution() {
    let x = RandomStream(seed: 3).normal([1_000_000]).scalars.sorted()
    var gap = 0.0
    for (i, value) in x.enumerated() {
      let p = 0.5 * erfc(-Double(value) / 2.0.squareRoot())
      gap = max(gap, abs(p - Double(i) / 1e6), abs(p - Double(i + 1) / 1e6))
    }
    // 1.95 / sqrt(n) is exceeded once in a thousand seeds; this seed is fixed.
    #expect(gap < 1.95e-3)
  }

  /// Each pair of normal numbers against Box-Muller in double precision.
  @Test func normalsAreBoxMuller() {
    let x = RandomStream(seed: 5 << 32 | 4).normal([20_000]).scalars
    for index in stride(from: 0, to: x.count, by: 2) {
      var out: [UInt32] = [0, 0]
      ck_threefry2x32([4, 5], [UInt32(index / 2), 0], &out)
      let u = (Double(out[0] >> 1) + 0.5) / 2_147_483_648
      let radius = (-2 * Foundation.log(u)).squareRoot()
      // Quarter turns: the two high bits, and the others as a signed fraction.
      let turn = Double(out[1] >> 30) + Double(Int32(truncatingIfNeeded: out[1] << 2)) / 4_294_967_296
      for (value, part) in [(x[index], Foundation.cos), (x[index + 1], Foundation.sin)] as [(Float, (Double) -> Double)]
      {
        let expected = radius * part(.pi / 2 * turn)
        let off = abs(Double(value) - expected)
        if off > 3e-6 { Issue.record("number \(index) or the next is \(value), expected \(expected)") }
      }
    }
  }

  @Test func chunksAreOneStream() {
    let stream = RandomStream(seed: 6)
    let normals = stream.normal([100]).scalars
    let uniforms = stream.uniform([100]).scalars
    let halves = Tensor(repeating: 0.5, shape: [100])
    let coins = stream.bernoulli(halves).scalars
    for first in [0, 1, 15, 16, 37, 99] {
      let rest: Shape = [100 - first]
      #expect(stream.normal(rest, first: first).scalars == Array(normals[first...]))
      #expect(stream.uniform(rest, first: first).scalars == Array(uniforms[first...]))
      #expect(stream.bernoulli(halves.rows(first..<100), first: first).scalars == Array(coins[first...]))
    }
    #expect(stream.normal([10, 10]).scalars == normals)
  }

  @Test func splitsAreDifferentStreams() {
    let stream = RandomStream(seed: 7)
    var keys: Set<UInt64> = [stream.key, RandomStream(seed: 8).key]
    for label in -50...50 { keys.insert(stream[label].key) }
    for label in 0..<50 { keys.insert(stream[1][label].key) }
    for name in ["a", "b", "noise", "weight", "bias"] as [StaticString] { keys.insert(stream[name].key) }
    #expect(keys.count == 2 + 101 + 50 + 5)
    #expect(stream[3] == stream[3] && stream["noise"] == stream["noise"])
    #expect(stream[1][2] != stream[2][1])
    // What splitting uses up is not what drawing gives: no label's key is a number of the stream itself.
    let first = (0..<100 as Range<UInt32>).map { index -> UInt64 in
      var out: [UInt32] = [0, 0]
      ck_threefry2x32([7, 0], [index, 0], &out)
      return UInt64(out[1]) << 32 | UInt64(out[0])
    }
    #expect(keys.isDisjoint(with: first))
  }

  @Test func splitStreamsAreUncorrelated() {
    let stream = RandomStream(seed: 9)
    let a = stream[0].normal([100_000])
    for other in [stream, stream[1], stream[-1], stream["a"], stream[0][0], RandomStream(seed: 10)] {
      // Five standard errors.
      expectClose((a * other.normal([100_000])).mean(), 0, relative: 0, absolute: 5 / 100_000.0.squareRoot())
    }
  }

  @Test func bernoulliFromBytesIsExactAtTheEnds() {
    let count = 200_000
    var out = [Float](repeating: -1, count: count)
    ck_bernoulli_from_bytes([UInt8](repeating: 0, count: count), 1, 0, &out, count)
    #expect(out.allSatisfy { $0 == 0 } == true)
    ck_bernoulli_from_bytes([UInt8](repeating: 255, count: count), 1, 0, &out, count)
    #expect(out.allSatisfy { $0 == 1 } == true)
    for byte in [1, 64, 128, 254] as [UInt8] {
      ck_bernoulli_from_bytes([UInt8](repeating: byte, count: count), 1, 0, &out, count)
      let p = Double(byte) / 255
      let mean = Double(out.reduce(0, +)) / Double(count)
      expectClose(mean, p, relative: 0, absolute: 5 * (p * (1 - p) / Double(count)).squareRoot())
    }
  }

  @Test func bernoulliFromProbabilities() {
    let stream = RandomStream(seed: 11)
    #expect(stream.bernoulli(Tensor(repeating: 0, shape: [100_000])).sum() == 0)
    #expect(stream.bernoulli(Tensor(repeating: 1, shape: [100_000])).sum() == 100_000)
    for p in [0.01, 0.3, 0.5, 0.99] as [Float] {
      let mean = Double(stream.bernoulli(Tensor(repeating: p, shape: [100_000])).mean())
      expectClose(mean, Double(p), relative: 0, absolute: 5 * Double(p * (1 - p) / 100_000).squareRoot())
    }
  }

  @Test func bytesBecomeFloats() {
    var out = [Float](repeating: -1, count: 256)
    ck_bytes_to_floats((0...255).map { UInt8($0) }, &out, 256)
    #expect(out == (0...255).map { Float($0) / 255 })
  }

  @Test(arguments: [0, 1, 2, 10, 1000]) func permutationsHoldEveryNumberOnce(count: Int) {
    let order = RandomStream(seed: 12).permutation(count)
    #expect(order.sorted() == Array(0..<count))
    #expect(order == RandomStream(seed: 12).permutation(count))
    if count > 9 { #expect(order != RandomStream(seed: 13).permutation(count) && order != Array(0..<count)) }
  }

  /// All 24 orders of four things come up equally often.
  @Test func permutationsAreUniform() {
    let stream = RandomStream(seed: 14)
    let codes = (0..<24_000).map { trial in
      var rest = [0, 1, 2, 3]
      var code = 0
      for value in stream[trial].permutation(4) {
        let place = rest.firstIndex(of: value)!
        code = code * rest.count + place
        rest.remove(at: place)
      }
      return code
    }
    expectChiSquare(codes, cells: 24)
  }

  /// The chi-square statistic of counts that should be equal: its mean is cells - 1, its variance twice that.
  private func expectChiSquare(_ cells: [Int], cells count: Int, sourceLocation: SourceLocation = #_sourceLocation) {
    var counts = [Int](repeating: 0, count: count)
    for cell in cells { counts[cell] += 1 }
    let expected = Double(cells.count) / Double(count)
    let statistic = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    let freedom = Double(count - 1)
    // Too even would be as wrong as too uneven.
    expectClose(
      statistic, freedom, relative: 0, absolute: 4.5 * (2 * freedom).squareRoot(), "chi-square",
      sourceLocation: sourceLocation)
  }
}
