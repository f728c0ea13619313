import Datasets
import Foundation
import Testing

@testable import SyntheticData

struct MovingDigitsTests {
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
}
