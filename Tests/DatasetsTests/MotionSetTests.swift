import Files
import Foundation
import Tensors
import Testing

@testable import Datasets

struct MotionSetTests {
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

  @Test func framesBecomeBlocksAndComeBack() throws {
    let bytes = (0..<2 * 4 * 6 * 3).map { UInt8($0 % 251) }
    let frames = Dataset(name: "frames", exampleShape: [4, 6, 3], values: .bytes(bytes))
    let blocks = MotionSet.blocks(of: frames, form)
    #expect(blocks.exampleShape == [2, 3, 12] && blocks.count == 2)
    let cut = try #require(blocks.values.withBytes { Array($0) })
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

}
