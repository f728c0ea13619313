import Datasets
import Foundation
import Pictures
import TestSupport
import Testing

@testable import SyntheticData

@Suite struct StrokeDigitsTests {
  private func bytes(_ set: Dataset) -> [UInt8] {
    guard case .bytes(let bytes) = set.values else { return [] }
    return bytes
  }

  /// Ink and its centre of mass.
  private func moments(_ picture: Picture) -> (ink: Double, x: Double, y: Double) {
    var (ink, x, y) = (0.0, 0.0, 0.0)
    for (index, byte) in picture.bytes.enumerated() {
      ink += Double(byte)
      x += Double(byte) * Double(index % picture.width)
      y += Double(byte) * Double(index / picture.width)
    }
    return (ink, x / ink, y / ink)
  }

  /// The shear that best explains how ink moves to the right as it goes up (least squares).
  private func lean(_ picture: Picture) -> Double {
    let centre = moments(picture)
    var (xy, yy) = (0.0, 0.0)
    for (index, byte) in picture.bytes.enumerated() {
      let (x, y) = (Double(index % picture.width) - centre.x, Double(index / picture.width) - centre.y)
      xy += Double(byte) * x * y
      yy += Double(byte) * y * y
    }
    return -xy / yy
  }

  @Test func sameSeedSameBytesOnEveryMachine() {
    let set = StrokeDigits.generate(count: 1000, seed: 7)
    let hash = bytes(set).reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    #expect(hash == 14_418_884_293_066_913_859)
    #expect(set.labels?.prefix(10) == [9, 2, 2, 0, 5, 0, 1, 3, 5, 8])
    #expect(bytes(StrokeDigits.generate(count: 1000, seed: 8)) != bytes(set))
  }

  @Test func anExampleDependsOnSeedAndIndexAlone() {
    let many = StrokeDigits.generate(count: 600, seed: 3)
    for count in [0, 1, 255, 257] {
      let few = StrokeDigits.generate(count: count, seed: 3)
      #expect(bytes(few) == Array(bytes(many).prefix(count * 784)))
      #expect(few.labels! == Array(many.labels!.prefix(count)))
      #expect(few.factors!.values == Array(many.factors!.values.prefix(count * 6)))
    }
    #expect(Picture(many, at: 599) == StrokeDigit(example: 599, seed: 3).picture)
  }

  @Test func factorsAreNamedAndSpreadOverTheirRanges() {
    let set = StrokeDigits.generate(count: 5000, seed: 1)
    let factors = set.factors!
    #expect(factors.names == ["class", "slant", "thickness", "scale", "shift x", "shift y"])
    #expect((0..<5000).allSatisfy { factors.values[$0 * 6] == Float(set.labels![$0]) })
    let ranges: [ClosedRange<Float>] = [0...9, -0.15...0.4, 1.5...3.5, 0.76...1.02, -2...2, -2...2]
    for (column, range) in ranges.enumerated() {
      let values = stride(from: column, to: factors.values.count, by: 6).map { factors.values[$0] }
      #expect(values.allSatisfy(range.contains))
      let mean = values.reduce(0, +) / 5000
      let middle = (range.lowerBound + range.upperBound) / 2
      #expect(abs(mean - middle) < 0.03 * (range.upperBound - range.lowerBound))
    }
    for digit in 0...9 { #expect(abs(set.labels!.filter { $0 == digit }.count - 500) < 100) }
  }

  @Test(arguments: 0...9) func causesDoWhatTheySay(digit: Int) {
    for hand in 0..<5 as Range<UInt64> {
      let plain = StrokeDigit(digit: digit, hand: hand)
      let start = moments(plain.picture)
      #expect(plain.picture.bytes.max() == 255 && plain.picture.bytes.min() == 0)

      var changed = plain
      changed.thickness = 3.2
      #expect(moments(changed.picture).ink > 1.2 * start.ink)

      changed = plain
      changed.scale = 0.8
      // Ink goes with the length of the path.
      #expect(abs(moments(changed.picture).ink / start.ink - 0.8) < 0.06)

      changed = plain
      (changed.shiftX, changed.shiftY) = (1.5, -1.25)
      let moved = moments(changed.picture)
      #expect(abs(moved.x - start.x - 1.5) < 0.12 && abs(moved.y - start.y + 1.25) < 0.12)

      changed = plain
      changed.slant = 0.3
      #expect(abs(lean(changed.picture) - lean(plain.picture) - 0.3) < 0.06)
    }
  }

  @Test func nearestMeanTellsTheClassesApart() {
    let train = StrokeDigits.generate(count: 3000, seed: 1)
    let test = StrokeDigits.generate(count: 1000, seed: 2)
    let (trainBytes, testBytes) = (bytes(train), bytes(test))
    var means = [[Double]](repeating: .init(repeating: 0, count: 784), count: 10)
    for (index, label) in train.labels!.enumerated() {
      for pixel in 0..<784 { means[label][pixel] += Double(trainBytes[index * 784 + pixel]) }
    }
    for label in 0...9 {
      let count = Double(train.labels!.filter { $0 == label }.count)
      for pixel in 0..<784 { means[label][pixel] /= count }
    }
    let right = (0..<1000).filter { index in
      let distances = means.map { mean in
        (0..<784).reduce(0.0) { sum, pixel in
          let difference = mean[pixel] - Double(testBytes[index * 784 + pixel])
          return sum + difference * difference
        }
      }
      return distances.firstIndex(of: distances.min()!) == test.labels![index]
    }.count
    #expect(right > 600)  // chance is 100
  }
}
