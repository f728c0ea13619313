import Foundation
import Tensors
import TestSupport
import Testing
import _Differentiation

/// The formulas of Salimans et al. 2017 in double precision, for one pixel.
private func reference(_ p: [Double], _ x: [Double], _ layout: LogisticMixtureLayout) -> Double {
  func sigmoid(_ t: Double) -> Double { 1 / (1 + Foundation.exp(-t)) }
  func mass(_ x: Double, _ mean: Double, _ raw: Double) -> Double {
    let scale = Foundation.exp(-7 + max(raw + 7, 0) + Foundation.log1p(Foundation.exp(-abs(raw + 7))))
    let (upper, lower) = ((2 * x - 1 + 1 / 255 - mean) / scale, (2 * x - 1 - 1 / 255 - mean) / scale)
    if x < 1e-3 { return sigmoid(upper) }
    if x > 1 - 1e-3 { return sigmoid(-lower) }
    return lower > 0 ? sigmoid(-lower) - sigmoid(-upper) : sigmoid(upper) - sigmoid(lower)
  }
  let logits = layout.logits.map { p[$0] }
  let total = logits.reduce(0) { $0 + Foundation.exp($1) }
  var sum = 0.0
  for m in 0..<layout.components {
    var product = Foundation.exp(logits[m]) / total
    for c in 0..<layout.channels {
      var mean = p[layout.means(c).lowerBound + m]
      for d in 0..<c { mean += Foundation.tanh(p[layout.coefficients(c, on: d).lowerBound + m]) * (2 * x[d] - 1) }
      product *= mass(x[c], mean, p[layout.logScales(c).lowerBound + m])
    }
    sum += product
  }
  return Foundation.log(sum)
}

private let layouts = [(1, 1), (1, 3), (1, 10), (3, 1), (3, 2), (3, 10)]
  .map { LogisticMixtureLayout(channels: $0.0, components: $0.1) }

extension LogisticMixtureLayout: CustomTestStringConvertible {
  /// Its two numbers.
  public var testDescription: String { "\(channels) channels, \(components) components" }
}

struct LogisticMixtureTests {
  /// Grey values with many at both ends.
  private func values(_ shape: Shape, seed: UInt64) -> Tensor {
    let drawn = RandomStream(seed: seed).uniform(shape).scalars
    return Tensor(drawn.map { (min(max($0 * 1.4 - 0.2, 0), 1) * 255).rounded() / 255 }, shape: shape)
  }

  /// The same numbers for each of many examples of one pixel.
  private func masses(_ numbers: [Float], _ x: [[Float]], _ layout: LogisticMixtureLayout) -> [Double] {
    let all = Tensor(numbers, shape: [1, 1, numbers.count]).broadcast(to: [1, x.count, numbers.count])
    return logisticMixtureLogProbability(all, of: Tensor(x.flatMap { $0 }, shape: [x.count, x[0].count]), layout)
      .scalars.map { Foundation.exp(Double($0)) }
  }

  @Test(arguments: layouts)
  func everyNumberHasOnePlace(_ layout: LogisticMixtureLayout) {
    let channels = 0..<layout.channels
    var places = Array(layout.logits)
    for c in channels { places += layout.means(c) }
    for c in channels { places += layout.logScales(c) }
    for c in channels { for d in 0..<c { places += layout.coefficients(c, on: d) } }
    #expect(places == Array(0..<layout.numbersPerPixel))
  }

  /// Numbers of pixels around the 16 that the kernel takes at a time.
  @Test(arguments: layouts, [1, 15, 16, 17, 49])
  func valueAndGradientAreThoseOfTheFormula(_ layout: LogisticMixtureLayout, _ pixels: Int) {
    let (draws, batch, n) = (2, 2, layout.numbersPerPixel)
    let numbers = sampleTensor([draws, batch, pixels * n], seed: 1, bound: 2)
    let x = values([batch, pixels * layout.channels], seed: 2)
    let (value, pullback) = valueWithPullback(at: numbers) { logisticMixtureLogProbability($0, of: x, layout) }
    #expect(value == logisticMixtureLogProbability(numbers, of: x, layout), "with and without a derivative")
    let cotangent = Tensor([1, -2, 0.5, 3], shape: [draws, batch])
    let (p, t) = (numbers.scalars.map(Double.init), x.scalars.map(Double.init))
    var (sums, slopes) = ([Double](repeating: 0, count: draws * batch), [Double]())
    for row in 0..<draws * batch {
      for pixel in 0..<pixels {
        var mine = Array(p[(row * pixels + pixel) * n..<(row * pixels + pixel + 1) * n])
        let place = (row % batch * pixels + pixel) * layout.channels
        let data = Array(t[place..<place + layout.channels])
        sums[row] += reference(mine, data, layout)
        for i in 0..<n {
          let (at, h) = (mine[i], 1e-5)
          mine[i] = at + h
          let above = reference(mine, data, layout)
          mine[i] = at - h
          slopes.append((above - reference(mine, data, layout)) / (2 * h) * Double(cotangent.scalars[row]))
          mine[i] = at
        }
      }
    }
    expectClose(value, sums, shape: [draws, batch], relative: 2e-6)
    expectClose(pullback(cotangent), slopes, shape: numbers.shape.array, relative: 1e-4, absolute: 2e-5)
  }

