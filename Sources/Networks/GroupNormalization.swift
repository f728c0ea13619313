import Tensors
import _Differentiation

/// Each example's groups of channels brought to mean 0 and deviation 1, then to learned ones: [N, ..., C].
///
/// It sees one example at a time, so it does the same in training and in evaluation, whatever the batch.
public struct GroupNormalization: Layer {
  /// [C], ones at first.
  public var scale: Tensor
  /// [C], zeros at first.
  public var offset: Tensor
  /// Groups that the channels are divided into: 1 normalises over all of them, C each by itself.
  @noDerivative public let groups: Int

  /// A layer for `channels` channels. Traps unless `groups` divides them.
  public init(_ channels: Int, groups: Int) {
    require(
      groups > 0 && channels % groups == 0,
      "GroupNormalization: \(channels) channels in \(groups) groups; choose a number of groups that divides them")
    scale = Tensor(repeating: 1, shape: [channels])
    offset = Tensor(repeating: 0, shape: [channels])
    self.groups = groups
  }

  /// A layer with as many groups as there can be up to `most`, of two or more channels: a group of one would lose what it
  /// is about where there are few pixels, and all of it where there is one.
  public init(_ channels: Int, upTo most: Int) {
    self.init(channels, groups: (1...max(1, min(most, channels / 2))).last { channels % $0 == 0 }!)
  }

  /// (input - mean) / deviation * scale + offset.
  @differentiable(reverse)
  public func callAsFunction(_ input: Tensor) -> Tensor { groupNormalization(input, scale, offset, groups: groups) }
}
