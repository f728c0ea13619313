import Tensors
import TestSupport
import Testing
import _Differentiation

@testable import Autoencoders

struct CirclesTests {
  private let z = sampleTensor([2, 3, 5], seed: 1)

  @Test func pairsBecomeDirections() {
    let out = z.onCircles(at: [1..<3])
    for row in stride(from: 0, to: z.count, by: 5) {
      let (a, b) = (z.scalars[row + 1], z.scalars[row + 2])
      let radius = (a * a + b * b + 0.01).squareRoot()
      let expected = [z.scalars[row], a / radius, b / radius] + z.scalars[row + 3..<row + 5]
      #expect(zip(out.scalars[row..<row + 5], expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }
    #expect(z.onCircles(at: []) == z)
    let middle = Tensor([0, 0], shape: [1, 2]).onCircles(at: [0..<2])
    #expect(middle.scalars == [0, 0])
  }

  @Test func gradientsAreThoseOfDifferences() {
    expectGradient(at: z) { $0.onCircles(at: [0..<2, 3..<5]) }
    expectGradient(at: sampleTensor([4, 2], seed: 2)) { $0.onCircles(at: [0..<2]) }
    let pullback = valueWithPullback(at: z) { $0.onCircles(at: [0..<2]) }.pullback
    #expect(pullback(.zero).isSymbolicZero)
  }

  @Test func trapsOnWhatIsNoPair() async {
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3], shape: [1, 3]).onCircles(at: [0..<3]) }
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3], shape: [1, 3]).onCircles(at: [2..<4]) }
  }
}