  @Test(arguments: layouts.filter { $0.components < 10 })
  func gradientIsThatOfFiniteDifferences(_ layout: LogisticMixtureLayout) {
    let x = values([2, 2 * layout.channels], seed: 3)
    expectGradient(at: sampleTensor([2, 2, 2 * layout.numbersPerPixel], seed: 4, bound: 1)) {
      logisticMixtureLogProbability($0, of: x, layout)
    }
  }

  private let bounds: [Float] = [1, 4, 12, 1e4, 3e38]

  /// Numbers drawn in +-bound; locations that much beyond what can be seen also for narrow scales.
  private func drawn(_ layout: LogisticMixtureLayout, bound: Float, seed: UInt64) -> [Float] {
    RandomStream(seed: seed).uniform([layout.numbersPerPixel]).scalars.map { ($0 * 2 - 1) * bound }
  }

  @Test(arguments: layouts.filter { $0.channels == 1 })
  func greyProbabilitiesSumToOne(_ layout: LogisticMixtureLayout) {
    for bound in bounds {
      for seed in 0..<4 as Range<UInt64> {
        let sum = masses(drawn(layout, bound: bound, seed: seed), (0..<256).map { [Float($0) / 255] }, layout)
          .reduce(0, +)
        expectClose(sum, 1, relative: 1e-4, "bound \(bound), seed \(seed)")
      }
    }
  }

  /// The sum over all greens and blues is the probability of the red, and reds are grey values, which sum to one.
  @Test(arguments: layouts.filter { $0.channels == 3 && $0.components < 10 })
  func colourProbabilitiesSumToOne(_ layout: LogisticMixtureLayout) {
    let grey = LogisticMixtureLayout(channels: 1, components: layout.components)
    func colours(_ red: Float) -> [[Float]] {
      (0..<65536).map { index in [red / 255, Float(index / 256) / 255, Float(index % 256) / 255] }
    }
    let reds: [Float] = [0, 100, 255, 1, 255]
    for (bound, red) in zip(bounds, reds) {
      let numbers = drawn(layout, bound: bound, seed: 7)
      let sum = masses(numbers, colours(red), layout).reduce(0, +)
      let first = Array(numbers[layout.logits]) + numbers[layout.means(0)] + numbers[layout.logScales(0)]
      expectClose(
        sum, masses(first, [[red / 255]], grey)[0], relative: 1e-4, absolute: 1e-12, "bound \(bound), red \(red)")
    }
  }

  @Test(arguments: layouts)
  func staysFiniteWhateverTheNumbers(_ layout: LogisticMixtureLayout) {
    let most = Float.greatestFiniteMagnitude
    let extremes: [Float] = [0, 3, -3, 100, -100, 1e6, -1e6, most, -most]
    let pixels = 33
    for seed in 0..<20 as Range<UInt64> {
      let drawn = RandomStream(seed: seed).uniform([pixels * layout.numbersPerPixel]).scalars
      let numbers = Tensor(drawn.map { extremes[Int($0 * 8.99)] }, shape: [1, 1, drawn.count])
      let x = values([1, pixels * layout.channels], seed: seed)
      let (value, pullback) = valueWithPullback(at: numbers) { logisticMixtureLogProbability($0, of: x, layout) }
      #expect(value.isFinite && value.scalar < 1e-3, "a probability is no more than one")
      #expect(pullback(Tensor([1], shape: [1, 1])).isFinite)
      let mean = logisticMixtureMean(numbers, layout)
      let sample = logisticMixtureSample(numbers, layout, RandomStream(seed: seed))
      #expect(mean.scalars.allSatisfy { $0 >= 0 && $0 <= 1 } && sample.scalars.allSatisfy { $0 >= 0 && $0 <= 1 })
    }
  }

  @Test func keepsNotANumber() {
    let layout = LogisticMixtureLayout(channels: 3, components: 2)
    for place in 0..<layout.numbersPerPixel {
      var numbers = sampleTensor([1, 1, 16 * layout.numbersPerPixel], seed: 8)
      numbers.withMutablePointer { $0[5 * layout.numbersPerPixel + place] = .nan }
      #expect(logisticMixtureLogProbability(numbers, of: values([1, 48], seed: 9), layout).scalar.isNaN)
    }
  }

