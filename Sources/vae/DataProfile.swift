import ArgumentParser
import Autoencoders
import Datasets

/// What kind of numbers a set holds, and so which defaults and warnings fit it.
struct DataProfile {
  /// Every number is 0 or the largest.
  let isBinary: Bool
  /// All numbers lie in [0, 1], bytes once scaled.
  let isUnit: Bool
  /// All numbers are multiples of 1/255 in [0, 1], as bytes are once scaled.
  let isEightBit: Bool
  let name: String

  /// Looks at up to ten million numbers.
  init(_ dataset: Dataset) {
    name = dataset.name
    switch dataset.values {
    case .bytes, .mapped:
      isUnit = true
      isEightBit = true
      isBinary = dataset.values.withBytes { $0.prefix(10_000_000).allSatisfy { $0 == 0 || $0 == 255 } } ?? false
    case .floats(let values):
      let looked = values.prefix(10_000_000)
      isUnit = looked.allSatisfy { $0 >= 0 && $0 <= 1 }
      isEightBit = isUnit && looked.allSatisfy { abs($0 * 255 - ($0 * 255).rounded()) < 1e-3 }
      isBinary = looked.allSatisfy { $0 == 0 || $0 == 1 }
    }
  }

  /// Real data outside [0, 1] get a Gaussian with free means.
  func adapt(_ model: inout ModelConfiguration, likelihood: ModelConfiguration.LikelihoodFamily?) {
    if !isUnit {
      model.boundedMean = false
      model.inputScaling = .standardize
      if likelihood == nil { model.likelihood = .gaussian }
    }
  }

  /// A Bernoulli likelihood is one of zeros and ones, so grey values are drawn from unless told otherwise.
  func defaultBinarization(_ likelihood: ModelConfiguration.LikelihoodFamily) -> Binarization {
    likelihood == .bernoulli && !isBinary ? .dynamic : .none
  }

  /// Throws on what can't be right, warns of what is often a mistake.
  func check(_ likelihood: ModelConfiguration.LikelihoodFamily, _ binarization: Binarization) throws {
    if likelihood == .logistic && binarization == .none && !isEightBit {
      throw ValidationError(
        "\(name) has values that are not of 8 bits (multiples of 1/255 in [0, 1]), which --likelihood logistic is about: "
          + "use --likelihood gaussian")
    }
    if !isUnit && (likelihood == .bernoulli || binarization == .dynamic || binarization == .fixed) {
      throw ValidationError(
        "\(name) has values outside [0, 1], which are no probabilities: use --likelihood gaussian --binarize none")
    }
    if likelihood == .bernoulli && binarization == .none && !isBinary {
      Terminal.warn(
        "grey values under a Bernoulli likelihood: the loss trains, but it is no likelihood of grey data and compares "
          + "with no other model's. --binarize dynamic, --likelihood logistic or --likelihood gaussian give one that is."
      )
    }
    if likelihood == .logistic && (binarization != .none || isBinary) {
      Terminal.warn("binary data under a likelihood of 256 grey values: bernoulli fits them.")
    }
    if likelihood == .gaussian && binarization != .none {
      Terminal.warn("binary data under a Gaussian likelihood: the density runs to its floor; bernoulli fits them.")
    }
  }
}
