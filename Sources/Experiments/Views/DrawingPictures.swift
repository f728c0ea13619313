import Autoencoders
import Datasets
import Pictures
import Tensors

/// Drawings step by step, as a strip for each and as an animation of all.
package struct DrawingPictures {
  /// What each drawing is like, where it is like something.
  private let originals: [Picture]
  /// [steps][drawings]
  private let panels: [[Picture]]

  /// Of the steps of drawings, and the examples that they are like; `frames`: with where the model writes, red, and looks, green.
  package init(_ steps: [DrawnStep], like examples: Tensor? = nil, _ showing: Showing, frames: Bool) throws {
    originals = try examples.map { try showing.pictures($0).map { FramedPicture($0).picture } } ?? []
    panels = try steps.map { step in
      try showing.pictures(step.pictures).enumerated().map { index, picture in
        var panel = FramedPicture(picture)
        guard frames else { return panel.picture }
        if !step.reading.isEmpty { panel.draw(step.reading[index], colour: (0.2, 0.8, 0.2)) }
        if !step.writing.isEmpty { panel.draw(step.writing[index], colour: (0.95, 0.2, 0.2)) }
        return panel.picture
      }
    }
  }

  /// Of `count` new drawings.
  package init(
    new count: Int, of model: any DrawingModel, _ showing: Showing, temperature: Float = 1, frames: Bool = true,
    seed: UInt64
  ) throws {
    let z = model.priorSample(count, RandomStream(seed: seed)["drawing"], temperature: temperature)
    try self.init(model.drawing(given: z), showing, frames: frames)
  }

  /// A row for each, `columns` canvases that are evenly spread over the steps.
  package func sheet(columns: Int = 11) -> Picture {
    let shown = min(columns, panels.count)
    let chosen = (0..<shown).map { shown == 1 ? panels.count - 1 : $0 * (panels.count - 1) / (shown - 1) }
    let cells = panels[0].indices.flatMap { index in
      originals.isEmpty ? chosen.map { panels[$0][index] } : [originals[index]] + chosen.map { panels[$0][index] }
    }
    return PictureGrid(columns: cells.count / panels[0].count, zoom: 1).picture(of: cells)
  }

  /// All at once, step by step; the last stays for a while.
  package func animation(delay: Double = 0.12) -> Animation {
    let columns = originals.isEmpty ? Int(Double(panels[0].count).squareRoot().rounded(.up)) : 2
    let grid = PictureGrid(columns: columns, zoom: 1)
    let sheets = panels.map { panels in
      grid.picture(
        of: panels.enumerated().flatMap { originals.isEmpty ? [$1] : [originals[$0], $1] })
    }
    return Animation(sheets + [Picture](repeating: sheets[sheets.count - 1], count: 10), delay: delay)
  }
}

extension DrawingPictures {
  /// Of held-out examples, drawn from their posterior means.
  package init(
    like examples: Examples, count: Int, of model: any DrawingModel, _ showing: Showing, frames: Bool
  ) throws {
    let chosen = someOf(examples.count, count: count, seed: showing.seed)
    let x = examples.batch(chosen[...], stream: RandomStream(seed: showing.seed)["data"])
    let steps = model.drawing(like: x, noise: Tensor(repeating: 0, shape: [chosen.count, model.latentSize]))
    try self.init(steps, like: x, showing, frames: frames)
  }
}

/// A picture in colour and large enough to draw frames on.
private struct FramedPicture {
  private(set) var picture: Picture
  private let zoom: Int

  init(_ original: Picture) {
    zoom = max(1, min(4, 160 / max(original.width, original.height)))
    picture = original.coloured.enlarged(by: zoom)
  }

  /// The square from a grid's first point to its last, with lines of a quarter of a deviation.
  mutating func draw(_ frame: AttentionFrame, colour: (Double, Double, Double)) {
    let (scale, half) = (Double(zoom), frame.side / 2)
    func point(_ x: Double, _ y: Double) -> (x: Double, y: Double) { ((x + 0.5) * scale, (y + 0.5) * scale) }
    let corners = [
      point(frame.x - half, frame.y - half), point(frame.x + half, frame.y - half),
      point(frame.x + half, frame.y + half), point(frame.x - half, frame.y + half),
    ]
    let width = min(1, max(0.3, frame.deviation / 4)) * scale
    for index in 0..<4 {
      picture.drawLine(from: corners[index], to: corners[(index + 1) % 4], width: width, colour: colour)
    }
  }
}
