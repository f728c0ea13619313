import Autoencoders
import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

/// What makes a leapfrog step fit for a bound: it can be taken back, and it keeps volume.
struct LeapfrogTests {
  private let x = RandomStream(seed: 1).bernoulli(Tensor(repeating: 0.5, shape: [3, 16])).asConstant
  private let step = Tensor([0.3, 0.2, 0.4])
  private let mass = Tensor([0.7, 1.5, 1])

  private func model() -> MLPAutoencoder<BernoulliOutput> { shaken(Bars.model(seed: 1)) }

  private func walked(_ z: Tensor, _ momentum: Tensor, steps: Int) -> PhasePoint {
    let model = model()
    var point = model.phasePoint(x, z, momentum: momentum)
    for _ in 0..<steps { point = model.leapfrog(x, from: point, step: step, mass: mass) }
    return point
  }

  @Test func stepsBackLeadToTheStart() {
    let (z, momentum) = (RandomStream(seed: 2).normal([2, 3, 3]), RandomStream(seed: 3).normal([2, 3, 3]))
    let there = walked(z, momentum, steps: 7)
    let back = walked(there.z, -there.momentum, steps: 7)
    #expect(zip(there.z.scalars, z.scalars).contains { abs($0 - $1) > 0.5 }, "a walk to nowhere proves nothing")
    for (a, b) in zip(back.z.scalars, z.scalars) { #expect(abs(a - b) < 2e-5) }
    for (a, b) in zip(back.momentum.scalars, momentum.scalars) { #expect(abs(a + b) < 2e-5) }
  }

  /// And the steps of each latent, the masses and the energy play together: it is nearly kept where steps are short.
  @Test func energyIsNearlyKept() {
    let model = model()
    let (z, momentum) = (RandomStream(seed: 2).normal([2, 3, 3]), RandomStream(seed: 3).normal([2, 3, 3]))
    func energies(_ point: PhasePoint) -> [Float] {
      let kinetic = (square(point.momentum) / mass).sumOverLast()
      return (0.5 * (kinetic + square(point.z).sumOverLast()) - point.logLikelihood).scalars
    }
    let short = Tensor(repeating: 0.02, shape: [3])
    var point = model.phasePoint(x, z, momentum: momentum)
    let before = energies(point)
    for _ in 0..<50 { point = model.leapfrog(x, from: point, step: short, mass: mass) }
    for (a, b) in zip(energies(point), before) { #expect(abs(a - b) < 2e-3 * max(1, abs(b))) }
    #expect(zip(point.z.scalars, z.scalars).contains { abs($0 - $1) > 0.5 })
  }

  /// Of one example and draw, (z, momentum) has six numbers: the determinant of their Jacobian, by differences.
  @Test(arguments: [1, 4]) func volumeStays(_ steps: Int) {
    let model = model()
    let one = x.rows(0..<1).asConstant
    let start = RandomStream(seed: 4).normal([6]).scalars
    func end(_ numbers: [Float]) -> [Double] {
      let (z, v) = (Tensor(Array(numbers[..<3]), shape: [1, 1, 3]), Tensor(Array(numbers[3...]), shape: [1, 1, 3]))
      var point = model.phasePoint(one, z, momentum: v)
      for _ in 0..<steps { point = model.leapfrog(one, from: point, step: step, mass: mass) }
      return (point.z.scalars + point.momentum.scalars).map(Double.init)
    }
    let h: Float = 1 / 32
    let columns = (0..<6).map { i -> [Double] in
      func moved(_ by: Float) -> [Double] {
        var numbers = start
        numbers[i] += by
        return end(numbers)
      }
      let near = zip(moved(h), moved(-h)).map { $0 - $1 }
      let far = zip(moved(2 * h), moved(-2 * h)).map { $0 - $1 }
      return zip(near, far).map { (8 * $0 - $1) / Double(12 * h) }
    }
    #expect(abs(determinant(columns) - 1) < 1e-3, "\(determinant(columns))")
    #expect(abs(columns[0][0] - 1) > 0.01, "a map that is nearly the identity proves nothing")
  }

  private func determinant(_ matrix: [[Double]]) -> Double {
    var a = matrix
    var product = 1.0
    for k in a.indices {
      let pivot = (k..<a.count).max { abs(a[$0][k]) < abs(a[$1][k]) }!
      if pivot != k {
        a.swapAt(pivot, k)
        product = -product
      }
      product *= a[k][k]
      for i in k + 1..<a.count {
        let factor = a[i][k] / a[k][k]
        for j in k..<a.count { a[i][j] -= factor * a[k][j] }
      }
    }
    return product
  }
}
