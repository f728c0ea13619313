import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Pictures
import Tensors

extension Run {
  /// The run's own data. They are looked for in `directory` first. Throws `DataError` or ``ExperimentError``.
  public func data(directory: String? = nil, reporter: any Reporter = SilentReporter()) throws -> RunData {
    try RunData(configuration, directory: directory, reporter: reporter)
  }

  /// Examples of a file, a folder or a known set, as the run's own are binarized. Throws unless they have the model's size.
  public func examples(
    of source: String, split: Split? = nil, directory: String? = nil, reporter: any Reporter = SilentReporter()
  ) throws -> Examples {
    let splits = try DataLocator.reporting(directory, to: reporter).load(source, pictures: pictures(for: source))
    return try examples(split == .test ? splits.test ?? splits.train : splits.train, from: source)
  }

  /// The examples of several files, one after the other; pictures are examples too.
  public func examples(
    of files: [String], directory: String? = nil, reporter: any Reporter = SilentReporter()
  ) throws -> Examples {
    let parts = try files.map { file in
      let dataset = try DataLocator.reporting(directory, to: reporter)
        .load(file, pictures: configuration.data.pictures).train
      return try examples(dataset, from: file).dataset
    }
    return try examples(Dataset.joining(parts), from: "\(files.count) files")
  }

  /// Examples of other data, as the run's own are binarized. Throws ``ExperimentError`` unless they have the model's size.
  public func examples(_ dataset: Dataset, from source: String) throws -> Examples {
    let shape = configuration.examples.shape
    let size = shape.reduce(1, *)
    guard dataset.exampleSize == size else {
      throw ExperimentError(
        "\(source) has examples of \(Format.shape(dataset.exampleShape)) = \(dataset.exampleSize) numbers; "
          + "the model in \(path) was trained on \(size)")
    }
    let condition = try configuration.data.given.map {
      try GivenData.condition(GivenPart(parsing: $0), dataset, shape, configuration.data.classes)
    }
    return Examples(dataset, binarization: configuration.data.binarization, condition: condition)
  }

  /// What becomes of pictures at a path, so that the model can take them: picture files, alone or in a folder or an archive,
  /// are brought to the run's size; examples of other files as the run's own were.
  private func pictures(for path: String) -> PictureOptions {
    let shape = configuration.examples.shape
    guard DataLocator.holdsPictureFiles(path), Picture.isPicture(shape: shape) else {
      return configuration.data.pictures
    }
    return PictureOptions(size: .init(height: shape[0], width: shape[1]), channels: shape.count == 3 ? shape[2] : 1)
  }
}

/// A seeded choice of `count` of `total` positions, in order.
public func someOf(_ total: Int, count: Int, seed: UInt64) -> [Int] {
  RandomStream(seed: seed)["choice"].permutation(total).prefix(count).sorted()
}

extension Examples {
  /// The first `count` of them, or all.
  public func prefix(_ count: Int?) -> Examples {
    guard let count, count < self.count else { return self }
    return selecting(Array(0..<count))
  }
}
