import Autoencoders
import Datasets
import Foundation

extension Double {
  /// A log-probability of an example of `dimension` numbers, in nats, as bits to code each number with.
  func bitsPerDimension(_ dimension: Int) -> Double { -self / (Double(dimension) * log(2)) }
}

extension Run {
  /// Numbers in one example, if the likelihood is one of discrete data and the examples are such data; else nil, and no
  /// figure is in bits.
  func dimensionOfDiscreteData(_ examples: Examples) -> Int? {
    switch configuration.model.likelihood {
    case .gaussian: return nil
    case .bernoulli:
      return examples.binarization != .none || DataProfile(examples.dataset).isBinary ? examples.exampleSize : nil
    case .logistic:
      return examples.binarization != .none || DataProfile(examples.dataset).isEightBit ? examples.exampleSize : nil
    }
  }
}

extension EvaluationResult {
  /// Bound and estimate once more, in bits; lower is better. Nothing where there are none.
  var bitsPerDimensionLine: [String] {
    guard let bound = boundBitsPerDimension else { return [] }
    let estimate = estimateBitsPerDimension.map { ", \(Format.fixed($0, 4)) (estimate)" }
    return ["bits per dimension  \(Format.fixed(bound, 4)) (bound)\(estimate ?? "")"]
  }
}
