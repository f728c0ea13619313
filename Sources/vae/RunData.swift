import ArgumentParser
import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Tensors

/// Which part of a set.
enum Split: String, ExpressibleByArgument, CaseIterable, Codable {
  case train, validation, test
}

/// A run's examples, in the parts that training and judging use. The same configuration gives the same parts.
struct RunData {
  let train: Examples
  let validation: Examples
  let test: Examples?
  /// What a model of classes learns from, rows [x | y].
  let lessons: Examples?
  /// The validation examples whose class is known, for such a model.
  let judged: Examples?

  init(_ configuration: DataConfiguration, seed: UInt64, directory: String? = nil) throws {
    let splits = try DataLocator.reporting(directory ?? configuration.directory)
      .splits(configuration.source, configuration.variable, configuration.pictures, given: configuration.given)
    try self.init(splits, configuration, seed: seed, directory: directory)
  }

  init(
    _ splits: DatasetSplits, _ configuration: DataConfiguration, seed: UInt64, directory: String? = nil
  ) throws {
    let given = try GivenData(configuration, splits, directory: directory)
    let binarization = Binarization(rawValue: configuration.binarization) ?? .none
    var training = Array(0..<min(configuration.limit ?? .max, splits.train.count))
    if let subset = configuration.subset {
      let order = RandomStream(seed: seed)["subset"].permutation(training.count)
      training = order.prefix(subset).sorted()
    }
    var pictures = splits.train
    // A file of flat rows may hold pictures of the shape that --shape said.
    let needsShape = configuration.mirror == true || configuration.missing != nil
    if needsShape && pictures.exampleSize == configuration.exampleShape.reduce(1, *) {
      pictures.exampleShape = configuration.exampleShape
    }
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

  /// The examples of a split; by default those furthest from training: test, else validation, else training.
  func examples(_ split: Split?) throws -> (Split, Examples) {
    let split = split ?? (test != nil ? .test : validation.count > 0 ? .validation : .train)
    switch split {
    case .train: return (split, train)
    case .validation:
      guard validation.count > 0 else {
        throw ValidationError("this run kept no validation examples (--validation 0); use --split train or test")
      }
      return (split, validation)
    case .test:
      guard let test else {
        throw ValidationError("this data set has no test examples of its own; use --split validation or train")
      }
      return (split, test)
    }
  }
}

extension DataLocator {
  /// A set, or the trajectories of a set of frames where these are given.
  func splits(
    _ source: String, _ variable: String?, _ pictures: PictureOptions, given: String?
  ) throws -> DatasetSplits {
    given == "frame" ? try motion(source).splits : try load(source, variable: variable, pictures: pictures)
  }

  /// A locator that shows how far a download, or the reading of many pictures, is.
  static func reporting(_ directory: String?) -> DataLocator {
    var locator = DataLocator(dataDirectory: directory) { Terminal.progress("\($0)") }
    locator.reading = { $0.fraction < 1 ? Terminal.progress("\($0)") : Terminal.endProgress() }
    locator.notice = { line in
      Terminal.endProgress()
      Terminal.note(line)
    }
    return locator
  }
}
