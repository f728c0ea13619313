import Autoencoders
import Testing

struct MaskScoreTests {
  @Test func overlapAndAccuracyAreCounted() {
    let (a, b): ([Float], [Float]) = ([1, 0.6, 0.4, 0], [1, 0, 1, 0])
    #expect(MaskMeasure.overlap(a, b) == 1.0 / 3)
    #expect(MaskMeasure.accuracy(a, b) == 0.5)
    #expect(MaskMeasure.overlap([0, 0.5], [0, 0]) == 1, "both are empty")
    #expect(MaskMeasure.overlap([0, 1], [1, 0]) == 0)
    #expect(MaskMeasure.overlap([1, 1], [1, .nan]) == 1 && MaskMeasure.accuracy([1, 0], [.nan, 1]) == 0)
  }

  @Test func diversityIsTheMeanOverPairs() {
    #expect(MaskMeasure.diversity([[1, 0], [1, 0], [1, 0]]) == 0)
    #expect(MaskMeasure.diversity([[1, 0]]) == 0)
    // 1 - 1/2, 1 - 0, 1 - 1/2.
    #expect(abs(MaskMeasure.diversity([[1, 1], [1, 0], [0, 1]]) - 2.0 / 3) < 1e-12)
  }

  @Test func calibrationErrorIsKnownWhereItIs() {
    // Seven of ten of those with 0.75, all of those with 1, none with 0.
    var calibration = Calibration()
    calibration.add([Float](repeating: 0.75, count: 10), truth: (0..<10).map { $0 < 7 ? 1 : 0 })
    calibration.add([1, 1, 0, 0, 0.2], truth: [1, 1, 0, 0, .nan] as [Float])
    #expect(calibration.bins.map(\.count) == [2, 0, 0, 0, 0, 0, 0, 10, 0, 2])
    #expect(abs(calibration.expectedError - 0.5 / 14) < 1e-6)
    var twice = calibration
    twice.add(calibration)
    #expect(abs(twice.expectedError - calibration.expectedError) < 1e-12)
    var sure = Calibration()
    sure.add([1, 1, 0, 0], truth: [0, 0, 1, 1] as [Float])
    #expect(sure.expectedError == 1)
    #expect(Calibration().expectedError == 0)
  }
}
