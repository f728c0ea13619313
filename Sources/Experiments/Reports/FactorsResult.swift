import Autoencoders
import Datasets
import Foundation
import LatentAnalysis
import Pictures
import Tensors

/// What latents say about known factors.
package struct FactorsResult {
  /// As numbers.
  package struct Report: Encodable {
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

  package let report: Report
  /// The report's factors, in its order.
  let readings: [FactorReading]
  /// The judged examples of each thing.
  let things: [[Int]]
  /// Posterior means of judged examples, [N, L], and what is known of them.
  let codes: Tensor
  let truth: Dataset.Factors
  let labels: [Int]?
  let labelNames: [String]?

  init(
    _ model: any LatentVariableModel, names: [String], own: InverseGraphics?, fitted: Examples, judged: Examples,
    split: String, stream: RandomStream
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

  static func list(_ latents: [Int]) -> String { latents.map(String.init).joined(separator: "+") }

  /// As a table.
  package var text: String {
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

extension FactorsResult {
  /// Factors read from the latents of a run's model.
  ///
  /// - Parameters:
  ///   - names: which factors; by default the model's own, or all that don't say what is shown.
  ///   - held: what is judged, at most `limit` examples chosen by the seed.
  ///   - fitted: how many training examples lines are fitted on.
  /// - Throws: ``ExperimentError`` where factors are not known.
  package init(
    _ run: Run, _ model: any LatentVariableModel, names: [String]?, held: (split: String, examples: Examples),
    fitted: Int, limit: Int?, directory: String?, seed: UInt64, reporter: any Reporter
  ) throws {
    let (configuration, examples) = (run.configuration, held.examples)
    let train = try run.data(directory: directory, reporter: reporter).train
    let judged = examples.selecting(someOf(examples.count, count: limit ?? examples.count, seed: seed))
    let lessons = train.selecting(someOf(train.count, count: fitted, seed: seed))
    guard let known = judged.factors, lessons.factors != nil else {
      throw ExperimentError(
        "nothing is known of the factors of \(examples.dataset.name); 'vae data list' shows sets with factors")
    }
    if let other = names?.first(where: { !known.names.contains($0) }) {
      throw SettingError("factors", "there is no factor \(other), but \(known.names.joined(separator: ", "))")
    }
    let graphics = configuration.model.graphics
    self.init(
      model, names: names ?? graphics?.factors ?? known.waysOfShowing, own: graphics, fitted: lessons, judged: judged,
      split: held.split, stream: RandomStream(seed: seed)["factors"])
  }

  /// A chart for each factor, and for each thing of those that come round again.
  package func charts(source: String) -> ChartGrid {
    let names = report.factors.map(\.name)
    let charts = names.map { chart($0, source: source) } + names.flatMap { circles($0) }
    return ChartGrid(charts, columns: min(3, charts.count))
  }
}

extension Dataset.Factors {
  /// Those that vary and don't say what is shown.
  package var waysOfShowing: [String] {
    let count = values.count / names.count
    return names.filter { name in
      !identity.contains(name) && (1..<max(1, count)).contains { value(name, of: $0) != value(name, of: 0) }
    }
  }
}
