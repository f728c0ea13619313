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
      /// The latent it is read from, and whether the model was made so.
      var latent: Int
      var isOwn: Bool
      var single: FactorReading.Score
      var linear: FactorReading.Score
      /// The part of that latent's variance that lies within one thing.
      var varianceWithinThings: Double
      /// The same of one class at a time, with a line (and in a plain model a best latent) of its own.
      var classes: [OfClass]
    }
    struct OfClass: Encodable {
      var name: String
      var latent: Int
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
  private let codes: Tensor
  private let truth: Dataset.Factors
  private let labels: [Int]?
  private let labelNames: [String]?

  init(
    _ model: any LatentVariableModel, names: [String], own: [String], fitted: Examples, judged: Examples, split: String,
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
      guard let unit = own.firstIndex(of: name) else {
        return .best(of: told, from: lessons, period: period)
      }
      return FactorReading(of: told, from: lessons, units: [unit], period: period)
    }
    // A thing is what agrees in all factors but those that say how it is shown.
    let how = truth.names.filter { !truth.identity.contains($0) }
    let things = FactorGroups(truth, varying: how)
    let groups = (0..<things.count).map { Array(things[$0]) }
    func identities(_ factors: Dataset.Factors, _ examples: some Sequence<Int>) -> Set<[Float]> {
      Set(examples.map { example in factors.identity.map { factors.value($0, of: example) } })
    }
    let trained = identities(fitted.dataset.factors!, fitted.indices ?? Array(0..<fitted.count))
    let taken = Set(readings.flatMap(\.units)).union(own.indices)
    let identity = all.filter { !taken.contains($0) }
    let classes = Self.classes(fitted, judged)
    report = Report(
      split: split, fitted: fitted.count, judged: judged.count, things: groups.count,
      knownThings: identities(truth, 0..<judged.count).intersection(trained).count,
      factors: zip(names, readings).map { name, reading in
        let (learned, told, period) = (values(name, known), values(name, truth), truth.periods[name])
        let linear = FactorReading(of: learned, from: lessons, units: all, period: period)
        let ofClasses = classes.map { each -> Report.OfClass in
          let line =
            own.contains(name)
            ? FactorReading(
              of: learned, from: lessons, units: reading.units, period: period, examples: each.fitted)
            : .best(of: learned, from: lessons, period: period, examples: each.fitted)
          return .init(
            name: each.name, latent: line.units[0], single: line.score(told, codes, examples: each.judged))
        }
        return .init(
          name: name, latent: reading.units[0], isOwn: own.contains(name), single: reading.score(told, codes),
          linear: linear.score(told, codes),
          varianceWithinThings: Invariance.shareWithin(groups, of: codes, units: reading.units), classes: ofClasses)
      }, identityLatents: identity.count,
      identityVarianceWithinThings: Invariance.shareWithin(groups, of: codes, units: identity))
    (self.readings, self.codes, self.truth) = (readings, codes, truth)
    (labels, labelNames) = (judged.labels, judged.dataset.labelNames)
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
      yLabel: "read from latent \(factor.latent)",
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
        factor.name.padded(to: width) + "\(factor.latent) \(factor.isOwn ? "own" : "best")".padded(to: 12)
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
    lines.append("")
    lines.append(
      "the other \(report.identityLatents) latents: \(Format.fixed(100 * report.identityVarianceWithinThings, 1))% of "
        + "their variance within one thing (0 is invariant)")
    return lines.joined(separator: "\n")
  }
}
