import Autoencoders
import Datasets
import Foundation
import Tensors

/// What latents say about known factors.
struct FactorsResult {
  /// As numbers.
  struct Report: Encodable {
    struct Factor: Encodable {
      var name: String
      /// The latent it is read from, two if it comes round again, and whether the model was made so.
      var latents: [Int]
      var isOwn: Bool
      var single: FactorReading.Score
      var linear: FactorReading.Score
      /// The part of those latents' variance that lies within one thing.
      var varianceWithinThings: Double
      /// From the same latents by a line for each thing, where all things were learned from.
      var withinThings: FactorReading.Score?
      /// The same of one class at a time, with a line (and in a plain model best latents) of its own.
      var classes: [OfClass]
    }
    struct OfClass: Encodable {
      var name: String
      var latents: [Int]
      var single: FactorReading.Score
    }
    var split: String
    var fitted: Int
    var judged: Int
    var things: Int
    /// Those that are in the training data too.
    var knownThings: Int
    var factors: [Factor]
    /// The latents of no factor.
    var identityLatents: Int
    /// The part of their variance that lies within one thing, as its factors change.
    var identityVarianceWithinThings: Double
  }

  let report: Report
  private let readings: [FactorReading]
  private let things: [[Int]]
  private let codes: Tensor
  private let truth: Dataset.Factors
  private let labels: [Int]?
  private let labelNames: [String]?

  init(
    _ model: any LatentVariableModel, names: [String], own: InverseGraphics?, fitted: Examples, judged: Examples,
    split: String,
    stream: RandomStream
  ) {
    func means(_ examples: Examples) -> Tensor {
      Inference.encode(model, examples, positions: Array(0..<examples.count), stream: stream).means
    }
    let (lessons, codes, known, truth) = (means(fitted), means(judged), fitted.factors!, judged.factors!)
    func values(_ name: String, _ factors: Dataset.Factors) -> [Float] {
      (0..<factors.values.count / factors.names.count).map { factors.value(name, of: $0) }
    }
    let all = Array(0..<model.latentSize)
    let readings = names.map { name -> FactorReading in
      let (told, period) = (values(name, known), truth.periods[name])
      guard let units = own?.latents(of: name) else {
        return .best(of: told, from: lessons, period: period)
      }
      return FactorReading(of: told, from: lessons, units: Array(units), period: period)
    }
    // A thing is what agrees in all factors but those that say how it is shown.
    let how = truth.names.filter { !truth.identity.contains($0) }
    let things = FactorGroups(truth, varying: how)
    let groups = (0..<things.count).map { Array(things[$0]) }
    func identities(_ factors: Dataset.Factors, _ examples: some Sequence<Int>) -> Set<[Float]> {
      Set(examples.map { example in factors.identity.map { factors.value($0, of: example) } })
    }
    let trained = identities(fitted.dataset.factors!, fitted.indices ?? Array(0..<fitted.count))
    let learned = Self.lessons(of: groups, known, truth)
    let taken = Set(readings.flatMap(\.units)).union(own?.latents.joined().map { $0 } ?? [])
    let identity = all.filter { !taken.contains($0) }
    let classes = Self.classes(fitted, judged)
    report = Report(
      split: split, fitted: fitted.count, judged: judged.count, things: groups.count,
      knownThings: identities(truth, 0..<judged.count).intersection(trained).count,
      factors: zip(names, readings).map { name, reading in
        let (taught, told, period) = (values(name, known), values(name, truth), truth.periods[name])
        let linear = FactorReading(of: taught, from: lessons, units: all, period: period)
        let ofClasses = classes.map { each -> Report.OfClass in
          let line =
            own?.latents(of: name) != nil
            ? FactorReading(
              of: taught, from: lessons, units: reading.units, period: period, examples: each.fitted)
            : .best(of: taught, from: lessons, period: period, examples: each.fitted)
          return .init(
            name: each.name, latents: line.units, single: line.score(told, codes, examples: each.judged))
        }
        let within = learned.map { learned in
          FactorReading.Score(
            zip(groups, learned).flatMap { judged, fitted in
              FactorReading(of: taught, from: lessons, units: reading.units, period: period, examples: fitted)
                .pairs(told, codes, examples: judged)
            }, period: period.map(Double.init))
        }
        return .init(
          name: name, latents: reading.units, isOwn: own?.latents(of: name) != nil, single: reading.score(told, codes),
          linear: linear.score(told, codes),
          varianceWithinThings: Invariance.shareWithin(groups, of: codes, units: reading.units), withinThings: within,
          classes: ofClasses)
      }, identityLatents: identity.count,
      identityVarianceWithinThings: Invariance.shareWithin(groups, of: codes, units: identity))
    (self.readings, self.codes, self.truth, self.things) = (readings, codes, truth, groups)
    (labels, labelNames) = (judged.labels, judged.dataset.labelNames)
  }

