import TestSupport
import Testing
import _Differentiation

@testable import Tensors

struct ClampingTests {
  /// Two draws of three examples with four latents.
  private let z = sampleTensor([2, 3, 4], seed: 1)

  @Test func inactiveLatentsAreTheirMeansDrawByDraw() {
    let clamped = z.clamped(except: 1..<3, pull: 0.5)
    for draw in 0..<2 {
      for unit in 0..<4 {
        let own = (0..<3).map { z.scalars[(draw * 3 + $0) * 4 + unit] }
        let found = (0..<3).map { clamped.scalars[(draw * 3 + $0) * 4 + unit] }
        let mean = own.reduce(0, +) / 3
        #expect(found == ((1..<3).contains(unit) ? own : [mean, mean, mean]))
      }
    }
  }

  /// Where every latent is active it is the identity, and so is its derivative.
  @Test func activeLatentsHaveTheTrueGradient() {
    struct Point: Differentiable { var z: Tensor }
    expectGradient(at: Point(z: z)) { $0.z.clamped(except: 0..<4, pull: 3) }
  }

  /// Not a derivative, but what the paper says: exactly.
  @Test func inactiveLatentsArePulledToTheirMean() {
    let cotangent = sampleTensor([2, 3, 4], seed: 2)
    let (value, pullback) = valueWithPullback(at: z) { $0.clamped(except: 1..<3, pull: 0.25) }
    for (place, found) in pullback(cotangent).scalars.enumerated() {
      let apart = z.scalars[place] - value.scalars[place]
      #expect(found == ((1..<3).contains(place % 4) ? cotangent.scalars[place] : 0.25 * apart))
    }
    // Also where nothing comes back from above.
    for (place, found) in pullback(.zero).scalars.enumerated() {
      #expect(found == 0.25 * (z.scalars[place] - value.scalars[place]))
    }
  }

  @Test func aSingleExampleStaysAsItIs() {
    let one = sampleTensor([1, 1, 3], seed: 3)
    #expect(one.clamped(except: 0..<1, pull: 1) == one)
  }
}
