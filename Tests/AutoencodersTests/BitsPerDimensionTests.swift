import Autoencoders
import Datasets
import Foundation
import Tensors
import Testing

struct BitsPerDimensionTests {
  @Test func densityOfOneIsEightBits() {
    #expect(BitsPerDimension(dimension: 784, isDequantized: true)(0) == 8)
    // Even chances of zero and one are a bit.
    #expect(abs(BitsPerDimension(dimension: 784)(-784 * Foundation.log(2)) - 1) < 1e-12)
    #expect(abs(BitsPerDimension(dimension: 3)(-3 * Foundation.log(256)) - 8) < 1e-12)
  }

  /// Bits under noise are those of a probability's bound, never fewer than the probability's own: here of a normal density
  /// that integrates to each value's probability by its distribution function.
  @Test func dequantizedDensityBoundsTheProbability() {
    let (mean, deviation) = (0.4, 0.02)
    func below(_ x: Double) -> Double { 0.5 * Foundation.erfc((mean - x) / (deviation * 2.0.squareRoot())) }
    let bits = BitsPerDimension(dimension: 1, isDequantized: true)
    for value in [90, 100, 102, 110] {
      let data = Dataset(name: "one", exampleShape: [1], values: .bytes([UInt8](repeating: UInt8(value), count: 4000)))
      let x = Examples(data, binarization: .dequantize).batch(Array(0..<4000)[...], stream: RandomStream(seed: 1))
      let shape: Shape = [1, 4000, 1]
      let density = Gaussian(
        mean: Tensor(repeating: Float(mean), shape: shape),
        logVariance: Tensor(repeating: 2 * Foundation.log(Float(deviation)), shape: shape)
      ).logProbability(of: x).scalars.map(Double.init)
      let probability = below(Double(value + 1) / 256) - below(Double(value) / 256)
      let (bound, exact) = (bits(density.mean), -Foundation.log2(probability))
      #expect(bound > exact - 0.002 && bound < exact + 0.1, "value \(value): \(bound) bits, in truth \(exact)")
    }
  }
}
