import TestSupport
import Testing
import _Differentiation

@testable import Tensors

struct FactoredGradientTests {
  private let left = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
  private let right = Tensor([1, 0, 2, 1], shape: [2, 2])
  private let product = Tensor([9, 4, 12, 5, 15, 6], shape: [3, 2])

  private var gradient: Tensor { Tensor(FactoredGradient(left: left, right: right)) }

  @Test func readsAsTheProduct() {
    #expect(gradient.shape == [3, 2] && gradient.count == 6)
    #expect(!gradient.isSymbolicZero)
    #expect(gradient == product)
    #expect(gradient.rows(1..<3) == product.rows(1..<3))
    #expect(gradient.scaled(by: 2) == product + product)
    #expect(gradient.reshaped(to: [6]) == product.reshaped(to: [6]))
  }

  @Test func sumsStayFactored() {
    let sum = gradient + gradient + gradient
    #expect(sum.factors?.terms.count == 3)
    #expect(sum == product.scaled(by: 3))
    #expect((gradient + .zero).factors?.terms.count == 1)
    let mixed = gradient + product
    #expect(mixed.factors == nil && mixed == product.scaled(by: 2))
  }

  @Test func partsOfTheMatrix() {
    let sum = (gradient + gradient).factors!
    #expect(Tensor(shape: [1, 2]) { sum.multiplyOut(rows: 1..<2, into: $0) } == Tensor([24, 10], shape: [1, 2]))
    let onto = Tensor(shape: [2, 2]) {
      for i in 0..<4 { $0[i] = 100 }
      sum.multiplyOut(rows: 1..<3, into: $0, adding: true)
    }
    #expect(onto == Tensor([124, 110, 130, 112], shape: [2, 2]))
  }

  /// A write to the numbers is not undone by what they once were the product of.
  @Test func writingForgetsTheFactors() {
    var written = gradient
    written.withMutablePointer { $0[0] = -1 }
    #expect(written.factors == nil && written.scalar == -1)
    #expect(written + gradient == Tensor([8, 8, 24, 10, 30, 12], shape: [3, 2]))
    #expect(gradient == product)
  }

  /// Whichever thread asks first, all read the same numbers, and no buffer is lost.
  @Test func threadsMayAskAtOnce() async {
    await #expect(processExitsWith: .success) {
      let before = Tensor.liveCount
      for round in 0..<50 {
        let tensor = Tensor(
          FactoredGradient(
            left: sampleTensor([40, 30], seed: UInt64(round)), right: sampleTensor([40, 20], seed: UInt64(100 + round)))
        )
        let read = Parallel.map(8) { _ in tensor.scalars }
        precondition(read.allSatisfy { $0 == read[0] })
      }
      precondition(Tensor.liveCount == before)
    }
  }

  /// The derivative of a layer that is used many times, as in a recurrent one, is a list and not a sum of matrices.
  @Test func repeatedUsesAddNoMatrices() {
    let (w, b) = (sampleTensor([4, 4], seed: 1, bound: 0.5), sampleTensor([4], seed: 2))
    let x = sampleTensor([3, 4], seed: 3)
    let point = Triple(x, w, b)
    let gradient = gradientParts(at: point) {
      dense(dense(dense($0.a, $0.b, $0.c, .tanh), $0.b, $0.c, .tanh), $0.b, $0.c, .tanh)
    }
    #expect(gradient[1].factors?.terms.count == 3)
    expectGradient(at: point) { dense(dense(dense($0.a, $0.b, $0.c, .tanh), $0.b, $0.c, .tanh), $0.b, $0.c, .tanh) }
  }

  @Test func trapsOnRowsThatDoNotFit() async {
    await #expect(processExitsWith: .failure) {
      _ = FactoredGradient(left: Tensor([1, 2, 3], shape: [3, 1]), right: Tensor([1, 2], shape: [2, 1]))
    }
  }
}
