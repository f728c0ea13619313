import Autoencoders
import DatasetCatalog
import Datasets
import Foundation

/// What is given of the examples of each part of a run's data.
struct GivenData {
  let train: Condition
  let validation: Condition?
  let test: Condition?

  /// Nil where nothing is given. Throws where the data have no such thing to give.
  init?(
    _ configuration: DataConfiguration, _ splits: DatasetSplits, shape: [Int], directory: String?,
    reporter: any Reporter
  ) throws {
    guard let text = configuration.given else { return nil }
    let option = try GivenPart(parsing: text)
    if case .pictures(let source) = option {
      let options = PictureOptions(size: configuration.pictures.size)
      let others = try DataLocator.reporting(directory ?? configuration.directory, to: reporter)
        .load(source, pictures: options)
      train = try Self.paired(splits.train, others.train, option)!
      validation = try Self.paired(splits.validation, others.validation, option)
      test = try Self.paired(splits.test, others.test, option)
      return
    }
    let classes = configuration.classes ?? splits.train.classCount
    train = try Self.condition(option, splits.train, shape, classes)
    validation = try splits.validation.map { try Self.condition(option, $0, shape, classes) }
    test = try splits.test.map { try Self.condition(option, $0, shape, classes) }
  }

  private static func paired(_ dataset: Dataset?, _ others: Dataset?, _ option: GivenPart) throws -> Condition? {
    guard let dataset else { return nil }
    guard let others, others.count == dataset.count else {
      throw SettingError(
        "given",
        "\(option): \(others?.count ?? 0) pictures for \(dataset.count) examples of \(dataset.name); they belong "
          + "together by the order of their names, so there must be as many")
    }
    return .pictures(others)
  }

  /// What `option` gives of a set's examples. Throws where they have no such thing.
  static func condition(
    _ option: GivenPart, _ dataset: Dataset, _ shape: [Int], _ classes: Int?
  ) throws -> Condition {
    if let part = try option.part(of: shape) { return .part(part) }
    if case .frame = option {
      guard let frames = dataset.companions.first else {
        throw SettingError("given", "frame: \(dataset.name) has no frames beside its examples")
      }
      return .pictures(frames)
    }
    guard case .label = option else {
      throw SettingError("given", "\(option): a file of examples does not say which picture belongs to each")
    }
    guard let classes, dataset.labels != nil else {
      throw SettingError("given", "class: the examples of \(dataset.name) have no classes")
    }
    let condition = Condition.label(classes: classes, known: nil)
    if let problem = condition.problem(with: dataset) { throw ExperimentError("\(dataset.name): \(problem)") }
    return condition
  }
}

extension Dataset {
  /// One more than the greatest class; nil without classes.
  package var classCount: Int? { labels?.max().map { $0 + 1 } }
}
