import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

/// What a model of trajectories given a frame expects, and how that is drawn.
package struct Futures {
  package let model: any ConditionalModel
  package let form: TrajectoryForm
  package let frameShape: [Int]
  package let seed: UInt64

  /// Throws where the run is no model of trajectories.
  package init(_ run: Run, _ model: any LatentVariableModel, seed: UInt64) throws {
    let (data, grid) = (run.configuration.data, run.configuration.examples.shape)
    guard let model = model as? any ConditionalModel, data.given == "frame", let shape = data.frameShape,
      let steps = data.steps, grid.count == 3
    else {
      throw ExperimentError(
        "\(run.path) holds no model of trajectories given a frame: train one with --given frame, as in vae train "
          + "moving-digits --given frame --model conv")
    }
    form = TrajectoryForm(rows: grid[0], columns: grid[1], steps: steps, coefficients: (grid[2] - 1) / 2)
    (self.model, frameShape, self.seed) = (model, shape, seed)
  }

  /// A picture file as a condition, [1, numbers of a frame]. Throws `DataError` if it can't be read.
  package func condition(_ path: String) throws -> Tensor {
    let size = PictureOptions.Size(height: frameShape[0], width: frameShape[1])
    let options = PictureOptions(size: size, channels: frameShape.count == 3 ? frameShape[2] : 1)
    let frame = Dataset(options.apply(to: try Picture(reading: path)), name: path)
    let blocks = MotionSet.blocks(of: frame, form)
    return Examples(blocks).batch([0], stream: RandomStream(seed: seed))
  }

  /// Examples that p(z|c) and the mean of p(x|z, c) make, `draws` for one condition.
  package func draws(_ count: Int, given c: Tensor, _ stream: RandomStream) -> [[Float]] {
    let values = model.expectations(count, given: c, stream).scalars
    return stride(from: 0, to: values.count, by: model.inputSize).map { Array(values[$0..<$0 + model.inputSize]) }
  }

  /// The deterministic network's, the regressor.
  package func guess(given c: Tensor) -> [Float] { model.guess(given: c).scalars }

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

/// Frames and what may happen in them: conditions, drawn futures and, where it is known, the truth.
package struct PredictedScenes {
  let futures: Futures
  let conditions: [Tensor]
  let truths: [[Float]]?
  /// [frames][draws], each an example.
  package let drawn: [[[Float]]]
  private let draws: Int

  /// Futures of the pictures in files.
  package init(_ futures: Futures, files: [String], draws: Int) throws {
    self.init(futures, try files.map { try futures.condition($0) }, nil, draws)
  }

  /// Futures of some examples, chosen by the seed.
  package init(_ futures: Futures, of examples: Examples, count: Int, draws: Int) {
    let rows = someOf(examples.count, count: count, seed: futures.seed).map {
      examples.batch([$0], stream: RandomStream(seed: futures.seed))
    }
    self.init(
      futures, rows.map { futures.model.condition(of: $0) }, rows.map { futures.model.target(of: $0).scalars }, draws)
  }

  private init(_ futures: Futures, _ conditions: [Tensor], _ truths: [[Float]]?, _ draws: Int) {
    let stream = RandomStream(seed: futures.seed)["futures"]
    (self.futures, self.conditions, self.truths, self.draws) = (futures, conditions, truths, draws)
    drawn = conditions.indices.map { futures.draws(draws, given: conditions[$0], stream[$0]) }
  }

  /// Displacements in pixels and their shape, [frames, draws, rows, columns, steps, 2].
  package var displacements: (values: [Float], shape: [Int]) {
    let form = futures.form
    return (
      drawn.flatMap { $0.flatMap { form.decode($0) } },
      [conditions.count, draws, form.rows, form.columns, form.steps, 2]
    )
  }

  private func zoom(panels: Int) -> Int { max(1, min(4, 1600 / (panels * futures.frameShape[1]))) }

  /// A row for each frame: as it is, what the regressor expects, futures, the truth.
  package var sheet: Picture {
    let panels = draws + 2 + (truths == nil ? 0 : 1)
    let zoom = zoom(panels: panels)
    let cells = conditions.indices.flatMap { index -> [Picture] in
      let frame = futures.frame(conditions[index], zoom: zoom)
      let examples = [futures.guess(given: conditions[index])] + drawn[index] + (truths.map { [$0[index]] } ?? [])
      return [frame] + examples.map { futures.overlay($0, on: frame, zoom: zoom) }
    }
    return PictureGrid(columns: panels, zoom: 1).picture(of: cells)
  }

  /// Futures and the truth, moving.
  package var animation: Animation {
    let panels = draws + (truths == nil ? 0 : 1)
    let zoom = zoom(panels: panels)
    let frames = conditions.map { futures.frame($0, zoom: zoom) }
    let steps = stride(from: 0, through: futures.form.steps, by: max(1, futures.form.steps / 15))
    return Animation(
      steps.map { step in
        let cells = conditions.indices.flatMap { index in
          (drawn[index] + (truths.map { [$0[index]] } ?? [])).map {
            futures.overlay($0, on: frames[index], zoom: zoom, upTo: step)
          }
        }
        return PictureGrid(columns: panels, zoom: 1).picture(of: cells)
      }, delay: 0.12)
  }
}