  /// A certain pixel costs nothing, and a wrong one what its distance says.
  @Test func certaintyIsFreeAndMistakesAreFinite() {
    let layout = LogisticMixtureLayout(channels: 1, components: 1)
    let numbers: [Float] = [0, 1.2, -20]
    expectClose(masses(numbers, [[1]], layout)[0], 1, relative: 1e-6)
    let wrong = logisticMixtureLogProbability(
      Tensor(numbers, shape: [1, 1, 3]), of: Tensor([0.5], shape: [1, 1]), layout)
    #expect(wrong.scalar < -1000 && wrong.scalar > -2000)
  }

  @Test func greyMeanAndDrawsAreThoseOfTheValues() {
    let layout = LogisticMixtureLayout(channels: 1, components: 3)
    let count = 20_000
    for seed in 0..<5 as Range<UInt64> {
      let numbers = drawn(layout, bound: 2, seed: seed)
      let masses = masses(numbers, (0..<256).map { [Float($0) / 255] }, layout)
      let expected = masses.indices.reduce(0) { $0 + Double($1) / 255 * masses[$1] }
      let mean = logisticMixtureMean(Tensor(numbers, shape: [1, 1, numbers.count]), layout)
      #expect(mean.shape == [1, 1, 1])
      expectClose(Double(mean.scalar), expected, relative: 0, absolute: 1 / 510 + 1e-3)
      let many = Tensor(numbers, shape: [1, numbers.count]).broadcast(to: [count, numbers.count])
      let drawn = logisticMixtureSample(many, layout, RandomStream(seed: seed)).scalars
      #expect(drawn.allSatisfy { abs($0 * 255 - ($0 * 255).rounded()) < 1e-3 })
      // The distribution function, not only the mean.
      for value in [0, 40, 127, 200, 254] {
        let share = Double(drawn.filter { $0 * 255 < Float(value) + 0.5 }.count) / Double(count)
        expectClose(share, masses[...value].reduce(0, +), relative: 0, absolute: 0.015)
      }
    }
  }

  /// One component: each channel is as far from its own mean as the lower ones say, in mean and in draws.
  @Test func channelsFollowTheLowerOnes() {
    let layout = LogisticMixtureLayout(channels: 3, components: 1)
    var numbers = [Float](repeating: 0, count: layout.numbersPerPixel)
    let half = Float(Foundation.atanh(0.5))
    let (means, logScales): ([Float], [Float]) = ([0.2, 0.1, -0.3], [-2, -6, -6])
    for c in 0..<3 {
      numbers[layout.means(c).lowerBound] = means[c]
      numbers[layout.logScales(c).lowerBound] = logScales[c]
    }
    numbers[layout.coefficients(1, on: 0).lowerBound] = half
    numbers[layout.coefficients(2, on: 0).lowerBound] = -half
    numbers[layout.coefficients(2, on: 1).lowerBound] = half
    let mean = logisticMixtureMean(Tensor(numbers, shape: [1, 1, numbers.count]), layout).scalars.map { 2 * $0 - 1 }
    for (found, expected) in zip(mean, [0.2, 0.2, -0.3] as [Float]) {
      expectClose(found, expected, relative: 0, absolute: 5e-3)
    }
    let many = Tensor(numbers, shape: [1, 1, numbers.count]).broadcast(to: [1, 2000, numbers.count])
    let drawn = logisticMixtureSample(many, layout, RandomStream(seed: 10))
    #expect(drawn.shape == [1, 2000, 3])
    let x = drawn.scalars.map { 2 * $0 - 1 }
    var reds: Set<Float> = []
    for i in 0..<2000 where abs(x[3 * i]) < 0.9 {
      reds.insert(x[3 * i])
      let (green, blue) = (0.1 + 0.5 * x[3 * i], -0.3 - 0.5 * x[3 * i] + 0.5 * x[3 * i + 1])
      #expect(abs(x[3 * i + 1] - green) < 0.05 && abs(x[3 * i + 2] - blue) < 0.05)
    }
    #expect(reds.count > 50)
  }

  @Test func trapsOnShapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) { _ = LogisticMixtureLayout(channels: 2, components: 1) }
    await #expect(processExitsWith: .failure) { _ = LogisticMixtureLayout(channels: 1, components: 65) }
    await #expect(processExitsWith: .failure) {
      _ = logisticMixtureLogProbability(
        Tensor(repeating: 0, shape: [1, 1, 7]), of: Tensor([1, 0], shape: [1, 2]),
        LogisticMixtureLayout(channels: 1, components: 1))
    }
  }
}
