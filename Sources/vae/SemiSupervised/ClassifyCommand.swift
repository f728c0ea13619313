import ArgumentParser
import Autoencoders
import Datasets
import Foundation
import LatentAnalysis
import Tensors

extension LinearClassifier.Loss: ExpressibleByArgument {}

/// `vae classify`
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify", abstract: "Which class examples are of, and how often that is wrong.",
    discussion: """
      A run of --model m2 or m1m2 has a classifier, q(y|x). For any other, --labels fits a linear one to the posterior means \
      of so many training examples whose class is told (M1 of Kingma et al. 2014). Grey pictures are seen as they are.

      Examples:
        vae classify runs/m1m2
        vae classify runs/m1m2 --data new.npy -o predictions.csv       probabilities of each class
        vae classify runs/m1m2 --split validation --json
        vae classify runs/digits --labels 100
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var source: ExampleOptions
  @Option(name: .shortAndLong, help: "Write probabilities to this .csv or .npy.", completion: .file()) var out: String?
  @Option(help: "Only the first so many examples.") var limit: Int?
  @Option(help: "For models without classes: fit a classifier to so many labelled training examples.") var labels: Int?
  @Option(help: "That classifier: logistic, or svm (one class against all others, squared hinge) (default: logistic).")
  var classifier: LinearClassifier.Loss?
  @Option(help: "Weight of half the sum of its squared weights (default: 0.01).") var penalty: Float?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard limit ?? 1 > 0, labels ?? 1 > 0, penalty ?? 0 >= 0 else {
      throw ValidationError("--limit and --labels must be at least 1, --penalty not negative")
    }
  }

  func run() throws {
    let (run, model) = try options.open()
    let (split, all) = try source.load(run)
    let examples = all.prefix(limit).asTheyAre
    let (scores, names, method) = try scores(run, model, examples)
    // A file's numbers are those of the run's classes only if they are called the same.
    let labels = examples.labels.flatMap { known in known.allSatisfy { $0 < names.count } ? known : nil }
    let result = Classification(scores, labels: labels, names: names, split: split, method: method)
    if let out { try write(scores, labels, names, to: out) }
    Terminal.result(json ? try Format.json(result) : result.text)
    if let out, !json { Terminal.result("\(out): probabilities of \(names.count) classes") }
  }

  private func scores(
    _ run: Run, _ model: any LatentVariableModel, _ examples: Examples
  ) throws -> (Tensor, [String], String) {
    if let model = model as? any ClassConditioned, let semi = run.configuration.model.semi {
      guard labels == nil, classifier == nil, penalty == nil else {
        throw ValidationError(
          "--labels, --classifier and --penalty fit a classifier to a model without one; \(run.path) has one")
      }
      return (model.classLogProbabilities(of: examples), semi.classNames, "q(y|x)")
    }
    guard let labels else {
      throw ValidationError(
        "the model in \(run.path) knows no classes: give --labels N, which fits a linear classifier to the latents of N "
          + "labelled training examples, or train --model m2 or m1m2")
    }
    let configuration = run.configuration
    let train = try RunData(configuration.data, seed: configuration.training.seed, directory: source.dataDir).train
    let known = try KnownLabels(train.dataset, file: nil)
    let chosen = try known.chosen(
      labels, of: train.indices ?? Array(0..<train.count), seed: configuration.training.seed
    ).sorted()
    let lessons = Examples(train.dataset, indices: chosen, binarization: train.binarization).asTheyAre
    let loss = classifier ?? .logistic
    let linear = LinearClassifier(
      features(model, lessons), chosen.map { known.labels[$0] }, classes: known.classes, loss: loss,
      penalty: penalty ?? 0.01)
    let names = known.names ?? (0..<known.classes).map(String.init)
    return (
      linear.logProbabilities(features(model, examples)), names,
      "\(loss.rawValue) on the latents' means, \(labels) labels"
    )
  }

  private func features(_ model: any LatentVariableModel, _ examples: Examples) -> Tensor {
    Inference.encode(
      model, examples, positions: Array(0..<examples.count), stream: RandomStream(seed: options.seed)["classify"]
    ).means
  }

  private func write(_ scores: Tensor, _ labels: [Int]?, _ names: [String], to path: String) throws {
    let probabilities = scores.scalars.map { Foundation.exp($0) }
    let classes = names.count
    guard path.lowercased().hasSuffix(".csv") else {
      return try ArrayFile.write(probabilities, shape: [scores.shape[0], classes], to: path)
    }
    let predicted = scores.mostProbable
    var columns = names.map { "p_\($0)" } + ["predicted"]
    if labels != nil { columns.append("label") }
    let rows = predicted.indices.flatMap { i -> [Float] in
      Array(probabilities[i * classes..<(i + 1) * classes]) + [Float(predicted[i])]
        + (labels.map { [Float($0[i])] } ?? [])
    }
    try ArrayFile.write(rows, shape: [predicted.count, columns.count], columns: columns, to: path)
  }
}
