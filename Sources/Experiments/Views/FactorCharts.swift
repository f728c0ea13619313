import Autoencoders
import Datasets
import Pictures
import Tensors

/// Pictures of what latents say about known factors.
extension FactorsResult {
  /// What is read from the factor's latents against what is true, coloured by class where classes are few.
  func chart(_ name: String, source: String) -> ScatterChart {
    let place = report.factors.firstIndex { $0.name == name }!
    let factor = report.factors[place]
    let read = readings[place].values(from: codes)
    let told = read.indices.map { truth.value(name, of: $0) }
    let classes = labels.flatMap { Set($0).count <= 10 ? $0 : nil }
    // Values of a grid lie on one line each: a little to the side they show how many there are.
    let steps = Set(told).sorted()
    let gap = Double(zip(steps, steps.dropFirst()).map { $1 - $0 }.min() ?? 1)
    let aside = RandomStream(seed: 0)["aside"].uniform([max(1, read.count)]).scalars
    let shown = someOf(read.count, count: 500, seed: 0)
    var chart = ScatterChart(
      title: "\(source): \(name), correlation \(Format.fixed(factor.single.correlation))", xLabel: "true \(name)",
      yLabel: "read from latent \(Self.list(factor.latents))",
      x: shown.map { Double(told[$0]) + 0.5 * gap * (Double(aside[$0]) - 0.5) }, y: shown.map { read[$0] },
      labels: classes.map { all in shown.map { all[$0] } })
    if let labelNames, let classes {
      for (index, label) in Set(shown.map { classes[$0] }).sorted().enumerated()
      where labelNames.indices.contains(label) {
        chart.groups[index].name = labelNames[label]
      }
    }
    return chart
  }

  /// Of a factor that comes round again, and few things: the two latents of each thing, coloured by what is true in eight
  /// parts of the whole. Where they go round as the thing does, the latents know from where it is seen.
  func circles(_ name: String) -> [ScatterChart] {
    let place = report.factors.firstIndex { $0.name == name }!
    let units = readings[place].units
    guard units.count == 2, let period = readings[place].period, 1...24 ~= things.count else { return [] }
    let (all, size) = (codes.scalars, codes.shape[1])
    func part(of example: Int) -> Int {
      let turn = Double(truth.value(name, of: example)) / period
      return Int(8 * (turn - turn.rounded(.down))) % 8
    }
    return things.map { thing in
      let shown = someOf(thing.count, count: 500, seed: 0).map { thing[$0] }
      let groups = (0..<8).map { number -> ScatterChart.Group in
        let places = shown.filter { part(of: $0) == number }.map { $0 * size }
        return .init(
          name: "\(name) from \(Format.fixed(period / 8 * Double(number), period < 10 ? 1 : 0))",
          x: places.map { Double(all[$0 + units[0]]) }, y: places.map { Double(all[$0 + units[1]]) })
      }
      let identity = truth.identity.map { "\($0) \(Format.fixed(Double(truth.value($0, of: thing[0])), 0))" }
      var chart = ScatterChart(
        title: identity.joined(separator: ", "), xLabel: "latent \(units[0])", yLabel: "latent \(units[1])",
        groups: groups)
      (chart.isWheel, chart.hasEqualScales) = (true, true)
      return chart
    }
  }
}
