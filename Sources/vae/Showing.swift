import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

/// What a trained model shows: each picture is made here once, for the commands and for the report.
struct Showing {
  let run: Run
  let model: any LatentVariableModel
  let seed: UInt64

  private var stream: RandomStream { RandomStream(seed: seed)["showing"] }

  /// The shape of one example. Throws unless it can be shown as a picture.
  func pictureShape() throws -> [Int] {
    let shape = run.configuration.data.exampleShape
    guard Picture.isPicture(shape: shape) else {
      throw ValidationError(
        "examples of shape \(Format.shape(shape)) are not pictures; give --out a path ending in .csv or .npy")
    }
    return shape
  }

  /// Examples as pictures. `like` are the ones they are shown beside: where data lie outside [0, 1], those say what is black
  /// and white.
  func pictures(_ values: Tensor, like others: Tensor? = nil) throws -> [Picture] {
    let (shape, numbers) = (try pictureShape(), values.scalars)
    let size = shape.reduce(1, *)
    let range = run.configuration.model.boundedMean ? 0...1 : Picture.range(of: others?.scalars ?? numbers)
    return stride(from: 0, to: numbers.count, by: size).map {
      Picture(values: numbers[$0..<$0 + size], shape: shape, range: range)
    }
  }

  /// Data for latents drawn from the model's prior or another: expectations, or draws from p(x|z) too.
  ///
  /// Of a model of classes they are of one `label`, or of each class in turn.
  func samples(
    _ count: Int, prior: GaussianMixture? = nil, temperature: Double, drawn: Bool, label: Int? = nil
  ) -> Tensor {
    if let model = model as? any ClassConditioned {
      let z = stream["prior"].normal([count, model.styleSize]).scaled(by: Float(temperature))
      let labels = (0..<count).map { label ?? $0 % model.classes }
      return drawn
        ? model.sample(style: z, classes: labels, stream["draw"]) : model.expectation(style: z, classes: labels)
    }
    let z =
      prior?.sample(count, stream["prior"], temperature: Float(temperature))
      ?? model.priorSample(count, stream["prior"], temperature: Float(temperature))
    return drawn ? Inference.sample(model, z, stream["draw"]) : Inference.decode(model, z)
  }

  /// Examples as they are, and decoded from their posterior means.
  func reconstructions(_ examples: Examples, _ positions: [Int]) -> (originals: Tensor, reconstructions: Tensor) {
    let originals = examples.batch(positions[...], stream: stream["data"])
    let means = Inference.encode(model, examples, positions: positions, stream: stream["data"]).means
    return (originals, Inference.decode(model, means))
  }

  /// A row for each pair of examples: the first, the way between their posterior means decoded, the second.
  func interpolations(_ examples: Examples, _ pairs: [(Int, Int)], steps: Int) throws -> Picture {
    var cells: [Picture] = []
    for pair in pairs {
      let (originals, _) = reconstructions(examples, [pair.0, pair.1])
      let ends = try pictures(originals)
      cells += [ends[0]] + (try between(examples, pair, steps)) + [ends[1]]
    }
    return PictureGrid(columns: steps + 2).picture(of: cells)
  }

  /// The ways between all pairs at once, there and back again.
  func animation(_ examples: Examples, _ pairs: [(Int, Int)], steps: Int) throws -> Animation {
    let ways = try pairs.map { try between(examples, $0, steps) }
    let grid = PictureGrid(columns: Int(Double(pairs.count).squareRoot().rounded(.up)))
    let frames = (0..<steps).map { step in grid.picture(of: ways.map { $0[step] }) }
    return Animation(frames + frames.dropFirst().dropLast().reversed())
  }

  /// The decoded way from one example's posterior mean to another's, ends included.
  private func between(_ examples: Examples, _ pair: (Int, Int), _ steps: Int) throws -> [Picture] {
    let means = Inference.encode(model, examples, positions: [pair.0, pair.1], stream: stream["data"]).means
    let path = LatentPath.line(from: means.rows(0..<1).scalars, to: means.rows(1..<2).scalars, steps: steps)
    return try pictures(Inference.decode(model, latents(path)))
  }

  /// The mean divergence of each unit's q(z|x) from N(0, 1), nats: how much the model uses it.
  func divergenceByUnit(_ examples: Examples) -> [Double] {
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
  struct Way {
    let units: [Int]
    let points: [[Float]]

    /// One unit, from one end to the other.
    init(_ unit: Int, _ ends: ClosedRange<Float>, steps: Int) {
      units = [unit]
      points = (0..<steps).map { step in
        [ends.lowerBound + (ends.upperBound - ends.lowerBound) * Float(step) / Float(steps - 1)]
      }
    }

    /// Two units once round, from where they are; the last step is one short of the first.
    init(_ units: [Int], from start: [Float], steps: Int) {
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
  func traversals(
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
  func code(of position: Int, _ examples: Examples) -> [Float] {
    Inference.encode(model, examples, positions: [position], stream: stream["data"]).means.scalars
  }

  /// Between which values nearly all posterior means of each unit lie: all but one in a hundred at each end.
  func reaches(_ examples: Examples) -> [ClosedRange<Float>] {
    let means = Inference.encode(model, examples, positions: Array(0..<examples.count), stream: stream["data"]).means
    let numbers = means.scalars
    return (0..<model.latentSize).map { unit in
      let sorted = stride(from: unit, to: numbers.count, by: model.latentSize).map { numbers[$0] }.sorted()
      let margin = sorted.count / 100
      return sorted[margin]...sorted[sorted.count - 1 - margin]
    }
  }

  /// The decoder's means over a grid of two latents.
  func manifold(side: Int, axes: (Int, Int)) throws -> Picture {
    let grid = LatentPath.grid(side: side, latentSize: model.latentSize, axes: axes)
    let cells = try pictures(Inference.decode(model, latents(grid)))
    return PictureGrid(columns: side, gutter: 0).picture(of: cells)
  }

  /// Bound and log-likelihood by epoch.
  func trainingCurve() -> LineChart {
    let lines = run.metrics()
    let epochs = lines.map { Double($0.epoch) }
    var series = [
      LineChart.Series(
        name: "training bound (running)", x: epochs, y: lines.map { $0.logLikelihood - $0.divergence })
    ]
    if lines.contains(where: { $0.validationBound != nil }) {
      series.append(.init(name: "validation bound", x: epochs, y: lines.map { $0.validationBound ?? .nan }))
    }
    return LineChart(
      title: "Evidence lower bound", xLabel: "epoch", yLabel: "nats per example", series: series)
  }

  private func latents(_ points: [[Float]]) -> Tensor {
    Tensor(points.flatMap { $0 }, shape: [points.count, model.latentSize])
  }
}

/// Where a command puts what it made, and in which form.
struct OutputOptions: ParsableArguments {
  @Option(
    name: [.customShort("o"), .long], help: "Where to write; by default a picture in the run's folder.",
    completion: .file())
  var out: String?

  /// The path asked for, or `name` in the run's folder.
  func path(in run: Run, _ name: String) -> String { out ?? "\(run.path)/\(name)" }
}

/// Writes numbers or, if the path says so, a picture; says where.
func write(_ values: Tensor, exampleShape: [Int], to path: String, picture: () throws -> Picture) throws {
  if path.lowercased().hasSuffix(".png") {
    try picture().writePNG(to: path)
  } else {
    try ArrayFile.write(values.scalars, shape: [values.shape[0]] + exampleShape, to: path)
  }
  Terminal.result(path)
}
