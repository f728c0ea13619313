import ArgumentParser
import Autoencoders
import Datasets
import Experiments
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
    let found = try ClassScores(
      run, model, of: examples, fit: .init(labels: labels, loss: classifier, penalty: penalty),
      directory: source.dataDir, seed: options.seed, reporter: Terminal.reporter)
    let (scores, names) = (found.logProbabilities, found.names)
    // A file's numbers are those of the run's classes only if they are called the same.
    let labels = examples.labels.flatMap { known in known.allSatisfy { $0 < names.count } ? known : nil }
    let result = Classification(scores, labels: labels, names: names, split: split, method: found.method)
    if let out { try write(scores, labels, names, to: out) }
    Terminal.result(json ? try Format.json(result) : result.text)
    if let out, !json { Terminal.result("\(out): probabilities of \(names.count) classes") }
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
