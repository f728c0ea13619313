import Autoencoders
import Datasets

/// What kind of numbers a set holds, and what is known of its examples: what defaults and warnings go by.
public struct DataProfile: Sendable {
  /// What the set is called.
  public let name: String
  /// The shape of one example.
  public let exampleShape: [Int]
  /// Every number is 0 or the largest.
  public let isBinary: Bool
  /// All numbers lie in [0, 1], bytes once scaled.
  public let isUnit: Bool
  /// All numbers are multiples of 1/255 in [0, 1], as bytes are once scaled.
  public let isEightBit: Bool
  /// Some pixels are missing in some of their channels only.
  public let hasBrokenPixels: Bool
  /// Neighbouring examples are alike.
  public let isOrdered: Bool
  /// One more than the greatest class; nil without classes.
  public let classCount: Int?
  /// The known causes of each example, where there are some.
  public let factors: Dataset.Factors?

  /// Looks at up to ten million numbers; those that are missing, NaN, say nothing.
  public init(_ dataset: Dataset) {
    (name, exampleShape) = (dataset.name, dataset.exampleShape)
    (isOrdered, classCount, factors) = (dataset.isOrdered, dataset.classCount, dataset.factors)
    switch dataset.values {
    case .bytes, .mapped:
      isUnit = true
      isEightBit = true
      hasBrokenPixels = false
      isBinary = dataset.values.withBytes { $0.prefix(10_000_000).allSatisfy { $0 == 0 || $0 == 255 } } ?? false
    case .floats(let values):
      let looked = values.prefix(10_000_000)
      isUnit = looked.allSatisfy { ($0 >= 0 && $0 <= 1) || $0.isNaN }
      isEightBit = isUnit && looked.allSatisfy { abs($0 * 255 - ($0 * 255).rounded()) < 1e-3 || $0.isNaN }
      isBinary = looked.allSatisfy { $0 == 0 || $0 == 1 || $0.isNaN }
      hasBrokenPixels = Self.hasBrokenPixels(looked, dataset.exampleShape)
    }
  }

  /// Of examples of a shape about which nothing else is known.
  package init(shape: [Int]) {
    (name, exampleShape) = ("", shape)
    (isOrdered, classCount, factors) = (false, nil, nil)
    (isBinary, isUnit, isEightBit, hasBrokenPixels) = (false, true, false, false)
  }

  /// Whether some pixels are missing in some of their channels only, in examples of this shape.
  static func hasBrokenPixels(_ values: ArraySlice<Float>, _ shape: [Int]) -> Bool {
    guard shape.count == 3, shape[2] > 1 else { return false }
    return stride(from: values.startIndex, to: values.endIndex - shape[2] + 1, by: shape[2]).contains { first in
      let missing = values[first..<first + shape[2]].count { $0.isNaN }
      return missing != 0 && missing != shape[2]
    }
  }

  /// A Bernoulli likelihood is one of zeros and ones, so grey values are drawn from unless told otherwise.
  public func defaultBinarization(_ likelihood: LikelihoodSpecification) -> Binarization {
    likelihood.support == .binary && !isBinary ? .dynamic : .none
  }

  /// Throws ``ExperimentError`` on what can't be right.
  func check(_ likelihood: LikelihoodSpecification, _ binarization: Binarization, exampleShape: [Int]) throws {
    try checkEightBit(likelihood, binarization)
    let isImage = exampleShape.count == 2 || (exampleShape.count == 3 && [1, 3].contains(exampleShape[2]))
    if likelihood.couplesChannels && !isImage {
      throw ExperimentError(
        "\(name) has examples of shape \(Format.shape(exampleShape)); --likelihood mixture is about images, grey (as in "
          + "28x28) or RGB (32x32x3): say so with --shape, or use --likelihood logistic")
    }
    if likelihood.couplesChannels && hasBrokenPixels {
      throw ExperimentError(
        "\(name) has pixels that are missing in some channels only; --likelihood mixture couples channels and takes pixels "
          + "that are missing or observed as a whole: use --likelihood logistic")
    }
    if !isUnit && (likelihood.support == .binary || binarization == .dynamic || binarization == .fixed) {
      throw ExperimentError(
        "\(name) has values outside [0, 1], which are no probabilities: use --likelihood gaussian --binarize none")
    }
  }

  private func checkEightBit(_ likelihood: LikelihoodSpecification, _ binarization: Binarization) throws {
    if binarization == .dequantize && likelihood.support != .real {
      throw ExperimentError(
        "--binarize dequantize is for a density, --likelihood gaussian; \(likelihood.name.rawValue) is one of discrete "
          + "values as they are")
    }
    let asksForEightBit =
      binarization == .dequantize || (likelihood.support == .eightBit && binarization == .none)
    guard asksForEightBit && !isEightBit else { return }
    let flag = binarization == .dequantize ? "--binarize dequantize" : "--likelihood \(likelihood.name.rawValue)"
    let remedy = binarization == .dequantize ? "--binarize none" : "--likelihood gaussian"
    throw ExperimentError(
      "\(name) has values that are not of 8 bits (multiples of 1/255 in [0, 1]), which \(flag) is about: "
        + "use \(remedy)")
  }

  /// Says what is often a mistake.
  func advise(_ likelihood: LikelihoodSpecification, _ binarization: Binarization, _ reporter: any Reporter) {
    switch likelihood.support {
    case .binary:
      if binarization == .none && !isBinary {
        reporter.warn(
          "grey values under a Bernoulli likelihood: the loss trains, but it is no likelihood of grey data and compares "
            + "with no other model's. --binarize dynamic, --likelihood logistic or --likelihood gaussian give one that is."
        )
      }
    case .eightBit:
      if binarization.makesBinary || isBinary {
        reporter.warn("binary data under a likelihood of 256 grey values: bernoulli fits them.")
      }
    case .real:
      if binarization.makesBinary {
        reporter.warn("binary data under a Gaussian likelihood: the density runs to its floor; bernoulli fits them.")
      } else if binarization == .none && isEightBit && !isBinary {
        reporter.note(
          "a density of 8-bit values compares with no other likelihood of them; with --binarize dequantize it bounds bits "
            + "per dimension")
      }
    }
  }
}
