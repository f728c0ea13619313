import Tensors
import _Differentiation

/// Each channel of a batch brought to mean 0 and deviation 1, then to learned ones: [..., C].
///
/// In a ``TrainingPass`` it normalises by the moments of what it is given - a shard of the batch, where that is cut up -
/// and hands them to the pass. Without one it normalises by the running moments that passes have left behind.
public struct BatchNormalization: Layer {
  /// [C], ones at first.
  public var scale: Tensor
  /// [C], zeros at first.
  public var offset: Tensor
  /// The running mean, [C]; zeros before any training.
  public var mean: StateTensor
  /// The running variance, [C]; ones before any training.
  public var variance: StateTensor

  /// A layer for `channels` channels.
  public init(_ channels: Int) {
    scale = Tensor(repeating: 1, shape: [channels])
    offset = Tensor(repeating: 0, shape: [channels])
    mean = StateTensor(Tensor(repeating: 0, shape: [channels]))
    variance = StateTensor(Tensor(repeating: 1, shape: [channels]))
  }

  /// (input - mean) / deviation * scale + offset.
  @differentiable(reverse)
  public func callAsFunction(_ input: Tensor) -> Tensor {
    guard let pass = TrainingPass.current else {
      return batchNormalization(input, scale, offset, mean: mean.value, variance: variance.value)
    }
    let batch = batchNormalization(input, scale, offset)
    pass.record(moments(of: batch, from: input))
    return batch.value
  }

  /// The same, written out: what is told to the pass is no part of the derivative.
  @derivative(of: callAsFunction)
  @usableFromInline
  func vjpCallAsFunction(_ input: Tensor) -> (value: Tensor, pullback: (Tensor) -> (TangentVector, Tensor)) {
    typealias Parts = (Tensor) -> (Tensor, Tensor, Tensor)
    let (value, parts): (Tensor, Parts)
    if let pass = TrainingPass.current {
      let (batch, pullback) = valueWithPullback(at: input, scale, offset) { batchNormalization($0, $1, $2) }
      pass.record(moments(of: batch, from: input))
      (value, parts) = (batch.value, { pullback(NormalizedBatch.TangentVector(value: $0)) })
    } else {
      let (mean, variance) = (mean.value, variance.value)
      (value, parts) = valueWithPullback(at: input, scale, offset) {
        batchNormalization($0, $1, $2, mean: mean, variance: variance)
      }
    }
    return (
      value,
      { dy in
        let (dInput, dScale, dOffset) = parts(dy)
        var tangent = TangentVector.zero
        (tangent.scale, tangent.offset) = (dScale, dOffset)
        return (tangent, dInput)
      }
    )
  }

  private func moments(of batch: NormalizedBatch, from input: Tensor) -> BatchMoments {
    BatchMoments(
      meanNumber: mean.number, varianceNumber: variance.number, mean: batch.mean, variance: batch.variance,
      count: input.count / max(scale.count, 1))
  }
}
