import ArgumentParser
import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Pictures
import Tensors

extension Run.Choice: ExpressibleByArgument {}

/// What every command that uses a trained model takes.
struct RunOptions: ParsableArguments {
  @Argument(help: "A run's folder, as made by `vae train --out`.", completion: .directory)
  var run: String

  @Option(help: "Which checkpoint: best (on validation data) or last.")
  var checkpoint = Run.Choice.best

  @Option(help: "Seed of the draws.")
  var seed: UInt64 = 0

  /// The run and its trained model.
  /// A run whose model is of x alone. Throws where one needs to be told more.
  func open() throws -> (run: Run, model: any LatentVariableModel) {
    let (run, model) = try openAny()
    if let given = run.configuration.data.given {
      throw ValidationError(
        "\(run.path) holds a model given something (\(given)); this command is for models of the data alone: use "
          + "vae complete, evaluate or encode")
    }
    return (run, model)
  }

  /// Any run.
  func openAny() throws -> (run: Run, model: any LatentVariableModel) {
    let run = try Run(opening: run)
    if run.configuration.training.algorithm?.learnsEncoder == false {
      Terminal.warn("\(run.path) was trained by mcem, without q(z|x): what goes through the encoder means nothing")
    }
    return (run, try run.model(checkpoint))
  }
}

/// Which examples a command works on.
struct ExampleOptions: ParsableArguments {
  @Option(help: "Which part of the run's data: train, validation or test (default: test, else validation).")
  var split: Split?

  @Option(help: "A file of examples to use instead of the run's data.", completion: .file())
  var data: String?

  @Option(help: "Where to look for data sets first (as DIR/NAME/).", completion: .directory)
  var dataDir: String?

  /// The examples: the run's own, or a file's.
  func load(_ run: Run) throws -> (split: String, examples: Examples) {
    let configuration = run.configuration
    guard let data else {
      let (split, examples) = try RunData(configuration.data, seed: configuration.training.seed, directory: dataDir)
        .examples(split)
      return (split.rawValue, examples)
    }
    let splits = try DataLocator.reporting(dataDir).load(data, pictures: configuration.pictures(for: data))
    let dataset = split == .test ? splits.test ?? splits.train : splits.train
    return (split?.rawValue ?? "all", try run.examples(dataset, from: data))
  }

  /// The examples of several files, one after the other; pictures are examples too.
  func load(_ run: Run, files: [String]) throws -> (split: String, examples: Examples) {
    let parts = try files.map { file in
      let dataset = try DataLocator.reporting(dataDir).load(file, pictures: run.configuration.data.pictures).train
      return try run.examples(dataset, from: file).dataset
    }
    return ("all", try run.examples(Dataset.joining(parts), from: "\(files.count) files"))
  }
}

extension RunConfiguration {
  /// What becomes of pictures at a path, so that the model can take them: picture files, alone or in a folder or an archive,
  /// are brought to the run's size; examples of other files as the run's own were.
  fileprivate func pictures(for path: String) -> PictureOptions {
    let shape = data.exampleShape
    guard DataLocator.holdsPictureFiles(path), Picture.isPicture(shape: shape) else { return data.pictures }
    return PictureOptions(size: .init(height: shape[0], width: shape[1]), channels: shape.count == 3 ? shape[2] : 1)
  }
}

extension Run {
  /// Examples of other data, as the run's own are binarized. Throws unless they have the model's size.
  fileprivate func examples(_ dataset: Dataset, from source: String) throws -> Examples {
    let size = configuration.data.exampleShape.reduce(1, *)
    guard dataset.exampleSize == size else {
      throw ValidationError(
        "\(source) has examples of \(Format.shape(dataset.exampleShape)) = \(dataset.exampleSize) numbers; "
          + "the model in \(path) was trained on \(size)")
    }
    let condition = try configuration.data.given.map {
      try GivenData.condition(
        GivenOption($0), dataset, configuration.data.exampleShape, configuration.data.classes)
    }
    return Examples(
      dataset, binarization: Binarization(rawValue: configuration.data.binarization) ?? .none, condition: condition)
  }
}

/// A seeded choice of `count` of `total` positions, in order.
func someOf(_ total: Int, count: Int, seed: UInt64) -> [Int] {
  RandomStream(seed: seed)["choice"].permutation(total).prefix(count).sorted()
}
