import TestSupport
import Testing
import _Differentiation

import Tensors

@testable import Autoencoders

struct ClampingTests {
  /// Two draws of five examples with four latents, and their posterior means; the last example is in no group.
  private let z = sampleTensor([2, 5, 4], seed: 1)
  private let means = sampleTensor([5, 4], seed: 2)
  private let groups = [0..<2, 2..<4]

  @Test func inactiveLatentsAreTheirGroupsMeansDrawByDraw() {
    let clamped = z.clamped(except: 1..<3, within: groups, pulling: means, by: 0.5)
    for draw in 0..<2 {
      for unit in 0..<4 {
        let own = (0..<5).map { z.scalars[(draw * 5 + $0) * 4 + unit] }
        let found = (0..<5).map { clamped.scalars[(draw * 5 + $0) * 4 + unit] }
        let shared = [0, 0, 2, 2].map { (own[$0] + own[$0 + 1]) / 2 } + [own[4]]
        #expect(found == ((1..<3).contains(unit) ? own : shared))
      }
    }
  }

  /// Where every latent is active it is the identity, and so is its derivative.
  @Test func activeLatentsHaveTheTrueGradient() {
    struct Point: Differentiable { var z: Tensor }
    expectGradient(at: Point(z: z)) { [means, groups] in
      $0.z.clamped(except: 0..<4, within: groups, pulling: means, by: 3)
    }
  }

  /// Not a derivative, but what the paper says, of the means: exactly.
  @Test func inactiveLatentsArePulledToTheirMean() {
    let cotangent = sampleTensor([2, 5, 4], seed: 3)
    let pullback = valueWithPullback(at: z, means) {
      $0.clamped(except: 1..<3, within: groups, pulling: $1, by: 0.25)
    }.pullback
    for up in [cotangent, .zero] {
      let (latents, pull) = pullback(up)
      for place in 0..<20 {
        let (example, unit) = (place / 4, place % 4)
        let isActive = (1..<3).contains(unit)
        let other = example == 4 ? 4 : example ^ 1
        let apart = (means.scalars[place] - means.scalars[other * 4 + unit]) / 2
        #expect(abs(pull.scalars[place] - (isActive ? 0 : 0.25 * apart)) < 1e-6)
        guard !up.isSymbolicZero else { continue }
        for draw in [0, 20] {
          #expect(latents.scalars[draw + place] == (isActive ? up.scalars[draw + place] : 0))
        }
      }
    }
    // Also where nothing comes back from above.
    #expect(pullback(.zero).0.isSymbolicZero)
  }

  @Test func aSingleExampleStaysAsItIs() {
    let one = sampleTensor([1, 1, 3], seed: 3)
    #expect(one.clamped(except: 0..<1, within: [0..<1], pulling: one.reshaped(to: [1, 3]), by: 1) == one)
  }
}
