import Autoencoders
import Datasets
import Foundation
import Tensors

/// What a classifier made of examples.
struct Classification: Codable {
  /// Examples whose class is known.
  var count: Int
  /// The part of them that was taken for another class.
  var error: Double?
  var errorStandardError: Double?
  /// The mean of -log q(y|x) of the right class, nats.
  var crossEntropyNats: Double?
  /// By true class, how many were taken for each class.
  var confusion: [[Int]]?
  var classNames: [String]
  var split: String
  var method: String

  /// From log-probabilities [N, C] and true classes, where there are some.
  init(_ logProbabilities: Tensor, labels: [Int]?, names: [String], split: String, method: String) {
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
  var text: String {
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
  var mostProbable: [Int] {
    let (numbers, width) = (scalars, shape[1])
    return (0..<shape[0]).map { row in
      (0..<width).max { numbers[row * width + $0] < numbers[row * width + $1] } ?? 0
    }
  }
}

extension ClassConditioned {
  /// log q(y|x) of many examples, [count, classes].
  func classLogProbabilities(of examples: Examples) -> Tensor {
    let (all, stream) = (Array(0..<examples.count), RandomStream(seed: 0)["classify"])
    return Tensor.stacked(
      stride(from: 0, to: all.count, by: 500).map { first in
        classLogProbabilities(examples.batch(all[first..<min(first + 500, all.count)], stream: stream).asConstant)
      })
  }
}

extension SemiSupervision {
  /// What classes are called, or their numbers.
  var classNames: [String] { names ?? (0..<classes).map(String.init) }
}
