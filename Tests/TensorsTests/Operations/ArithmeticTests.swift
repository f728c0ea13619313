import Tensors
import TestSupport
import Testing
import _Differentiation

struct ArithmeticTests {
  private let a = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])

  @Test func worksElementByElement() {
    let b = Tensor([6, 5, 4, 3, 2, 1], shape: [2, 3])
    #expect((a + b).scalars == [7, 7, 7, 7, 7, 7])
    #expect((a - b).scalars == [-5, -3, -1, 1, 3, 5])
    #expect((a * b).scalars == [6, 10, 12, 12, 10, 6])
    expectClose(a / b, [1.0 / 6, 0.4, 0.75, 4.0 / 3, 2.5, 6], shape: [2, 3], relative: 1e-7)
    #expect((-a).scalars == [-1, -2, -3, -4, -5, -6])
    #expect((2 * a).scalars == [2, 4, 6, 8, 10, 12])
    #expect((a + 1).scalars == [2, 3, 4, 5, 6, 7])
    #expect((a - 1).scalars == [0, 1, 2, 3, 4, 5])
    #expect(a.scaled(by: 2, plus: 1).scalars == [3, 5, 7, 9, 11, 13])
    #expect((a + b).shape == [2, 3])
  }

  @Test func operandsMeetInTheLargerShape() {
    let row = Tensor([10, 20, 30])
    let column = Tensor([10, 20], shape: [2, 1])
    let one = Tensor([100], shape: [])
    #expect((a + row).scalars == [11, 22, 33, 14, 25, 36])
    #expect((row - a).scalars == [9, 18, 27, 6, 15, 24])
    #expect((a * column).scalars == [10, 20, 30, 80, 100, 120])
    expectClose(column / a, [10, 5, 10.0 / 3, 5, 4, 20.0 / 6], shape: [2, 3], relative: 1e-7)
    #expect((one - a).scalars == [99, 98, 97, 96, 95, 94])
    #expect((a + one).shape == [2, 3] && (one + a).shape == [2, 3])
  }

  /// Every form of broadcasting, on either side of every operator.
  @Test(arguments: [[2, 3], [3], [1, 3], [2, 1], [1, 1], [1], []] as [[Int]]) func gradientsBroadcast(small: [Int]) {
    let large = sampleTensor([2, 3], seed: 3)
    // Divisors stay away from zero, where differences are of no use.
    let positive = square(large) + 1
    let other = sampleTensor(Shape(small), seed: 4)
    let divisor = square(other) + 1
    let what = "\(small)"
    expectGradient(at: Pair(large, other), what) { $0.a + $0.b }
    expectGradient(at: Pair(other, large), what) { $0.a + $0.b }
    expectGradient(at: Pair(large, other), what) { $0.a - $0.b }
    expectGradient(at: Pair(other, large), what) { $0.a - $0.b }
    expectGradient(at: Pair(large, other), what) { $0.a * $0.b }
    expectGradient(at: Pair(other, large), what) { $0.a * $0.b }
    expectGradient(at: Pair(large, divisor), what) { $0.a / $0.b }
    expectGradient(at: Pair(other, positive), what) { $0.a / $0.b }
  }

  @Test func broadcastsThreeAxes() {
    let draws = sampleTensor([2, 3, 4], seed: 5)
    expectGradient(at: Pair(draws, sampleTensor([3, 4], seed: 6))) { $0.a * $0.b }
    expectGradient(at: Pair(draws, sampleTensor([3, 1], seed: 7))) { $0.a * $0.b }
    expectGradient(at: Pair(sampleTensor([2, 1, 1], seed: 8), draws)) { $0.a * $0.b }
    expectGradient(at: Pair(sampleTensor([2, 3, 1], seed: 9), draws)) { $0.a - $0.b }
  }

  @Test func gradientsWithNumbers() {
    let x = sampleTensor([2, 3], seed: 10)
    expectGradient(at: x) { $0.scaled(by: 3, plus: 2) }
    expectGradient(at: x) { -$0 }
    expectGradient(at: x) { -2.5 * $0 }
    expectGradient(at: x) { $0 + 1.5 }
    expectGradient(at: x) { $0 - 1.5 }
  }

  /// One tensor used twice: the parts of its gradient add up.
  @Test func usesOfOneTensorAddUp() {
    let x = sampleTensor([3, 2], seed: 11)
    expectGradient(at: x) { $0 * $0 + $0 }
    expectGradient(at: x) { $0 - 2 * $0 }
    expectGradient(at: x) { $0 * $0.columns(0..<1) }
  }

  @Test func trapsOnShapesThatDoNotFit() async {
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2]) + Tensor([1, 2, 3]) }
    await #expect(processExitsWith: .failure) {
      _ = Tensor([1, 2], shape: [2, 1]) * Tensor([1, 2, 3], shape: [1, 3])
    }
  }

  @Test func whatIsAlongsideIsLearnedButNotSeen() {
    let beside = Tensor([5, 6, 7], shape: [1, 3])
    #expect(a.alongside(beside) == a)
    let (_, pullback) = valueWithPullback(at: a, beside) { $0.alongside($1) }
    let slopes = pullback(a)
    #expect(slopes.0 == a && slopes.1 == Tensor([5, 7, 9], shape: [1, 3]))
  }
}
