import Foundation
import Tensors
import TestSupport
import Testing
import _Differentiation

struct ReductionsTests {
  private let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])

  @Test func values() {
    #expect(x.sum() == 21)
    #expect(x.mean() == 3.5)
    #expect(x.sumOverLast() == Tensor([6, 15]))
    #expect(x.meanOverFirst() == Tensor([2.5, 3.5, 4.5]))
    #expect(x.sumOfSquares == 91)
    let cube = x.reshaped(to: [3, 1, 2])
    #expect(cube.sumOverLast() == Tensor([3, 7, 11], shape: [3, 1]))
    #expect(cube.meanOverFirst() == Tensor([3, 4], shape: [1, 2]))
    #expect(x.reshaped(to: [1, 6]).meanOverFirst() == Tensor([1, 2, 3, 4, 5, 6]))
    #expect(Tensor([1, 2, 3]).sumOverLast() == Tensor([6], shape: []))
  }

  @Test(arguments: [1, 5, 16, 17, 100, 784]) func sumsOfAnyLength(length: Int) {
    let x = sampleTensor([3, length], seed: 1)
    let rows = (0..<3).map { row in x.rows(row..<row + 1).scalars.reduce(0) { $0 + Double($1) } }
    expectClose(x.sumOverLast(), rows, shape: [3], absolute: 1e-4)
    expectClose(x.sum(), Float(rows.reduce(0, +)), absolute: 1e-4)
    expectClose(x.sumOfSquares, x.scalars.reduce(0) { $0 + Double($1) * Double($1) }, relative: 1e-12)
  }

  /// Float sums would stop growing at 2^24.
  @Test func sumsAccumulateInDouble() {
    let ones = Tensor(repeating: 1, shape: [1 << 24 + 64])
    #expect(ones.sumOfSquares == Double(1 << 24 + 64))
    #expect(ones.sum() == Float(1 << 24 + 64))
  }

  @Test func gradients() {
    let x = sampleTensor([3, 4], seed: 2)
    expectGradient(at: x) { square($0).sumOverLast() }
    expectGradient(at: x) { square($0).meanOverFirst() }
    expectGradient(at: x) { $0.logMeanExpOverFirst() }
    expectGradient(at: sampleTensor([1, 4], seed: 3)) { square($0).meanOverFirst() }
    expectGradient(at: sampleTensor([1, 4], seed: 3)) { $0.logMeanExpOverFirst() }
    expectGradient(at: sampleTensor([5], seed: 4)) { $0.logMeanExpOverFirst() }
    expectGradient(at: sampleTensor([2, 3, 4], seed: 5)) { square($0).sumOverLast().logMeanExpOverFirst() }
    #expect(gradient(at: x) { $0.sum() } == Tensor(repeating: 1, shape: [3, 4]))
    #expect(gradient(at: x) { $0.mean() } == Tensor(repeating: 1 / Float(12), shape: [3, 4]))
  }

  @Test func logMeanExpMatchesReferenceValues() throws {
    let reference = try Reference.operation("log_mean_exp")
    let (value, pullback) = valueWithPullback(at: try reference.input("x")) { $0.logMeanExpOverFirst() }
    try reference.expect(value: value, gradients: ["x": pullback(reference.cotangent.tensor)])
  }

  @Test func logMeanExpNeitherOverflowsNorVanishes() {
    let large = Tensor([1e30, -3e4, 500, 1e30, -3e4, 500 + Float(M_LN2)], shape: [2, 3])
    // log((1 + 2) / 2) above the smaller of the last two.
    expectClose(large.logMeanExpOverFirst(), [1e30, -3e4, 500 + Foundation.log(1.5)], shape: [3], relative: 1e-6)
    let spread = Tensor([0, -200, 1000, 0], shape: [2, 2])
    expectClose(spread.logMeanExpOverFirst(), [1000 - M_LN2, -M_LN2], shape: [2])
    expectClose(spread.softmaxOverFirst(), [0, 0, 1, 1], shape: [2, 2])
  }

  /// The log mean exp of one draw is that draw.
  @Test func oneDrawIsItself() {
    let x = sampleTensor([1, 9], seed: 6, bound: 100)
    #expect(x.logMeanExpOverFirst().scalars == x.scalars)
  }

  @Test func softmaxSumsToOne() {
    let x = sampleTensor([50, 7], seed: 7, bound: 30)
    expectClose(x.softmaxOverFirst().meanOverFirst().scaled(by: 50), Tensor(repeating: 1, shape: [7]))
    // exp(x) over its sum, by hand.
    let two = Tensor([0, Float(M_LN2)], shape: [2, 1])
    expectClose(two.softmaxOverFirst(), [1.0 / 3, 2.0 / 3], shape: [2, 1])
  }

  @Test func finitenessIsOfEveryElement() {
    for bad in [Float.nan, .infinity, -.infinity, .signalingNaN] {
      for place in [0, 1, 15, 16, 40] {
        var values = [Float](repeating: .greatestFiniteMagnitude, count: 41)
        #expect(Tensor(values).isFinite)
        values[place] = bad
        #expect(!Tensor(values).isFinite)
      }
    }
  }
}