  /// For each thing that is judged, what was learned from of it; nil unless there are some views of each.
  private static func lessons(
    of things: [[Int]], _ known: Dataset.Factors, _ truth: Dataset.Factors
  ) -> [[Int]]? {
    func thing(_ factors: Dataset.Factors, _ example: Int) -> [Float] {
      factors.identity.map { factors.value($0, of: example) }
    }
    let views = Dictionary(grouping: 0..<known.values.count / known.names.count) { thing(known, $0) }
    let lessons = things.map { views[thing(truth, $0[0])] ?? [] }
    return lessons.allSatisfy { $0.count >= 8 } ? lessons : nil
  }

  /// The examples of each class, where there are a few; none where all are of one.
  private static func classes(
    _ fitted: Examples, _ judged: Examples
  ) -> [(name: String, fitted: [Int], judged: [Int])] {
    guard let known = fitted.labels, let labels = judged.labels else { return [] }
    let shared = Set(known).intersection(labels).sorted()
    guard 2...10 ~= shared.count else { return [] }
    let names = judged.dataset.labelNames
    return shared.map { label in
      (
        names.map { $0[label] } ?? "\(label)", known.indices.filter { known[$0] == label },
        labels.indices.filter { labels[$0] == label }
      )
    }
  }

  /// What is read from the one latent against what is true, coloured by class where classes are few.
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
    return things.map { thing in
      let part = thing.map { example in
        let turn = Double(truth.value(name, of: example)) / period
        return Int(8 * (turn - turn.rounded(.down))) % 8
      }
      var chart = ScatterChart(
        title: truth.identity.map { "\($0) \(Format.fixed(Double(truth.value($0, of: thing[0])), 0))" }
          .joined(separator: ", "), xLabel: "latent \(units[0])", yLabel: "latent \(units[1])",
        x: thing.map { Double(all[$0 * size + units[0]]) }, y: thing.map { Double(all[$0 * size + units[1]]) },
        labels: part)
      chart.isWheel = true
      chart.hasEqualScales = true
      for (index, part) in Set(part).sorted().enumerated() {
        chart.groups[index].name = "\(name) from \(Format.fixed(period / 8 * Double(part), period < 10 ? 1 : 0))"
      }
      return chart
    }
  }

  private static func list(_ latents: [Int]) -> String { latents.map(String.init).joined(separator: "+") }

  /// As a table.
  var text: String {
    let width = (report.factors.map(\.name.count).max() ?? 0).advanced(by: 2)
    let seen = report.knownThings == 0 ? "none of them learned from" : "\(report.knownThings) of them learned from"
    var lines = [
      "\(Format.count(report.judged)) \(report.split) examples of \(report.things) things, \(seen); fitted on "
        + "\(Format.count(report.fitted)) training examples",
      "",
      "factor".padded(to: width) + "latent      correlation  error    all latents  error",
    ]
    for factor in report.factors {
      lines.append(
        factor.name.padded(to: width) + "\(Self.list(factor.latents)) \(factor.isOwn ? "own" : "best")".padded(to: 12)
          + Format.fixed(factor.single.correlation).padded(to: 13) + Format.fixed(factor.single.error).padded(to: 9)
          + Format.fixed(factor.linear.correlation).padded(to: 13) + Format.fixed(factor.linear.error))
    }
    if let classes = report.factors.first?.classes, !classes.isEmpty {
      let widths = classes.map { max(6, $0.name.count + 2) }
      lines += ["", "correlation in each class, with a line of its own", "".padded(to: width)]
      lines[lines.count - 1] += zip(classes, widths).map { $0.name.padded(to: $1) }.joined()
      for factor in report.factors {
        let numbers = zip(factor.classes, widths).map { Format.fixed($0.single.correlation).padded(to: $1) }
        lines.append(factor.name.padded(to: width) + numbers.joined())
      }
    }
    let within = report.factors.compactMap { factor in factor.withinThings.map { (factor.name, $0) } }
    if !within.isEmpty {
      lines += ["", "with a line for each thing"]
      lines += within.map { name, score in
        name.padded(to: width + 12) + Format.fixed(score.correlation).padded(to: 13) + Format.fixed(score.error)
      }
    }
    lines.append("")
    lines.append(
      "the other \(report.identityLatents) latents: \(Format.fixed(100 * report.identityVarianceWithinThings, 1))% of "
        + "their variance within one thing (0 is invariant)")
    return lines.joined(separator: "\n")
  }
}
