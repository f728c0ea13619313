import Autoencoders
import Foundation
import Tensors
import Testing

@testable import BitsBack

/// A distribution over a few values, as given.
private struct Table: DiscreteVariable {
  let below: [Double]

  init(_ weights: [Double]) {
    let sum = weights.reduce(0, +)
    below = weights.reduce(into: [0]) { $0.append($0.last! + $1 / sum) }
  }

  func probability(below value: Int) -> Double { below[value] }
}

struct ANSStackTests {
  private let stream = RandomStream(seed: 1)

  private func word(_ index: Int) -> UInt64 { stream.bits(at: index) }

  @Test func symbolsComeBackInReverse() {
    var stack = ANSStack(initialBits: stream["initial"])
    let symbols = (0..<5000).map { index -> (start: UInt64, frequency: UInt64) in
      // Frequencies of all sizes, the least and the greatest among them.
      let frequency =
        index % 50 == 0 ? 1 : index % 50 == 1 ? ANSStack.total - 1 : 1 + word(index) >> (35 + UInt64(index % 28))
      return (word(-index - 1 + 20_000) % (ANSStack.total - frequency + 1), frequency)
    }
    for symbol in symbols { stack.push(start: symbol.start, frequency: symbol.frequency) }
    for symbol in symbols.reversed() {
      #expect(stack.slot >= symbol.start && stack.slot < symbol.start + symbol.frequency)
      stack.pop(start: symbol.start, frequency: symbol.frequency)
    }
    #expect(stack == ANSStack(initialBits: stream["initial"]), "and leave nothing behind")
  }

  @Test func popsAreUndoneByPushesAlsoBelowTheBottom() {
    var stack = ANSStack(initialBits: stream["initial"])
    let table = Table([1, 2, 3, 4])
    let drawn = (0..<1000).map { _ in stack.pop(of: 4, by: table) }
    #expect(stack.initialWords > 40 && stack.initialWords < 70, "1000 symbols of 1.85 bits")
    for value in drawn.reversed() { stack.push(value, of: 4, by: table) }
    // What was drawn from the initial bits lies on the stack now, in the order it will be needed.
    let words = (1...stack.initialWords).map { UInt32(truncatingIfNeeded: stream["initial"].bits(at: $0)) }
    #expect(stack.words == words.reversed())
    for value in 0..<4 {
      let share = Double(drawn.filter { $0 == value }.count) / 1000
      #expect(abs(share - Double(value + 1) / 10) < 0.06, "popping draws from the distribution")
    }
  }

