import Autoencoders
import Datasets

extension Run {
  /// The bits of these examples, if the likelihood is one of discrete data, or bounds one, and they are such data; else
  /// nil, and no figure is in bits. Nil too where numbers are missing: examples then have different dimensions.
  func bitsPerDimension(_ examples: Examples) -> BitsPerDimension? {
    guard let support = configuration.model.likelihood?.support, examples.missingPart == 0 else { return nil }
    let profile = DataProfile(examples.dataset)
    let isDequantized = examples.binarization == .dequantize
    let isDiscrete =
      switch support {
      case .binary: examples.binarization.makesBinary || profile.isBinary
      case .eightBit: examples.binarization.makesBinary || profile.isEightBit
      case .real: isDequantized && profile.isEightBit
      }
    guard isDiscrete && isDequantized == (support == .real) else { return nil }
    return BitsPerDimension(dimension: examples.targetSize, isDequantized: isDequantized)
  }
}
