import ArgumentParser
import Autoencoders
import Datasets
import Experiments

extension Run.Choice: ExpressibleByArgument {}
extension Split: ExpressibleByArgument {}

/// What every command that uses a trained model takes.
struct RunOptions: ParsableArguments {
  @Argument(help: "A run's folder, as made by `vae train --out`.", completion: .directory)
  var run: String

  @Option(help: "Which checkpoint: best (on validation data) or last.")
  var checkpoint = Run.Choice.best

  @Option(help: "Seed of the draws.")
  var seed: UInt64 = 0

  /// A run whose model is of x alone. Throws where one needs to be told more.
  func open() throws -> (run: Run, model: any LatentVariableModel) {
    let (run, model) = try openAny()
    if let given = run.configuration.data.given {
      throw ExperimentError(
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
    guard let data else {
      let (split, examples) = try run.data(directory: dataDir, reporter: Terminal.reporter).examples(split)
      return (split.rawValue, examples)
    }
    let examples = try run.examples(of: data, split: split, directory: dataDir, reporter: Terminal.reporter)
    return (split?.rawValue ?? "all", examples)
  }

  /// The examples of several files, one after the other; pictures are examples too.
  func load(_ run: Run, files: [String]) throws -> (split: String, examples: Examples) {
    ("all", try run.examples(of: files, directory: dataDir, reporter: Terminal.reporter))
  }
}
