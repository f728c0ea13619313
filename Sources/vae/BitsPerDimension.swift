import Autoencoders
import Datasets

extension Run {
  /// The bits of these examples, if the likelihood is one of discrete data, or bounds one, and they are such data; else
  /// nil, and no figure is in bits. Nil too where numbers are missing: examples then have different dimensions.
  func bitsPerDimension(_ examples: Examples) -> BitsPerDimension? {
    guard examples.missingPart == 0 else { return nil }
    let profile = DataProfile(examples.dataset)
    let isDequantized = examples.binarization == .dequantize
    let isDiscrete =
      switch configuration.model.likelihood {
      case .bernoulli: examples.binarization.makesBinary || profile.isBinary
      case .logistic, .mixture: examples.binarization.makesBinary || profile.isEightBit
      case .gaussian: isDequantized && profile.isEightBit
      }
    guard isDiscrete && isDequantized == (configuration.model.likelihood == .gaussian) else { return nil }
    return BitsPerDimension(dimension: examples.targetSize, isDequantized: isDequantized)
  }
}

extension EvaluationResult {
  /// Bound and estimate once more, in bits; lower is better. Nothing where there are none.
  var bitsPerDimensionLines: [String] {
    guard let bound = boundBitsPerDimension else { return [] }
    // Noise makes a density's figures bounds, so what is estimated is one.
    let isDequantized = binarization == Binarization.dequantize.rawValue
    let boundLine = "bits per dimension  \(Format.fixed(bound, 4)) (bound\(isDequantized ? ", by dequantization" : ""))"
    guard let estimate = estimateBitsPerDimension else { return [boundLine] }
    let kind = isDequantized ? "estimate, of the bound by dequantization" : "estimate"
    return [boundLine, "                    \(Format.fixed(estimate, 4)) (\(kind))"]
  }
}
