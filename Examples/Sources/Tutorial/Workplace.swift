import Experiments
import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Pictures
import Tensors

/// The folder in which the tutorial is made: runs are read from it, pictures go there.
struct Workplace {
  let folder: String

  func path(_ file: String) -> String { "\(folder)/\(file)" }

  /// The model of a run of `vae train`.
  func model(_ run: String) throws -> MLPAutoencoder<BernoulliOutput> {
    let run = try Run(opening: path(run))
    guard let model = try run.model() as? MLPAutoencoder<BernoulliOutput> else {
      throw Wrong("\(run.path) is not a Bernoulli model")
    }
    return model
  }

  /// The pictures that the runs were trained on, and those they were not.
  func digits() throws -> (train: Dataset, test: Dataset) {
    let source = try Run(opening: path("digits")).configuration.data.source
    let splits = try DataLocator().load(source)
    guard let test = splits.test, test.labels != nil, splits.train.labels != nil else {
      throw Wrong("\(source) has no labelled test pictures")
    }
    return (splits.train, test)
  }
}

/// Something that a page says turned out not to hold.
struct Wrong: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Stops the page unless what it claims is so.
func check(_ holds: Bool, _ claim: @autoclosure () -> String) throws {
  if !holds { throw Wrong("does not hold: \(claim())") }
}

extension Dataset {
  /// Grey pictures as zeros and ones, drawn as the models saw them; the same every time.
  func binarised(_ indices: [Int]? = nil) -> Examples { Examples(self, indices: indices, binarization: .dynamic) }

  /// The first picture of each class, for the classes asked for.
  func firstOf(classes: [Int]) -> [Int] { classes.compactMap { labels?.firstIndex(of: $0) } }
}

extension BatchSource {
  /// The examples at `positions`, [count, exampleSize], always the same.
  func fixed(_ positions: Range<Int>) -> Tensor {
    batch(ArraySlice(Array(positions)), stream: RandomStream(seed: 0)["tutorial"]).asConstant
  }
}

/// Rows of pixels [N, h * w] as pictures.
func pictures(_ rows: Tensor, shape: [Int]) -> [Picture] {
  let (numbers, size) = (rows.scalars, shape.reduce(1, *))
  return stride(from: 0, to: numbers.count, by: size).map { Picture(values: numbers[$0..<$0 + size], shape: shape) }
}

// Numbers as the pages print them.
func text(_ x: Double, _ decimals: Int = 2, width: Int = 0) -> String {
  String(format: "%\(width).\(decimals)f", x)
}

extension [Double] {
  var mean: Double { reduce(0, +) / Double(count) }
  var median: Double { sorted()[count / 2] }

  /// log(sum(exp(self))), however large or small the terms.
  var logSumExp: Double {
    guard let largest = self.max(), largest > -.infinity else { return -.infinity }
    return largest + Foundation.log(map { Foundation.exp($0 - largest) }.reduce(0, +))
  }
}
