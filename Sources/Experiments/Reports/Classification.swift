import Autoencoders
import Datasets
import Foundation
import LatentAnalysis
import Tensors

/// What a classifier made of examples.
public struct Classification: Codable, Sendable {
  /// Examples whose class is known.
  public var count: Int
  /// The part of them that was taken for another class.
  public var error: Double?
  /// Its standard error over examples.
  public var errorStandardError: Double?
  /// The mean of -log q(y|x) of the right class, nats.
  public var crossEntropyNats: Double?
  /// By true class, how many were taken for each class.
  public var confusion: [[Int]]?
  /// The names of the classes, in the order of their numbers.
  public var classNames: [String]
  /// Which examples.
  public var split: String
  /// How classes were found.
  public var method: String

  /// From log-probabilities [N, C] and true classes, where there are some.
  package init(_ logProbabilities: Tensor, labels: [Int]?, names: [String], split: String, method: String) {
    (classNames, self.split, self.method) = (names, split, method)
    count = logProbabilities.shape[0]
    guard let labels, !labels.isEmpty else { return }
    let predicted = logProbabilities.mostProbable
    let (scores, classes) = (logProbabilities.scalars, names.count)
    var table = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
    var entropy = 0.0
    for (i, label) in labels.enumerated() where label < classes {
      table[label][predicted[i]] += 1
      entropy -= Double(scores[i * classes + label])
    }
    let wrong = Double(zip(labels, predicted).count { $0 != $1 }) / Double(count)
    error = wrong
    errorStandardError = (wrong * (1 - wrong) / Double(count)).squareRoot()
    crossEntropyNats = entropy / Double(count)
    confusion = table
  }

  /// For people.
  package var text: String {
    guard let error, let errorStandardError, let confusion else {
      return "\(Format.count(count)) examples of \(split) classified by \(method); their true classes are not known"
    }
    let width = max(classNames.map(\.count).max() ?? 1, "\(confusion.joined().max() ?? 0)".count) + 1
    func cell(_ text: String) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
    var lines = [
      "error           \(Format.fixed(100 * error))% ± \(Format.fixed(100 * errorStandardError)) of "
        + "\(Format.count(count)) examples of \(split) (\(method))",
      "cross-entropy   \(Format.fixed(crossEntropyNats ?? 0, 4)) nats per example", "",
      "true class by row, the one it was taken for by column",
      cell("") + classNames.map(cell).joined(),
    ]
    for (name, row) in zip(classNames, confusion) { lines.append(cell(name) + row.map { cell("\($0)") }.joined()) }
    return lines.joined(separator: "\n")
  }
}

extension Tensor {
  /// The column of each row's largest number.
  package var mostProbable: [Int] {
    let (numbers, width) = (scalars, shape[1])
    return (0..<shape[0]).map { row in
      (0..<width).max { numbers[row * width + $0] < numbers[row * width + $1] } ?? 0
    }
  }
}

extension ClassConditioned {
  /// log q(y|x) of many examples, [count, classes].
  package func classLogProbabilities(of examples: Examples) -> Tensor {
    let (all, stream) = (Array(0..<examples.count), RandomStream(seed: 0)["classify"])
    return Tensor.stacked(
      stride(from: 0, to: all.count, by: 500).map { first in
        classLogProbabilities(examples.batch(all[first..<min(first + 500, all.count)], stream: stream).asConstant)
      })
  }
}

/// The classes that a run's model, or a classifier of its latents, finds of examples.
package struct ClassScores {
  /// log-probabilities, [N, C].
  package let logProbabilities: Tensor
  /// What the classes are called.
  package let names: [String]
  /// How they were found.
  package let method: String

  /// A linear classifier of latents, where a model has none of its own.
  package struct Fit {
    /// Labelled training examples that it is fitted to.
    package var labels: Int?
    /// What it minimises; logistic without.
    package var loss: LinearClassifier.Loss?
    /// Weight of half the sum of its squared weights; 0.01 without.
    package var penalty: Float?

    /// A classifier that is fitted to so many labels.
    package init(labels: Int?, loss: LinearClassifier.Loss?, penalty: Float?) {
      (self.labels, self.loss, self.penalty) = (labels, loss, penalty)
    }
  }

  /// Throws ``ExperimentError`` where the model knows no classes and no labels are given, or the other way round.
  package init(
    _ run: Run, _ model: any LatentVariableModel, of examples: Examples, fit: Fit, directory: String?, seed: UInt64,
    reporter: any Reporter
  ) throws {
    if let model = model as? any ClassConditioned, let classes = run.configuration.model.classes {
      guard fit.labels == nil, fit.loss == nil, fit.penalty == nil else {
        throw ExperimentError(
          "--labels, --classifier and --penalty fit a classifier to a model without one; \(run.path) has one")
      }
      (logProbabilities, names, method) = (model.classLogProbabilities(of: examples), classes.classNames, "q(y|x)")
      return
    }
    guard let labels = fit.labels else {
      throw ExperimentError(
        "the model in \(run.path) knows no classes: give --labels N, which fits a linear classifier to the latents of N "
          + "labelled training examples, or train --model m2 or m1m2")
    }
    let train = try run.data(directory: directory, reporter: reporter).train
    let known = try KnownLabels(train.dataset, file: nil)
    let chosen = try known.chosen(
      labels, of: train.indices ?? Array(0..<train.count), seed: run.configuration.training.seed
    ).sorted()
    let lessons = Examples(train.dataset, indices: chosen, binarization: train.binarization).asTheyAre
    func features(_ examples: Examples) -> Tensor {
      Inference.encode(
        model, examples, positions: Array(0..<examples.count), stream: RandomStream(seed: seed)["classify"]
      ).means
    }
    let loss = fit.loss ?? .logistic
    let linear = LinearClassifier(
      features(lessons), chosen.map { known.labels[$0] }, classes: known.classes, loss: loss,
      penalty: fit.penalty ?? 0.01)
    logProbabilities = linear.logProbabilities(features(examples))
    names = known.names ?? (0..<known.classes).map(String.init)
    method = "\(loss.rawValue) on the latents' means, \(labels) labels"
  }
}

extension Run {
  /// The number of a class, said by its name or number. Throws if there is none such.
  package func classNumber(_ text: String) throws -> Int {
    guard let classes = configuration.model.classes else { throw noClasses }
    let names = classes.classNames
    if let index = names.firstIndex(of: text) { return index }
    if let number = Int(text), names.indices.contains(number) { return number }
    let known = names.count > 20 ? "0 to \(names.count - 1)" : names.joined(separator: ", ")
    throw SettingError("class", "\(text): the classes of \(path) are \(known)")
  }

  /// A model that was not learned with classes.
  var noClasses: ExperimentError {
    ExperimentError("the model in \(path) knows no classes; train one with --model m2 or m1m2")
  }
}
