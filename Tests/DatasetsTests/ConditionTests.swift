import Datasets
import Tensors
import Testing

struct ConditionTests {
  private let stream = RandomStream(seed: 1)
  private let pictures = Dataset(
    name: "four", exampleShape: [2, 2], values: .bytes([0, 51, 102, 153, 204, 255, 0, 51]), labels: [2, 0])

  @Test func aPartIsTakenOutAndPutBack() {
    let part = ExamplePart(isGiven: [false, true, true, false])
    let examples = Examples(pictures, condition: .part(part))
    #expect(examples.exampleSize == 4 && examples.targetSize == 2 && examples.condition?.size == 2)
    let rows = examples.batch([0, 1], stream: stream)
    #expect(rows.scalars == [0, 0.6, 0.2, 0.4, 0.8, 0.2, 1, 0])
    let whole = part.assembled(target: rows.columns(0..<2), given: rows.columns(2..<4))
    #expect(whole == Examples(pictures).batch([0, 1], stream: stream))
  }

  @Test func bothPartsComeOfTheSameDraw() {
    let grey = Dataset(name: "grey", exampleShape: [64], values: .bytes([UInt8](repeating: 128, count: 64)))
    let part = ExamplePart(isGiven: (0..<64).map { $0 % 3 == 0 })
    let rows = Examples(grey, binarization: .dynamic, condition: .part(part)).batch([0], stream: stream)
    let count = part.target.count
    #expect(
      part.assembled(target: rows.columns(0..<count), given: rows.columns(count..<64))
        == Examples(grey, binarization: .dynamic).batch([0], stream: stream))
  }

  @Test func aClassIsAOneAndMissingWhereItIsNotKnown() {
    let rows = Examples(pictures, condition: .label(classes: 3, known: [1])).batch([0, 1], stream: stream).scalars
    #expect(rows[4..<7].allSatisfy { $0.isNaN } && Array(rows[11..<14]) == [1, 0, 0])
    let all = Examples(pictures, indices: [1, 0], condition: .label(classes: 3, known: nil))
    #expect(all.batch([0, 1], stream: stream).scalars == [0.8, 1, 0, 0.2, 1, 0, 0, 0, 0.2, 0.4, 0.6, 0, 0, 1])
  }

  @Test func aPictureStandsBehindItsExampleAndTurnsWithIt() {
    let colours = Dataset(name: "colours", exampleShape: [1, 2, 1], values: .bytes([0, 255, 255, 0]))
    let examples = Examples(pictures, isMirrored: true, condition: .pictures(colours))
    #expect(examples.exampleSize == 6 && examples.targetSize == 4)
    let seen = Set((0..<20).map { examples.batch([0], stream: RandomStream(seed: $0)).scalars })
    #expect(seen == [[0, 0.2, 0.4, 0.6, 0, 1], [0.2, 0, 0.6, 0.4, 1, 0]])
  }

  private func noisy(_ noise: ConditionNoise, side: Int = 40, epoch: UInt64 = 1, turned: Bool = false) -> [[Float]] {
    let photographs = Dataset(
      name: "photographs", exampleShape: [side, side, 3], values: .bytes([UInt8](repeating: 51, count: 6 * side * side))
    )
    let masks = Dataset(name: "masks", exampleShape: [1], values: .bytes([255, 0]))
    let examples = Examples(masks, condition: .pictures(photographs)).disturbed(by: noise).selecting([0, 1])
    return [0, 1].map { position in
      let rows = examples.batch(turned ? [1 - position, position] : [position], stream: RandomStream(seed: epoch))
      return Array(rows.rows(rows.shape[0] - 1..<rows.shape[0]).scalars)
    }
  }

  @Test func noiseOfGivenPicturesGoesByExampleAndEpoch() {
    let noise = ConditionNoise(deviation: 0.1, holes: 0.5)
    let first = noisy(noise)
    #expect(first == noisy(noise) && first == noisy(noise, turned: true), "not by batch")
    #expect(first[0] != first[1] && first != noisy(noise, epoch: 2))
    #expect(first[0][0] == 1 && first[1][0] == 0, "the target stays")
    #expect(noisy(ConditionNoise()).allSatisfy { row in row.dropFirst().allSatisfy { $0 == 0.2 } })
  }

  @Test func noiseHasItsDeviation() {
    let added = noisy(ConditionNoise(deviation: 0.1)).flatMap { $0.dropFirst().map { Double($0) - 0.2 } }
    let mean = added.reduce(0, +) / Double(added.count)
    let deviation = (added.reduce(0) { $0 + $1 * $1 } / Double(added.count)).squareRoot()
    #expect(abs(mean) < 0.005 && abs(deviation - 0.1) < 0.005)
  }

  @Test func holesAreRectanglesInAllChannels() {
    var sizes: [Int] = []
    for epoch in 0..<40 {
      for row in noisy(ConditionNoise(holes: 0.5), epoch: UInt64(epoch)) {
        let pixels = (0..<1600).map { Array(row[1 + 3 * $0..<4 + 3 * $0]) }
        let holes = (0..<1600).filter { pixels[$0] == [0.5, 0.5, 0.5] }
        #expect(pixels.allSatisfy { $0 == [0.5, 0.5, 0.5] || $0 == [0.2, 0.2, 0.2] })
        let (rows, columns) = (Set(holes.map { $0 / 40 }), Set(holes.map { $0 % 40 }))
        #expect(rows.count * columns.count == holes.count && rows.count <= 20 && columns.count <= 20)
        sizes.append(holes.count)
      }
    }
    // A quarter of the longest on average: 10 x 10.
    let mean = sizes.reduce(0, +) / sizes.count
    #expect((60...150).contains(mean), "\(mean)")
  }

  @Test func whatIsNoConditionIsExplained() {
    #expect(Condition.part(ExamplePart(isGiven: [true, false])).problem(with: pictures)!.contains("2 numbers"))
    #expect(Condition.label(classes: 2, known: nil).problem(with: pictures)!.contains("class 2"))
    let one = Dataset(name: "one", exampleShape: [2], values: .floats([1, 2]))
    #expect(Condition.pictures(one).problem(with: pictures)!.contains("1 pictures"))
    #expect(Condition.label(classes: 2, known: nil).problem(with: one)!.contains("no classes"))
  }
}
