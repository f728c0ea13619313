import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Tensors

/// Which part of a set.
public enum Split: String, CaseIterable, Codable, Sendable {
  /// What is learned from.
  case train
  /// What is kept out to choose by.
  case validation
  /// What is published to judge by.
  case test
}

/// A run's examples, in the parts that training and judging use. The same configuration gives the same parts.
public struct RunData: Sendable {
  /// What is learned from.
  public let train: Examples
  /// What is kept out to choose by; it may be empty.
  public let validation: Examples
  /// The published test examples, where there are some.
  public let test: Examples?
  /// What a model of classes learns from, rows [x | y].
  public let lessons: Examples?
  /// The validation examples whose class is known, for such a model.
  public let judged: Examples?

  /// The data of a run. They are looked for in `directory` first, or in the run's own. Throws `DataError`,
  /// `SettingError` or ``ExperimentError``.
  public init(
    _ configuration: RunConfiguration, directory: String? = nil, reporter: any Reporter = SilentReporter()
  ) throws {
    try self.init(
      configuration.data, shape: configuration.examples.shape, seed: configuration.training.seed, directory: directory,
      reporter: reporter)
  }

  /// The data of a run whose examples a program holds: the same as when it was planned. Throws as the other does.
  public init(
    _ configuration: RunConfiguration, _ splits: DatasetSplits, reporter: any Reporter = SilentReporter()
  ) throws {
    try self.init(
      splits, configuration.data, shape: configuration.examples.shape, seed: configuration.training.seed,
      reporter: reporter)
  }

  init(
    _ configuration: DataConfiguration, shape: [Int], seed: UInt64, directory: String?, reporter: any Reporter
  ) throws {
    if configuration.isInMemory == true {
      throw ExperimentError(
        "the data of this run, \(configuration.source), were held by the program that trained it; give a file with --data"
      )
    }
    let splits = try DataLocator.reporting(directory ?? configuration.directory, to: reporter)
      .splits(configuration.source, configuration.variable, configuration.pictures, given: configuration.given)
    try self.init(splits, configuration, shape: shape, seed: seed, directory: directory, reporter: reporter)
  }

  init(
    _ splits: DatasetSplits, _ configuration: DataConfiguration, shape: [Int], seed: UInt64, directory: String? = nil,
    reporter: any Reporter
  ) throws {
    let given = try GivenData(configuration, splits, shape: shape, directory: directory, reporter: reporter)
    let binarization = configuration.binarization
    var training = Array(0..<min(configuration.limit ?? .max, splits.train.count))
    if let subset = configuration.subset {
      let order = RandomStream(seed: seed)["subset"].permutation(training.count)
      training = order.prefix(subset).sorted()
    }
    var pictures = splits.train
    // A file of flat rows may hold pictures of the shape that was asked for.
    let needsShape = configuration.mirror == true || configuration.missing != nil
    if needsShape && pictures.exampleSize == shape.reduce(1, *) { pictures.exampleShape = shape }
    // Test examples stay whole: what was taken away from them would not be there to compare with.
    func holes(_ name: StaticString) -> RandomHoles? {
      configuration.missing.map { RandomHoles(part: $0, stream: RandomStream(seed: seed)["missing"][name]) }
    }
    if let published = splits.validation {
      validation = Examples(
        published, binarization: binarization, holes: holes("validation"), condition: given?.validation)
    } else {
      let held = Int((Double(training.count) * configuration.validationFraction).rounded())
      // Neighbours in a film are alike: taking random frames out would test on what was nearly trained on.
      let stream = RandomStream(seed: seed)["validation"]
      let order = configuration.isOrdered ? training : stream.permutation(training.count).map { training[$0] }
      training = order.dropLast(held).sorted()
      validation = Examples(
        pictures, indices: order.suffix(held).sorted(), binarization: binarization, holes: holes("training"),
        condition: given?.train)
    }
    train = Examples(
      pictures, indices: training, binarization: binarization, holes: holes("training"), condition: given?.train)
    test = splits.test.map { Examples($0, binarization: binarization, condition: given?.test) }
    let classes = try Self.lessons(train, validation, configuration, seed: seed)
    (lessons, judged) = (classes?.lessons, classes?.judged)
  }

  /// The examples of a split; by default those furthest from training: test, else validation, else training. Throws
  /// ``ExperimentError`` where there are none.
  public func examples(_ split: Split? = nil) throws -> (split: Split, examples: Examples) {
    let split = split ?? (test != nil ? .test : validation.count > 0 ? .validation : .train)
    switch split {
    case .train: return (split, train)
    case .validation:
      guard validation.count > 0 else {
        throw ExperimentError("this run kept no validation examples (--validation 0); use --split train or test")
      }
      return (split, validation)
    case .test:
      guard let test else {
        throw ExperimentError("this data set has no test examples of its own; use --split validation or train")
      }
      return (split, test)
    }
  }

  /// Examples that are not learned from, and what they are called: the published test examples; where there are none, those
  /// kept for validation.
  package var heldOut: (name: String, examples: Examples) { test.map { ("test", $0) } ?? ("held out", validation) }
}

extension DataLocator {
  /// A set, or the trajectories of a set of frames where these are given.
  func splits(
    _ source: String, _ variable: String?, _ pictures: PictureOptions, given: String?
  ) throws -> DatasetSplits {
    given == "frame" ? try motion(source).splits : try load(source, variable: variable, pictures: pictures)
  }

  /// A locator that reports how far a download, or the reading of many pictures, is.
  package static func reporting(_ directory: String?, to reporter: any Reporter) -> DataLocator {
    var locator = DataLocator(dataDirectory: directory) { reporter.progress(TaskProgress("\($0)")) }
    locator.reading = { $0.fraction < 1 ? reporter.progress(TaskProgress("\($0)")) : reporter.endProgress() }
    locator.notice = { line in
      reporter.endProgress()
      reporter.note(line)
    }
    return locator
  }
}
