import Datasets
import Tensors
import Testing

struct BatchesTests {
  private let bytes = (0..<1024).map { UInt8($0 % 256) }

  private func batch(
    _ values: Dataset.Values, _ binarization: Binarization, seed: UInt64 = 1, _ positions: [Int] = Array(0..<8)
  ) -> [Float] {
    Examples(Dataset(name: "values", exampleShape: [128], values: values), binarization: binarization)
      .batch(positions[...], stream: RandomStream(seed: seed)).scalars
  }

  @Test func dequantizedValuesFillTheirBins() {
    let found = batch(.bytes(bytes), .dequantize)
    let noise = zip(found, bytes).map { Double($0) * 256 - Double($1) }
    #expect(noise.allSatisfy { $0 >= 0 && $0 < 1 } && found.allSatisfy { $0 < 1 })
    let mean = noise.reduce(0, +) / Double(noise.count)
    let square = noise.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(noise.count)
    #expect(abs(mean - 0.5) < 0.03 && abs(square - 1.0 / 12) < 0.01)
    #expect(Set(noise).count > 1000)
  }

  @Test func noiseIsThatOfTheStreamAndTheExample() {
    let all = batch(.bytes(bytes), .dequantize)
    #expect(batch(.bytes(bytes), .dequantize, [5, 2]) == Array(all[640..<768] + all[256..<384]))
    #expect(batch(.bytes(bytes), .dequantize, seed: 2) != all)
    // The same values as real numbers, as files of floats hold them.
    #expect(batch(.floats(bytes.map { Float($0) / 255 }), .dequantize) == all)
    #expect(batch(.floats([Float](repeating: .nan, count: 128)), .dequantize, [0]).allSatisfy { $0.isNaN })
  }

  @Test func chosenExamplesKeepTheirFactors() {
    let factors = Dataset.Factors(names: ["a", "b"], values: (0..<16).map(Float.init))
    let all = Examples(Dataset(name: "values", exampleShape: [128], values: .bytes(bytes), factors: factors))
    #expect(all.factors?.values == factors.values)
    let some = all.selecting([5, 2, 7]).selecting([2, 0])
    #expect(some.factors?.values == [14, 15, 10, 11] && some.factors?.names == ["a", "b"])
  }

  @Test func onlySomeMakeZerosAndOnes() {
    for binarization in Binarization.allCases {
      let isBinary = Set(batch(.bytes(bytes), binarization)).isSubset(of: [0, 1])
      #expect(isBinary == binarization.makesBinary, "\(binarization)")
    }
  }

  @Test func halfOfThePicturesAreMirroredOthersEachTime() {
    let pictures = Dataset(name: "pictures", exampleShape: [2, 3, 2], values: .floats((0..<1200).map(Float.init)))
    let plain = Examples(pictures).batch(Array(0..<100)[...], stream: RandomStream(seed: 1)).scalars
    let order = [4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6, 7]
    var sides: [[Bool]] = []
    for seed in 1...2 as ClosedRange<UInt64> {
      let found = Examples(pictures, isMirrored: true).batch(Array(0..<100)[...], stream: RandomStream(seed: seed))
        .scalars
      sides.append(
        (0..<100).map { index in
          let here = Array(plain[index * 12..<index * 12 + 12])
          let got = Array(found[index * 12..<index * 12 + 12])
          #expect(got == here || got == order.map { here[$0] })
          return got != here
        })
    }
    #expect(sides.allSatisfy { 30...70 ~= $0.count { $0 } } && sides[0] != sides[1])
  }
}
