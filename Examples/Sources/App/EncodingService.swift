import Autoencoders
import Experiments
import Tensors

/// A trained model that answers requests of many tasks, one after the other: what a server needs.
actor EncodingService {
  private let model: any LatentVariableModel
  private(set) var served = 0

  /// The model of a run. Throws `FileError` where there is none.
  init(run: Run) throws { model = try run.model() }

  /// Posterior means, [latents], of one example of `inputSize` numbers.
  func encode(_ numbers: [Float]) throws -> [Float] {
    guard numbers.count == model.inputSize else {
      throw ExperimentError("an example of \(numbers.count) numbers; the model takes \(model.inputSize)")
    }
    served += 1
    func means(_ model: some LatentVariableModel, _ x: Tensor) -> [Float] {
      model.posterior(model.encode(x)).mean.scalars
    }
    return means(model, Tensor(numbers, shape: [1, numbers.count]))
  }
}
