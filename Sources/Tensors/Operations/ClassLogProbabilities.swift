import Foundation
import _Differentiation

extension Tensor {
  /// log softmax over the innermost axis, the axes exchanged: logits [B, C] to log-probabilities [C, B].
  @differentiable(reverse)
  public func classLogProbabilities() -> Tensor {
    let logits = swappingFirstAxes()
    let logCount = withoutDerivative(at: Float(Foundation.log(Double(logits.shape[0]))))
    return logits - (logits.logMeanExpOverFirst() + logCount)
  }
}
