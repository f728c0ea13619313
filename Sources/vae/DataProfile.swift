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
  /// Some pixels are missing in some of their channels only.
  let hasBrokenPixels: Bool
  let name: String

  /// Looks at up to ten million numbers; those that are missing, NaN, say nothing.
  init(_ dataset: Dataset) {
    name = dataset.name
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

  /// Whether some pixels are missing in some of their channels only, in examples of this shape.
  static func hasBrokenPixels(_ values: ArraySlice<Float>, _ shape: [Int]) -> Bool {
    guard shape.count == 3, shape[2] > 1 else { return false }
    return stride(from: values.startIndex, to: values.endIndex - shape[2] + 1, by: shape[2]).contains { first in
      let missing = values[first..<first + shape[2]].count { $0.isNaN }
      return missing != 0 && missing != shape[2]
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
  func check(
    _ likelihood: ModelConfiguration.LikelihoodFamily, _ binarization: Binarization, exampleShape: [Int]
  ) throws {
    try checkEightBit(likelihood, binarization)
    let isImage = exampleShape.count == 2 || (exampleShape.count == 3 && [1, 3].contains(exampleShape[2]))
    if likelihood == .mixture && !isImage {
      throw ValidationError(
        "\(name) has examples of shape \(Format.shape(exampleShape)); --likelihood mixture is about images, grey (as in "
          + "28x28) or RGB (32x32x3): say so with --shape, or use --likelihood logistic")
    }
    if likelihood == .mixture && hasBrokenPixels {
      throw ValidationError(
        "\(name) has pixels that are missing in some channels only; --likelihood mixture couples channels and takes pixels "
          + "that are missing or observed as a whole: use --likelihood logistic")
    }
    if !isUnit && (likelihood == .bernoulli || binarization == .dynamic || binarization == .fixed) {
      throw ValidationError(
        "\(name) has values outside [0, 1], which are no probabilities: use --likelihood gaussian --binarize none")
    }
    warn(likelihood, binarization)
  }

  private func checkEightBit(_ likelihood: ModelConfiguration.LikelihoodFamily, _ binarization: Binarization) throws {
    let isEightBitLikelihood = likelihood == .logistic || likelihood == .mixture
    if binarization == .dequantize && likelihood != .gaussian {
      throw ValidationError(
        "--binarize dequantize is for a density, --likelihood gaussian; \(likelihood.rawValue) is one of discrete values "
          + "as they are")
    }
    let asksForEightBit = binarization == .dequantize || (isEightBitLikelihood && binarization == .none)
    guard asksForEightBit && !isEightBit else { return }
    let flag = binarization == .dequantize ? "--binarize dequantize" : "--likelihood \(likelihood.rawValue)"
    let remedy = binarization == .dequantize ? "--binarize none" : "--likelihood gaussian"
    throw ValidationError(
      "\(name) has values that are not of 8 bits (multiples of 1/255 in [0, 1]), which \(flag) is about: "
        + "use \(remedy)")
  }

  private func warn(_ likelihood: ModelConfiguration.LikelihoodFamily, _ binarization: Binarization) {
    switch likelihood {
    case .bernoulli:
      if binarization == .none && !isBinary {
        Terminal.warn(
          "grey values under a Bernoulli likelihood: the loss trains, but it is no likelihood of grey data and compares "
            + "with no other model's. --binarize dynamic, --likelihood logistic or --likelihood gaussian give one that is."
        )
      }
    case .logistic, .mixture:
      if binarization.makesBinary || isBinary {
        Terminal.warn("binary data under a likelihood of 256 grey values: bernoulli fits them.")
      }
    case .gaussian:
      if binarization.makesBinary {
        Terminal.warn("binary data under a Gaussian likelihood: the density runs to its floor; bernoulli fits them.")
      } else if binarization == .none && isEightBit && !isBinary {
        Terminal.note(
          "a density of 8-bit values compares with no other likelihood of them; with --binarize dequantize it bounds bits "
            + "per dimension")
      }
    }
  }
}
