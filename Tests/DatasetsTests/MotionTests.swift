import Foundation
import Tensors
import Testing

@testable import Datasets

struct MotionTests {
  private let form = TrajectoryForm(rows: 2, columns: 3, steps: 8, coefficients: 3)

  /// Curves of three cosines, in pixels, and a point that stays.
  private var displacements: [Float] {
    (0..<6).flatMap { point in
      (0..<8).flatMap { step -> [Float] in
        if point == 4 { return [0, 0] }
        let phase = Double.pi * (Double(step) + 0.5) / 8
        return [Float(Double(point) - 2 * cos(phase)), Float(3 * cos(2 * phase) - 0.5)]
      }
    }
  }

  @Test func whatThreeCosinesMakeComesBack() {
    let example = form.encode(displacements)
    #expect(example.count == 42 && form.exampleShape == [2, 3, 7])
    for (a, b) in zip(form.decode(example), displacements) { #expect(abs(a - b) < 1e-4) }
    // The transform keeps lengths.
    let c = form.transform(of: example)
    func square(_ values: [Float]) -> Float { values.reduce(0) { $0 + $1 * $1 } }
    #expect(abs(square(c) - square(displacements)) < 1e-3 * square(displacements))
  }

  @Test func directionsFadeWhereNothingMoves() {
    let example = form.encode(displacements)
    #expect(Array(example[28..<35]) == [Float](repeating: 0, count: 7), "the point that stays")
    let small = form.encode(displacements.map { $0 * 1e-4 })
    #expect(small.map(abs).max()! < 2e-3)
    let large = form.encode(displacements.map { $0 * 1e4 })
    let length = large[0..<6].reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(length - 1) < 1e-3, "a direction is a unit vector in the end")
  }

  @Test func framesBecomeBlocksAndComeBack() {
    let bytes = (0..<2 * 4 * 6 * 3).map { UInt8($0 % 251) }
    let frames = Dataset(name: "frames", exampleShape: [4, 6, 3], values: .bytes(bytes))
    let blocks = MotionSet.blocks(of: frames, form)
    #expect(blocks.exampleShape == [2, 3, 12] && blocks.count == 2)
    guard case .bytes(let cut) = blocks.values else { return }
    #expect(Array(cut[0..<12]) == Array(bytes[0..<6]) + Array(bytes[18..<24]), "two pixels of two rows")
    for index in 0..<2 {
      let values = cut[index * 72..<(index + 1) * 72].map { Float($0) / 255 }
      #expect(
        MotionSet.picture(ofBlocks: values, shape: [4, 6, 3], form).bytes == Array(bytes[index * 72..<(index + 1) * 72])
      )
    }
  }

  @Test func partsOfAFilmAreAsFarApartAsATrajectory() throws {
    let frames = Dataset(
      name: "film", exampleShape: [2, 3], values: .bytes((0..<200).flatMap { [UInt8](repeating: UInt8($0), count: 6) }))
    let set = try MotionSet(name: "film", frames: frames, form: form, films: (0..<200).map { $0 / 100 }) { _ in
      displacements
    }
    #expect(set.splits.train.count == 140 && set.splits.validation?.count == 4 && set.splits.test?.count == 24)
    let seen = set.splits.test!.companions[0].values.withBytes { $0.map { Int($0) } }!
    #expect(seen[0] == 88 && seen[12 * 6] == 188, "of both films, from their frame 88 on")
    #expect(throws: DataError.self) {
      _ = try MotionSet(
        name: "odd",
        frames: Dataset(name: "odd", exampleShape: [3, 3], values: .bytes([UInt8](repeating: 0, count: 9))),
        form: form
      ) { _ in [] }
    }
  }

  @Test func digitsMoveAlongTheirClassBothWays() throws {
    var maker = MovingDigits()
    maker.count = 400
    var ink = [UInt8](repeating: 0, count: 28 * 28)
    for y in 8..<20 { for x in 8..<20 { ink[y * 28 + x] = 255 } }
    let digits = Dataset(name: "squares", exampleShape: [28, 28], values: .bytes(ink + ink), labels: [0, 5])
    let scenes = maker.scenes(of: digits)
    let angles = Set(scenes.steps.map { Int((atan2($0.y, $0.x) / .pi * 180).rounded()) % 360 })
    #expect(angles == [0, 180, 90, -90])
    let ahead = scenes.steps.count { $0.x > 0.1 || $0.y > 0.1 }
    #expect(abs(ahead - 200) < 50, "at even chances: \(ahead)")
    let bytes = scenes.frames.values.withBytes { Array($0) }!
    let ways = maker.displacements(bytes[0..<maker.size.height * maker.size.width], step: scenes.steps[0])
    let moving = (0..<maker.form.points).count { ways[$0 * 60] != 0 || ways[$0 * 60 + 1] != 0 }
    #expect(moving >= 36 && moving <= 64, "\(moving) points of a square of 12 pixels and its neighbours")
    #expect(try maker.motionSet(of: digits).splits.train.count == 280)
  }

  @Test func linesAreDrawnAndCutOff() {
    var picture = Picture(width: 10, height: 8, channels: 3, bytes: [UInt8](repeating: 0, count: 240))
    picture.drawLine(from: (-50, 4), to: (5, 4), width: 2, colour: (1, 0, 0))
    func pixel(_ x: Int, _ y: Int) -> [UInt8] { Array(picture.bytes[(y * 10 + x) * 3..<(y * 10 + x) * 3 + 3]) }
    #expect(pixel(0, 4) == [255, 0, 0] && pixel(2, 3) == [255, 0, 0])
    #expect(pixel(9, 4) == [0, 0, 0] && pixel(2, 0) == [0, 0, 0])
    let before = picture
    picture.drawLine(from: (100, 100), to: (200, 120), width: 2, colour: (1, 1, 1))
    picture.drawLine(from: (.nan, 1), to: (2, 2), width: 2, colour: (1, 1, 1))
    #expect(picture == before)
  }
}
