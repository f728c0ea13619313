import Datasets
import Foundation
import Tensors

/// Digits that are about to move, each in one of two opposite directions that its class says, forward or back at even
/// chances: a future that no regression can tell, and whose distribution is known.
public struct MovingDigits: Sendable {
  /// What it is asked for by.
  public static let name = "moving-digits"

  /// Frames.
  public var count = 10_000
  /// Rows and columns of a frame.
  public var size = PictureOptions.Size(height: 32, width: 40)
  /// Pixels in a step.
  public var speed = 0.25
  /// How trajectories become numbers.
  public var form = TrajectoryForm(rows: 16, columns: 20, steps: 30)

  /// The usual ones.
  public init() {}

  /// The direction of a class in radians, or its opposite.
  public static func angle(of label: Int) -> Double { .pi * Double(label) / 10 }

  /// Frames, and the step of each in pixels.
  func scenes(of digits: Dataset, seed: UInt64 = 0) -> (frames: Dataset, steps: [(x: Double, y: Double)]) {
    let (side, stream) = (digits.exampleShape[0], RandomStream(seed: seed)["moving digits"])
    let order = stream["order"].permutation(digits.count)
    let places = stream["places"].uniform([count, 3]).scalars
    var bytes = [UInt8](repeating: 0, count: count * size.height * size.width)
    var steps: [(x: Double, y: Double)] = []
    for frame in 0..<count {
      let index = order[frame % order.count]
      let top = Int(places[3 * frame] * Float(size.height - side + 1))
      let left = Int(places[3 * frame + 1] * Float(size.width - side + 1))
      let angle = Self.angle(of: digits.labels?[index] ?? 0) + (places[3 * frame + 2] < 0.5 ? 0 : .pi)
      steps.append((x: speed * cos(angle), y: speed * sin(angle)))
      digits.stamp(
        index, onto: &bytes, at: (frame * size.height + top) * size.width + left, width: size.width)
    }
    let frames = Dataset(name: Self.name, exampleShape: [size.height, size.width], values: .bytes(bytes))
    return (frames, steps)
  }

  /// Displacements of the grid's points: those with ink within their block or beside it move.
  func displacements(_ pixels: ArraySlice<UInt8>, step: (x: Double, y: Double)) -> [Float] {
    let (tall, wide) = (size.height / form.rows, size.width / form.columns)
    return (0..<form.points).flatMap { point -> [Float] in
      let (y, x) = (point / form.columns * tall, point % form.columns * wide)
      let rows = max(0, y - 1)..<min(size.height, y + tall + 1)
      let columns = max(0, x - 1)..<min(size.width, x + wide + 1)
      let hasInk = rows.contains { row in
        columns.contains { pixels[pixels.startIndex + row * size.width + $0] > 127 }
      }
      return (1...form.steps).flatMap { time in
        hasInk ? [Float(step.x * Double(time)), Float(step.y * Double(time))] : [0, 0]
      }
    }
  }

  /// Frames of MNIST's digits, or others of their form, and where their points go.
  ///
  /// Throws `DataError` where `count` is so small that nothing is left to learn from. Traps on digits larger than a frame.
  public func motionSet(of digits: Dataset) throws -> MotionSet {
    let scenes = scenes(of: digits)
    guard case .bytes(let bytes) = scenes.frames.values else { fatalError("frames are bytes") }
    let area = size.height * size.width
    return try MotionSet(name: Self.name, frames: scenes.frames, form: form) { frame in
      displacements(bytes[frame * area..<(frame + 1) * area], step: scenes.steps[frame])
    }
  }
}
