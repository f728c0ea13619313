import Autoencoders
import Datasets
import Foundation
import Pictures
import Tensors

/// What a trained model shows, as pictures.
public struct Showing: Sendable {
  /// The run.
  public let run: Run
  /// Its model.
  public let model: any LatentVariableModel
  /// Of the draws.
  public let seed: UInt64

  /// A run's model at work.
  public init(run: Run, model: any LatentVariableModel, seed: UInt64 = 0) {
    (self.run, self.model, self.seed) = (run, model, seed)
  }

  var stream: RandomStream { RandomStream(seed: seed)["showing"] }

  /// The shape of one example. Throws unless it can be shown as a picture.
  public func pictureShape() throws -> [Int] {
    let shape = run.configuration.examples.shape
    guard Picture.isPicture(shape: shape) else {
      throw ExperimentError(
        "examples of shape \(Format.shape(shape)) are not pictures; give --out a path ending in .csv or .npy")
    }
    return shape
  }

  /// Examples as pictures. `like` are the ones they are shown beside: where data lie outside [0, 1], those say what is black
  /// and white.
  public func pictures(_ values: Tensor, like others: Tensor? = nil) throws -> [Picture] {
    let (shape, numbers) = (try pictureShape(), values.scalars)
    let size = shape.reduce(1, *)
    let range = run.configuration.isBounded ? 0...1 : Picture.range(of: others?.scalars ?? numbers)
    return stride(from: 0, to: numbers.count, by: size).map {
      Picture(values: numbers[$0..<$0 + size], shape: shape, range: range)
    }
  }

  /// Data for latents drawn from the model's prior or another: expectations, or draws from p(x|z) too.
  ///
  /// Of a model of classes they are of one `label`, or of each class in turn.
  public func samples(
    _ count: Int, prior: GaussianMixture? = nil, temperature: Double = 1, drawn: Bool = false, label: Int? = nil
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
  public func reconstructions(_ examples: Examples, _ positions: [Int]) -> (originals: Tensor, reconstructions: Tensor)
  {
    let originals = examples.batch(positions[...], stream: stream["data"])
    let means = Inference.encode(model, examples, positions: positions, stream: stream["data"]).means
    return (originals, Inference.decode(model, means))
  }

  /// A row for each pair of examples: the first, the way between their posterior means decoded, the second.
  public func interpolations(_ examples: Examples, _ pairs: [(Int, Int)], steps: Int) throws -> Picture {
    var cells: [Picture] = []
    for pair in pairs {
      let (originals, _) = reconstructions(examples, [pair.0, pair.1])
      let ends = try pictures(originals)
      cells += [ends[0]] + (try between(examples, pair, steps)) + [ends[1]]
    }
    return PictureGrid(columns: steps + 2).picture(of: cells)
  }

  /// The ways between all pairs at once, there and back again.
  public func animation(_ examples: Examples, _ pairs: [(Int, Int)], steps: Int) throws -> Animation {
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

  /// The decoder's means over a grid of two latents.
  public func manifold(side: Int, axes: (Int, Int)) throws -> Picture {
    let grid = LatentPath.grid(side: side, latentSize: model.latentSize, axes: axes)
    let cells = try pictures(Inference.decode(model, latents(grid)))
    return PictureGrid(columns: side, gutter: 0).picture(of: cells)
  }

  /// Bound and log-likelihood by epoch.
  public func trainingCurve() -> LineChart {
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

  func latents(_ points: [[Float]]) -> Tensor {
    Tensor(points.flatMap { $0 }, shape: [points.count, model.latentSize])
  }

  /// Pairs of positions, chosen by the seed, of different classes where there are classes.
  public func pairs(_ examples: Examples, _ count: Int) -> [(Int, Int)] {
    let labels = examples.labels
    let order = someOf(examples.count, count: max(10 * count, 20), seed: seed)
    let (firsts, seconds) = (order.prefix(order.count / 2), Array(order.suffix(order.count - order.count / 2)))
    let all = firsts.enumerated().map { ($1, seconds[$0 % seconds.count]) }
    let mixed = all.filter { labels == nil || labels![$0.0] != labels![$0.1] }
    return Array((mixed.count >= count ? mixed : all).prefix(count))
  }

  /// Samples, each with its nearest training example below it, and how far apart they are, the least first.
  public func neighbours(
    of samples: Tensor, in train: Examples, columns: Int
  ) throws -> (sheet: Picture, distances: [Float]) {
    // As they are, not as a draw of zeros and ones.
    let examples = Examples(train.dataset, indices: train.indices)
    let found = NearestNeighbours(of: samples.scalars, in: examples)
    let nearest = examples.batch(found.indices[...], stream: RandomStream(seed: seed))
    let sheet = PictureGrid.pairs(
      originals: try pictures(samples), reconstructions: try pictures(nearest), columns: columns)
    return (sheet, found.distances.sorted())
  }

  /// For each example its reconstruction as every class, [N C, D], with the examples as they are, [N, D]. Throws
  /// ``ExperimentError`` where the model knows no classes.
  public func analogies(_ all: Examples, count: Int) throws -> (originals: Tensor, analogies: Tensor, classes: Int) {
    guard let model = model as? any ClassConditioned else { throw run.noClasses }
    let examples = all.asTheyAre
    let positions = someOf(examples.count, count: count, seed: seed)
    let x = examples.batch(positions[...], stream: RandomStream(seed: seed)["analogies"]).asConstant
    let known = examples.labels.map { labels in positions.map { labels[$0] } }
    let own =
      known.flatMap { known in known.allSatisfy { $0 < model.classes } ? known : nil }
      ?? model.classLogProbabilities(x).mostProbable
    let styles = model.style(of: x, classes: own)
    let repeated = Tensor.stacked(
      (0..<x.shape[0]).flatMap { [Tensor](repeating: styles.rows($0..<$0 + 1), count: model.classes) })
    let labels = (0..<x.shape[0] * model.classes).map { $0 % model.classes }
    return (x, model.expectation(style: repeated, classes: labels), model.classes)
  }

  /// A row for each example: as it is, then as every class.
  public func sheet(_ originals: Tensor, analogies: Tensor, classes: Int) throws -> Picture {
    let (own, others) = (try pictures(originals), try pictures(analogies, like: originals))
    let cells = own.indices.flatMap { [own[$0]] + others[$0 * classes..<($0 + 1) * classes] }
    return PictureGrid(columns: classes + 1).picture(of: cells)
  }
}
