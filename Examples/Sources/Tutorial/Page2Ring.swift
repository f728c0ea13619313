import Autoencoders
import Datasets
import Foundation
import Networks
import Pictures
import Tensors

/// Page 2: why a Gaussian P(z) is enough. A decoder learns, from points on a ring and nothing else, how to bend a
/// Gaussian into the ring (Doersch's figure 2, where the map is given: g(z) = z/10 + z/|z|).
func ring(_ place: Workplace) throws {
  let stream = RandomStream(seed: 2)
  let data = ringPoints(stream["data"].normal([4000, 2]))

  var settings = TrainingSettings()
  settings.objective = Objective(bound: .iwae, samples: 200)  // the mean over 200 draws of z
  settings.optimizer.rate = 0.005
  settings.schedule = Schedule(.cosine(floor: 0))
  settings.batchSize = 50
  settings.epochs = 40
  let start = PlainSampler(hidden: 48, deviation: 0.5, stream: stream["weights"])
  var trainer = Trainer(start, settings: settings)
  try trainer.fit(Examples(Dataset(name: "ring", exampleShape: [2], values: .floats(data.scalars))))
  let model = trainer.model

  let z = stream["z"].normal([700, 2])
  let decoded = model.expectation(given: z)
  let sectors = directions(decoded).map { Int(($0 / (2 * .pi) + 0.5) * 8) % 8 }
  try scatter("z, drawn from N(0, I)", z, sectors).writeSVG(to: place.path("2-z.svg"))
  try scatter("f(z), the same draws through the learned map", decoded, sectors).writeSVG(
    to: place.path("2-decoded.svg"))
  try scatter("data", data.rows(0..<700), nil).writeSVG(to: place.path("2-data.svg"))

  let many = Inference.sample(model, stream["many"].normal([20_000, 2]), stream["noise"])
  let fresh = ringPoints(stream["fresh"].normal([20_000, 2]))
  print("sigma: 0.5 before training, \(text(Double(exp(model.logDeviation).scalar), 3)) after")
  print("                  radius: mean   deviation   in the hole (below 0.8)   fullest and emptiest eighth")
  for (name, points) in [
    ("data", fresh), ("untrained", start.expectation(given: stream["many"].normal([20_000, 2]))), ("learned", many),
  ] {
    let r = radii(points)
    let deviation = r.map { ($0 - r.mean) * ($0 - r.mean) }.mean.squareRoot()
    let hole = Double(r.filter { $0 < 0.8 }.count) / Double(r.count)
    var eighths = [Double](repeating: 0, count: 8)
    for direction in directions(points) { eighths[Int((direction / (2 * .pi) + 0.5) * 8) % 8] += 100 / Double(r.count) }
    print(
      "  \(name.padding(toLength: 10, withPad: " ", startingAt: 0))         \(text(r.mean, 3, width: 7))\(text(deviation, 3, width: 12))\(text(100 * hole, 1, width: 21))%\(text(eighths.max() ?? 0, 1, width: 20))% \(text(eighths.min() ?? 0, 1))%"
    )
  }
  let learned = radii(many)
  try check(abs(learned.mean - radii(fresh).mean) < 0.05, "the learned ring has the data's radius")
}

/// g(z) = z/10 + z/|z| of each row: [N, 2] to [N, 2]. The data only; the model never sees this formula.
func ringPoints(_ z: Tensor) -> Tensor {
  let numbers = z.scalars
  let length = stride(from: 0, to: numbers.count, by: 2).map { hypot(numbers[$0], numbers[$0 + 1]) }
  return Tensor(numbers.indices.map { numbers[$0] / 10 + numbers[$0] / length[$0 / 2] }, shape: z.shape)
}

private func radii(_ points: Tensor) -> [Double] {
  let p = points.scalars
  return stride(from: 0, to: p.count, by: 2).map { Double(hypot(p[$0], p[$0 + 1])) }
}

private func directions(_ points: Tensor) -> [Double] {
  let p = points.scalars
  return stride(from: 0, to: p.count, by: 2).map { Double(atan2(p[$0 + 1], p[$0])) }
}

private func scatter(_ title: String, _ points: Tensor, _ labels: [Int]?) -> ScatterChart {
  let p = points.scalars.map(Double.init)
  var chart = ScatterChart(
    title: title, xLabel: "first number", yLabel: "second number", x: stride(from: 0, to: p.count, by: 2).map { p[$0] },
    y: stride(from: 1, to: p.count, by: 2).map { p[$0] }, labels: labels)
  chart.hasEqualScales = true
  return chart
}
