import Autoencoders
import Networks
import Tensors

/// What a run is and how far it got.
package struct RunSummary: Codable {
  package var configuration: RunConfiguration
  package var parameters: Int
  package var tensors: [String: [Int]]
  package var step: Int
  package var epoch: Int
  package var checkpoint: String
  package var bestCheckpoint: String
  package var lastMetrics: EpochMetrics?
  /// Names and shapes of the parameters, in their order.
  package var parameterShapes: [(name: String, shape: Shape)] = []

  private enum CodingKeys: String, CodingKey {
    case configuration, parameters, tensors, step, epoch, checkpoint, bestCheckpoint, lastMetrics
  }

  /// Looks at a run's last checkpoint. Throws `FileError` where there is none.
  package init(_ run: Run) throws {
    checkpoint = try run.checkpointPath(.last)
    let file = try Safetensors(contentsOf: checkpoint)
    let model = try run.model(.last)
    parameterShapes = zip(model.parameterNames, model.parameters).map { ($0, $1.shape) }
    configuration = run.configuration
    parameters = model.parameters.reduce(0) { $0 + $1.count }
    tensors = Dictionary(uniqueKeysWithValues: parameterShapes.map { ($0.name, $0.shape.array) })
    (step, epoch) = (Int(file.metadata["step"] ?? "") ?? 0, Int(file.metadata["epoch"] ?? "") ?? 0)
    bestCheckpoint = try run.checkpointPath(.best)
    lastMetrics = run.metrics().last
  }
}
