import Autoencoders
import Datasets
import Foundation
import Tensors

/// The classes of a set's examples, as far as they are known.
package struct KnownLabels: Sendable {
  /// Those of all examples; of no meaning where it is unknown.
  package let labels: [Int]
  /// The examples that have one.
  package let known: Set<Int>
  /// How many classes there are.
  package let classes: Int
  /// What they are called.
  package let names: [String]?

  /// A set's own, or those of a file of one line for each example.
  package init(_ dataset: Dataset, file: String?) throws {
    if let file {
      let cells = try Self.cells(of: file)
      guard cells.count == dataset.count else {
        throw SettingError(
          "labels_file", "\(file): \(cells.count) lines for \(dataset.count) training examples; one for each is needed")
      }
      let given = Set(cells.filter { !$0.isEmpty })
      let numbers = given.compactMap { Int($0) }
      if numbers.count == given.count {
        guard numbers.allSatisfy({ 0..<10_000 ~= $0 }) else {
          throw SettingError("labels_file", "\(file): classes must be names, or numbers from 0 to 9,999")
        }
        labels = cells.map { Int($0) ?? 0 }
        (classes, names) = ((numbers.max() ?? -1) + 1, nil)
      } else {
        let sorted = given.sorted()
        let index = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
        labels = cells.map { index[$0] ?? 0 }
        (classes, names) = (sorted.count, sorted)
      }
      known = Set(cells.indices.filter { !cells[$0].isEmpty })
    } else {
      guard let own = dataset.labels else {
        throw ExperimentError(
          "\(dataset.name) has no classes: give --labels-file, or a folder with a folder of pictures for each class")
      }
      labels = own
      known = Set(own.indices)
      names = dataset.labelNames
      classes = max((own.max() ?? -1) + 1, names?.count ?? 0)
    }
    guard classes > 1 else { throw ExperimentError("\(file ?? dataset.name): there must be two classes at least") }
  }

  /// The lines of a CSV of one column, without its header.
  private static func cells(of file: String) throws -> [String] {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw SettingError("labels_file", "\(file): no such file")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw SettingError("labels_file", "\(file): not a text in UTF-8")
    }
    var lines = text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces).trimmingCharacters(in: ["\""])
    }
    if lines.last == "" { lines.removeLast() }
    if let first = lines.first, ["label", "labels", "class", "y", "target"].contains(first.lowercased()) {
      lines.removeFirst()
    }
    if let wrong = lines.firstIndex(where: { $0.contains(",") }) {
      throw SettingError("labels_file", "\(file): line \(wrong + 1) has more than one column")
    }
    return lines
  }

  /// `count` of the examples at `indices` that have a class, as many of each class; all of them without a count.
  package func chosen(_ count: Int?, of indices: [Int], seed: UInt64) throws -> Set<Int> {
    let members = indices.filter { known.contains($0) }
    guard !members.isEmpty else { throw ExperimentError("no training example has a class") }
    guard let count else { return Set(members) }
    guard count % classes == 0 else {
      throw SettingError(
        "labels", "\(count): as many of each of \(classes) classes are kept, so give a multiple of \(classes)")
    }
    let byClass = Dictionary(grouping: members) { labels[$0] }
    var chosen: Set<Int> = []
    for c in 0..<classes {
      let all = byClass[c] ?? []
      guard all.count >= count / classes else {
        throw SettingError(
          "labels",
          "\(count): \(count / classes) examples of each class are asked for; class "
            + "\(names?[c] ?? "\(c)") has \(all.count) among those to train on")
      }
      let order = RandomStream(seed: seed)["labels"][c].permutation(all.count)
      chosen.formUnion(order.prefix(count / classes).map { all[$0] })
    }
    return chosen
  }
}

extension RunData {
  /// What a semi-supervised model learns from: rows [x | y], those that have a class repeated until they are the asked-for
  /// part of all; and what its classifier is judged on, the validation examples that have one.
  static func lessons(
    _ train: Examples, _ validation: Examples, _ configuration: DataConfiguration, seed: UInt64
  ) throws -> (lessons: Examples, judged: Examples)? {
    guard let share = configuration.labelledShare else { return nil }
    let known = try KnownLabels(train.dataset, file: configuration.labelsFile)
    var dataset = train.dataset
    dataset.labels = known.labels
    let indices = train.indices ?? Array(0..<dataset.count)
    let chosen = try known.chosen(configuration.labels, of: indices, seed: seed)
    let labelled = indices.filter { chosen.contains($0) }
    let unlabelled = share < 1 ? indices.filter { !chosen.contains($0) } : []
    let wanted = share < 1 ? Int((share / (1 - share) * Double(unlabelled.count)).rounded()) : 0
    let shown = (0..<max(wanted, labelled.count)).map { labelled[$0 % labelled.count] }
    let lessons = Examples(
      dataset, indices: unlabelled + shown, binarization: train.binarization, holes: train.holes,
      condition: .label(classes: known.classes, known: chosen))
    var judged = validation
    if validation.dataset.count == dataset.count, let held = validation.indices {
      judged = Examples(
        dataset, indices: held.filter { known.known.contains($0) }, binarization: validation.binarization,
        holes: validation.holes)
    }
    return (lessons, judged)
  }

  /// How many examples have a class, where a model of classes learns from them.
  var labelledCount: Int? {
    guard case .label(_, let known?) = lessons?.condition else { return nil }
    return known.count
  }

  /// The part of what is learned from that has a class.
  package var labelledShare: Double {
    guard let lessons, let indices = lessons.indices, case .label(_, let known?) = lessons.condition else { return 1 }
    return Double(indices.count { known.contains($0) }) / Double(max(indices.count, 1))
  }
}

extension Examples {
  /// Grey as it is instead of a draw of zeros and ones: what a classifier should see.
  package var asTheyAre: Examples {
    binarization == .dynamic ? Examples(dataset, indices: indices, holes: holes, condition: condition) : self
  }
}
