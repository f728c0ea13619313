import Tensors
import TestSupport
import Testing
import _Differentiation

/// Numbers that are NaN are missing: the likelihood is that of the others, and nothing else changes.
struct MissingTests {
  /// Every third number or so, so that blocks of 16 have some and rows none, some or all.
  private func isMissing(_ row: Int, _ column: Int) -> Bool { row == 1 || (row > 1 && (column * 7 + row) % 3 == 0) }

  private func withHoles(_ x: Tensor, each width: Int = 1) -> Tensor {
    var holed = x
    let columns = x.shape[1]
    holed.withMutablePointer { numbers in
      for i in 0..<x.count where isMissing(i / columns, i % columns / width) { numbers[i] = .nan }
    }
    return holed
  }

  /// The observed columns of a row of [rows, columns], in groups of `width`, as [1, 1, n].
  private func observed(_ t: Tensor, _ row: Int, of rowInData: Int, each width: Int = 1) -> Tensor {
    let columns = t.shape[-1]
    let numbers = t.scalars[row * columns..<(row + 1) * columns]
    let kept = zip(0..., numbers).filter { !isMissing(rowInData, $0.0 / width) }.map(\.1)
    return Tensor(kept, shape: [1, 1, kept.count])
  }

  @Test func missingNumbersAreToldAndFilled() {
    let whole = Tensor([1, -.infinity, .infinity, 0], shape: [2, 2])
    #expect(!whole.hasMissing && whole.missingAsZero == whole)
    #expect(!Tensor([], shape: [0]).hasMissing)
    for length in [1, 15, 16, 17, 100] {
      for place in [0, length / 2, length - 1] {
        var x = sampleTensor([length], seed: 1)
        x.withMutablePointer { $0[place] = -Float.nan }
        #expect(x.hasMissing)
        #expect(x.missingAsZero.scalars[place] == 0 && x.observed.scalars.reduce(0, +) == Float(length - 1))
        let filled = x.filled(from: Tensor(repeating: 7, shape: [length]))
        #expect(filled.scalars[place] == 7 && zip(filled.scalars, x.scalars).count { $0 != $1 } == 1)
      }
    }
    #expect(withHoles(sampleTensor([3, 5], seed: 2)).asConstant.missingAsZero.isConstant)
  }

  @Test(arguments: [3, 16, 40, 1100]) func bernoulliIsOfTheObserved(size: Int) {
    let logits = sampleTensor([2, 4, size], seed: 3, bound: 6)
    let x = withHoles(RandomStream(seed: 4).uniform([4, size]))
    let found = bernoulliLogProbability(logits, of: x).scalars
    let slopes = gradientParts(at: logits) { bernoulliLogProbability($0, of: x) }[0].scalars
    let flat = logits.reshaped(to: [8, size])
    for row in 0..<8 {
      let own = observed(x, row % 4, of: row % 4)
      guard own.count > 0 else {
        #expect(found[row] == 0)
        continue
      }
      let expected = bernoulliLogProbability(observed(flat, row, of: row % 4), of: own.reshaped(to: [1, own.count]))
      expectClose(found[row], expected.scalar, relative: 1e-5, absolute: 1e-5)
      for column in 0..<size where isMissing(row % 4, column) { #expect(slopes[row * size + column] == 0) }
    }
  }

  @Test func bernoulliHasItsGradient() {
    let x = withHoles(RandomStream(seed: 5).uniform([4, 20]))
    expectGradient(at: sampleTensor([2, 4, 20], seed: 6)) { bernoulliLogProbability($0, of: x) }
  }

  @Test(arguments: [false, true]) func densitiesAreOfTheObserved(isLogistic: Bool) {
    func log(_ a: Tensor, _ b: Tensor, of x: Tensor) -> Tensor {
      isLogistic
        ? discretizedLogisticLogProbability(a, b, of: x) : gaussianLogProbability(a, b, of: x)
    }
    for size in [3, 16, 40] {
      let point = Pair(sampleTensor([2, 4, size], seed: 7, bound: 1), sampleTensor([2, 4, size], seed: 8, bound: 1))
      let bytes = RandomStream(seed: 9).uniform([4, size]).scalars.map { ($0 * 255).rounded() / 255 }
      let x = withHoles(Tensor(bytes, shape: [4, size]))
      let found = log(point.a, point.b, of: x).scalars
      let (a, b) = (point.a.reshaped(to: [8, size]), point.b.reshaped(to: [8, size]))
      for row in 0..<8 {
        let own = observed(x, row % 4, of: row % 4)
        guard own.count > 0 else {
          #expect(found[row] == 0)
          continue
        }
        let expected = log(
          observed(a, row, of: row % 4), observed(b, row, of: row % 4), of: own.reshaped(to: [1, own.count]))
        expectClose(found[row], expected.scalar, relative: 1e-5, absolute: 1e-5)
      }
    }
  }

  @Test func densitiesHaveTheirGradients() {
    let point = Pair(sampleTensor([2, 4, 6], seed: 10, bound: 1), sampleTensor([2, 4, 6], seed: 11, bound: 1))
    let x = withHoles(sampleTensor([4, 6], seed: 12))
    expectGradient(at: point) { gaussianLogProbability($0.a, $0.b, of: x) }
    let bytes = withHoles(Tensor((0..<24).map { Float($0 * 11 % 256) / 255 }, shape: [4, 6]))
    expectGradient(at: point) { discretizedLogisticLogProbability($0.a, $0.b, of: bytes) }
  }

  @Test(arguments: [(1, 2), (1, 6), (3, 4)]) func mixtureIsOfTheObservedPixels(channels: Int, components: Int) {
    let layout = LogisticMixtureLayout(channels: channels, components: components)
    let pixels = 37
    let numbers = sampleTensor([2, 4, pixels * layout.numbersPerPixel], seed: 13, bound: 1)
    let bytes = RandomStream(seed: 14).uniform([4, pixels * channels]).scalars.map { ($0 * 255).rounded() / 255 }
    let x = withHoles(Tensor(bytes, shape: [4, pixels * channels]), each: channels)
    let found = logisticMixtureLogProbability(numbers, of: x, layout).scalars
    let flat = numbers.reshaped(to: [8, numbers.shape[2]])
    for row in 0..<8 {
      let own = observed(x, row % 4, of: row % 4, each: channels)
      guard own.count > 0 else {
        #expect(found[row] == 0)
        continue
      }
      let expected = logisticMixtureLogProbability(
        observed(flat, row, of: row % 4, each: layout.numbersPerPixel), of: own.reshaped(to: [1, own.count]), layout)
      expectClose(found[row], expected.scalar, relative: 1e-5, absolute: 1e-4)
    }
    let few = withHoles(
      x.columns(0..<3 * channels).filled(from: Tensor(repeating: 0.4, shape: [4, 3 * channels])), each: channels)
    expectGradient(at: numbers.columns(0..<3 * layout.numbersPerPixel)) {
      logisticMixtureLogProbability($0, of: few, layout)
    }
  }

  /// What red was can't be left out of what it says of green.
  @Test func mixtureOfAPixelInPartIsNotANumber() {
    let layout = LogisticMixtureLayout(channels: 3, components: 2)
    let numbers = sampleTensor([1, 1, 2 * layout.numbersPerPixel], seed: 15)
    let x = Tensor([0.2, 0.4, 0.6, 0.2, .nan, 0.6], shape: [1, 6])
    #expect(logisticMixtureLogProbability(numbers, of: x, layout).scalar.isNaN)
  }
}