  @Test(arguments: [2, 3, 17, 256])
  func sizeIsTheEntropy(_ levels: Int) {
    let weights = (0..<levels).map { Double(word($0) % 1000 + 1) }
    let (table, sum) = (Table(weights), weights.reduce(0, +))
    let entropy = weights.reduce(0) { $0 - $1 / sum * log2($1 / sum) }
    let symbols = (0..<200_000).map { index -> Int in
      let u = Double(word(1000 + index) >> 11) / Double(1 << 53)
      return (0..<levels).last { table.below[$0] <= u }!
    }
    // The entropy of these symbols, not of their distribution, which they meet on average only.
    let bits = symbols.reduce(0) { $0 - log2(weights[$1] / sum) }
    #expect(abs(bits / 200_000 - entropy) < 0.01 * entropy)
    var stack = ANSStack(initialBits: stream["initial"])
    for symbol in symbols { stack.push(symbol, of: levels, by: table) }
    let size = Double(32 * stack.words.count) + log2(Double(stack.head)) - 32
    #expect(abs(size / bits - 1) < 0.001, "\(size) bits, entropy \(bits)")
    for symbol in symbols.reversed() { #expect(stack.pop(of: levels, by: table) == symbol) }
  }

  @Test func emptyStackIsOverdrawnOnlyWithoutInitialBits() {
    var decoder = ANSStack(head: 1 << 32, words: [])
    decoder.pop(start: 0, frequency: 1 << 29)
    #expect(decoder.isOverdrawn)
    var coder = ANSStack(initialBits: stream)
    coder.pop(start: 0, frequency: 1 << 29)
    #expect(!coder.isOverdrawn && coder.initialWords == 1)
  }

  // MARK: Frequencies

  private func check(_ variable: some DiscreteVariable, _ levels: Int, _ what: String) {
    var last = variable.frequency(below: 0, of: levels)
    #expect(last == 0)
    var least = ANSStack.total
    for value in 1...levels {
      let next = variable.frequency(below: value, of: levels)
      least = next > last ? min(least, next - last) : 0
      if least == 0 { break }
      last = next
    }
    #expect(least > 0 && last == ANSStack.total, "\(what)")
  }

  @Test func everyValueHasAFrequencyAndTheySumUp() {
    for logit in [-1e30, -800, -20, -0.1, 0, 3, 40, 1e30, Float.nan, .infinity] {
      let p = Bernoulli(logits: Tensor([logit], shape: [1, 1, 1]))
      check(p.variables()[0], 2, "logit \(logit)")
    }
    for location in [-1e10, -3, 0, 0.001, 0.5, 1, 1.2, 1e10, Float.nan] {
      for logScale in [-30, -7, -3, 0, 10, 60] as [Float] {
        let p = DiscretizedLogistic(
          location: Tensor([location], shape: [1, 1, 1]), logScale: Tensor([logScale], shape: [1, 1, 1]))
        check(p.variables()[0], 256, "location \(location), log-scale \(logScale)")
      }
    }
    for mean in [-100, -4.2, -1, 0, 0.3, 5, 1e20, Float.nan] {
      for deviation in [4.5e-5, 0.01, 0.3, 1, 20, 2.2e4] as [Float] {
        check(LatentBins.Posterior(mean: mean, deviation: deviation), LatentBins.count, "N(\(mean), \(deviation))")
      }
    }
    check(LatentBins.Prior(), LatentBins.count, "prior")
  }

  @Test func frequenciesAreTheLikelihood() {
    let p = DiscretizedLogistic(
      location: Tensor([0.3, -0.1, 0.9], shape: [1, 1, 3]), logScale: Tensor([-3, -2, -4], shape: [1, 1, 3]))
    for value in [0, 1, 70, 200, 254, 255] {
      let coded = p.variables().reduce(0) { sum, variable in
        let frequency = variable.frequency(below: value + 1, of: 256) - variable.frequency(below: value, of: 256)
        return sum + log(Double(frequency) / Double(ANSStack.total))
      }
      let x = Tensor(repeating: Float(value) / 255, shape: [1, 3])
      let exact = Double(p.logProbability(of: x).scalar)
      // Improbable values are lifted to one part in 2^30 each.
      #expect(
        coded > exact - 1e-4 * abs(exact) && (exact < -15 || coded < exact + 1e-3), "\(value): \(coded), \(exact)")
    }
    let b = Bernoulli(logits: Tensor([2], shape: [1, 1, 1])).variables()[0]
    #expect(abs(Double(b.frequency(below: 1, of: 2)) / Double(ANSStack.total) - 1 / (1 + exp(2.0))) < 1e-8)
  }

  @Test func binsHaveEqualMassAndTheirMiddlesAreInside() {
    for bin in [0, 1, 77, 32_767, 32_768, 65_000, 65_535] {
      let mass = 0.5 * erfc(-Double(LatentBins.middle(of: bin)) / 2.0.squareRoot())
      #expect(abs(mass * 65_536 - Double(bin) - 0.5) < 0.02, "bin \(bin)")
    }
    let prior = LatentBins.Posterior(mean: 0, deviation: 1)
    for bin in stride(from: 0, to: LatentBins.count, by: 999) {
      let frequency =
        prior.frequency(below: bin + 1, of: LatentBins.count) - prior.frequency(below: bin, of: LatentBins.count)
      #expect(abs(Int(frequency) - 1 << 14) <= 2, "N(0, 1) is the prior")
    }
  }
}
