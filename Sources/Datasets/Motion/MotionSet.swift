import Files
import Foundation
import Pictures
import Tensors

/// Frames of films, and where the points of a grid on each go in the frames after it.
public struct MotionSet: Sendable {
  /// How trajectories become numbers.
  public let form: TrajectoryForm
  /// [height, width] or [height, width, channels] of a frame.
  public let frameShape: [Int]
  /// Trajectories as examples, each with its frame as companion: cut into one block of pixels for each point of the grid,
  /// [rows, columns, numbers of a block].
  public let splits: DatasetSplits

  /// - Parameters:
  ///   - frames: 8-bit pictures, [height, width] or [height, width, channels], that the grid divides evenly.
  ///   - displacements: of the points from a frame on, [points, steps, 2] in pixels of the frame.
  ///   - films: which film each frame is of; one if nil. Frames of a film are in order.
  ///
  /// Of each film the first 70 % are for training, a tenth for validation and the rest for tests, each as far apart as a
  /// trajectory is long. Throws `DataError` where that leaves nothing.
  package init(
    name: String, frames: Dataset, form: TrajectoryForm, films: [Int]? = nil,
    displacements: (_ frame: Int) -> [Float]
  ) throws {
    let shape = frames.exampleShape
    guard 2...3 ~= shape.count, shape[0] % form.rows == 0, shape[1] % form.columns == 0 else {
      throw DataError(
        file: name, expected: "frames that a grid of \(form.rows)x\(form.columns) points divides evenly",
        found: "frames of \(shape)", remedy: "choose another size of frames, or another grid")
    }
    (self.form, frameShape) = (form, shape)
    let blocks = Self.blocks(of: frames, form)
    func part(_ indices: [Int]) -> Dataset? {
      if indices.isEmpty { return nil }
      var values: [Float] = []
      values.reserveCapacity(indices.count * form.points * form.numbersPerPoint)
      for index in indices { values += form.encode(displacements(index)) }
      var dataset = Dataset(name: name, exampleShape: form.exampleShape, values: .floats(values), isOrdered: true)
      let bytes = blocks.values.withBytes { all in
        indices.flatMap { all[$0 * blocks.exampleSize..<($0 + 1) * blocks.exampleSize] }
      }
      dataset.companions = [Dataset(name: name, exampleShape: blocks.exampleShape, values: .bytes(bytes ?? []))]
      return dataset
    }
    var parts: [[Int]] = [[], [], []]
    for film in Set(films ?? [0]).sorted() {
      let all = films.map { labels in labels.indices.filter { labels[$0] == film } } ?? Array(0..<frames.count)
      let (first, second) = (all.count * 7 / 10, all.count * 8 / 10)
      parts[0] += all[0..<first]
      parts[1] += all[min(second, first + form.steps)..<second]
      parts[2] += all[min(all.count, second + form.steps)...]
    }
    guard let train = part(parts[0]) else {
      throw DataError(
        file: name, expected: "films of several frames", found: "\(frames.count) frames", remedy: "give more")
    }
    splits = DatasetSplits(train: train, validation: part(parts[1]), test: part(parts[2]))
  }

  /// Pictures as pictures of fewer pixels that hold a block of the old ones each, [rows, columns, numbers of a block].
  public static func blocks(of frames: Dataset, _ form: TrajectoryForm) -> Dataset {
    let shape = frames.exampleShape
    let channels = shape.count == 3 ? shape[2] : 1
    let (tall, wide) = (shape[0] / form.rows, shape[1] / form.columns)
    let length = wide * channels
    let bytes =
      frames.values.withBytes { source in
        [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
          var next = 0
          for frame in 0..<frames.count {
            for point in 0..<form.points {
              for row in 0..<tall {
                let y = point / form.columns * tall + row
                let first = (frame * shape[0] + y) * shape[1] * channels + point % form.columns * length
                for offset in 0..<length { target[next + offset] = source[first + offset] }
                next += length
              }
            }
          }
          count = next
        }
      } ?? []
    return Dataset(
      name: frames.name, exampleShape: [form.rows, form.columns, tall * length], values: .bytes(bytes))
  }

  /// The frame that blocks [rows * columns * numbers of a block], 0 to 1, were cut from.
  public static func picture(ofBlocks blocks: [Float], shape: [Int], _ form: TrajectoryForm) -> Picture {
    let channels = shape.count == 3 ? shape[2] : 1
    let (tall, length) = (shape[0] / form.rows, shape[1] / form.columns * channels)
    var values = [Float](repeating: 0, count: blocks.count)
    var next = 0
    for point in 0..<form.points {
      for row in 0..<tall {
        let y = point / form.columns * tall + row
        let first = y * shape[1] * channels + point % form.columns * length
        for offset in 0..<length { values[first + offset] = blocks[next + offset] }
        next += length
      }
    }
    return Picture(values: values, shape: shape)
  }
}
