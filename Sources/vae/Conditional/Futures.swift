import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

/// What a model of trajectories given a frame expects, and how that is drawn.
struct Futures {
  let model: any ConditionalModel
  let form: TrajectoryForm
  let frameShape: [Int]
  let seed: UInt64

  /// Throws where the run is no model of trajectories.
  init(_ run: Run, _ model: any LatentVariableModel, seed: UInt64) throws {
    let data = run.configuration.data
    guard let model = model as? any ConditionalModel, data.given == "frame", let shape = data.frameShape,
      let steps = data.steps, data.exampleShape.count == 3
    else {
      throw ValidationError(
        "\(run.path) holds no model of trajectories given a frame: train one with --given frame, as in vae train "
          + "moving-digits --given frame --model conv")
    }
    let grid = data.exampleShape
    form = TrajectoryForm(rows: grid[0], columns: grid[1], steps: steps, coefficients: (grid[2] - 1) / 2)
    (self.model, frameShape, self.seed) = (model, shape, seed)
  }

  /// A picture file as a condition, [1, numbers of a frame]. Throws `DataError` if it can't be read.
  func condition(_ path: String) throws -> Tensor {
    let size = PictureOptions.Size(height: frameShape[0], width: frameShape[1])
    let options = PictureOptions(size: size, channels: frameShape.count == 3 ? frameShape[2] : 1)
    let frame = Dataset(options.apply(to: try Picture(reading: path)), name: path)
    let blocks = MotionSet.blocks(of: frame, form)
    return Examples(blocks).batch([0], stream: RandomStream(seed: seed))
  }

  /// Examples that p(z|c) and the mean of p(x|z, c) make, `draws` for one condition.
  func draws(_ count: Int, given c: Tensor, _ stream: RandomStream) -> [[Float]] {
    let values = model.expectations(count, given: c, stream).scalars
    return stride(from: 0, to: values.count, by: model.inputSize).map { Array(values[$0..<$0 + model.inputSize]) }
  }

  /// The deterministic network's, the regressor.
  func guess(given c: Tensor) -> [Float] { model.guess(given: c).scalars }

  /// The frame of a condition, in colour, each pixel `zoom` wide.
  func frame(_ c: Tensor, zoom: Int) -> Picture {
    MotionSet.picture(ofBlocks: c.scalars, shape: frameShape, form).enlarged(by: zoom).coloured
  }

  /// The frame with the way of every point that moves by a pixel at least, from yellow to red, up to `step`.
  func overlay(_ example: [Float], on frame: Picture, zoom: Int, upTo step: Int? = nil) -> Picture {
    var picture = frame
    let ways = form.decode(example)
    let last = min(step ?? form.steps, form.steps)
    let (tall, wide) = (frameShape[0] / form.rows, frameShape[1] / form.columns)
    for point in 0..<form.points {
      func place(_ time: Int) -> (x: Double, y: Double) {
        let start = (
          x: Double(point % form.columns * wide) + Double(wide) / 2,
          y: Double(point / form.columns * tall) + Double(tall) / 2
        )
        if time == 0 { return (start.x * Double(zoom), start.y * Double(zoom)) }
        let first = (point * form.steps + time - 1) * 2
        return (
          (start.x + Double(ways[first])) * Double(zoom), (start.y + Double(ways[first + 1])) * Double(zoom)
        )
      }
      let (from, to) = (place(0), place(form.steps))
      let moved = ((to.x - from.x) * (to.x - from.x) + (to.y - from.y) * (to.y - from.y)).squareRoot()
      guard moved >= Double(zoom), last > 0 else { continue }
      for time in 1...last {
        let age = Double(time) / Double(form.steps)
        picture.drawLine(from: place(time - 1), to: place(time), width: 1.2, colour: (1, 0.9 * (1 - age), 0))
      }
      picture.drawLine(from: place(last), to: place(last), width: 3.2, colour: (1, 0.2, 0.1))
    }
    return picture
  }
}
