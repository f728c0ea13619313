import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

extension Showing {
  /// The mean divergence of each unit's q(z|x) from N(0, 1), nats: how much the model uses it.
  public func divergenceByUnit(_ examples: Examples) -> [Double] {
    let (means, deviations) = Inference.encode(
      model, examples, positions: Array(0..<examples.count), stream: stream["data"])
    let (m, s, units) = (means.scalars, deviations.scalars, model.latentSize)
    return (0..<units).map { unit in
      let values = stride(from: unit, to: m.count, by: units).map { i -> Double in
        let (mean, deviation) = (Double(m[i]), Double(s[i]))
        return 0.5 * (mean * mean + deviation * deviation - 1) - log(deviation)
      }
      return values.reduce(0, +) / Double(max(1, values.count))
    }
  }

  /// Units that are moved together, and through which values.
  package struct Way {
    let units: [Int]
    let points: [[Float]]

    /// One unit, from one end to the other.
    package init(_ unit: Int, _ ends: ClosedRange<Float>, steps: Int) {
      units = [unit]
      points = (0..<steps).map { step in
        [ends.lowerBound + (ends.upperBound - ends.lowerBound) * Float(step) / Float(steps - 1)]
      }
    }

    /// Two units once round, from where they are; the last step is one short of the first.
    package init(_ units: [Int], from start: [Float], steps: Int) {
      self.units = units
      points = (0..<steps).map { step in
        let angle = 2 * Float.pi * Float(step) / Float(steps)
        let (c, s) = (cos(angle), sin(angle))
        return [c * start[0] - s * start[1], s * start[0] + c * start[1]]
      }
    }
  }

  /// A row for each way: its units go it, the others stay at an example's posterior means. If asked for, rows
  /// begin with the example and with what it is decoded to.
  package func traversals(
    _ examples: Examples, _ position: Int, ways: [Way], beginning: Bool = false
  ) throws -> Picture {
    let (means, steps) = (code(of: position, examples), ways.first?.points.count ?? 0)
    let points = ways.flatMap { way in
      way.points.map { values -> [Float] in
        var z = means
        for (unit, value) in zip(way.units, values) { z[unit] = value }
        return z
      }
    }
    let turned = try pictures(Inference.decode(model, latents(points)))
    guard beginning else { return PictureGrid(columns: steps).picture(of: turned) }
    let (original, decoded) = reconstructions(examples, [position])
    let begin = try pictures(original) + pictures(decoded)
    let rows = ways.indices.flatMap { begin + turned[$0 * steps..<($0 + 1) * steps] }
    return PictureGrid(columns: steps + 2).picture(of: rows)
  }

  /// An example's posterior mean.
  package func code(of position: Int, _ examples: Examples) -> [Float] {
    Inference.encode(model, examples, positions: [position], stream: stream["data"]).means.scalars
  }

  /// Between which values nearly all posterior means of each unit lie: all but one in a hundred at each end.
  package func reaches(_ examples: Examples) -> [ClosedRange<Float>] {
    let means = Inference.encode(model, examples, positions: Array(0..<examples.count), stream: stream["data"]).means
    let numbers = means.scalars
    return (0..<model.latentSize).map { unit in
      let sorted = stride(from: unit, to: numbers.count, by: model.latentSize).map { numbers[$0] }.sorted()
      let margin = sorted.count / 100
      return sorted[margin]...sorted[sorted.count - 1 - margin]
    }
  }
}
