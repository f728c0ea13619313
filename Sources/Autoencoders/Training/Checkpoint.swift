import Foundation
import Files
import Networks
import Tensors
import _Differentiation

/// A trainer as a file: weights under their own names, what the optimizer remembers under `optimizer.<slot>.`, the
/// moving average under `average.`, and where the run stands in the metadata.
///
/// The random numbers need no state of their own: they are functions of the seed and the step.
extension Trainer {
  /// Everything needed to go on, or only to use the model.
  public var checkpoint: Safetensors {
    let names = model.parameterNames
    var tensors = Array(zip(names, model.parameters)).map { (name: $0, tensor: $1) }
    tensors += model.states.map { (name: $0.name, tensor: $0.value) }
    for (slot, values) in zip(optimizer.slotNames, optimizer.slots) {
      tensors += zip(names, values).map { (name: "optimizer.\(slot).\($0)", tensor: $1) }
    }
    if let average { tensors += zip(names, average.averages).map { (name: "average.\($0)", tensor: $1) } }
    if let chains { tensors.append((name: "chains.z", tensor: chains.z)) }
    if let critic { tensors += critic.tensors }
    var metadata = [
      "format": "swift-vae checkpoint", "version": "1", "step": "\(progress.step)", "epoch": "\(progress.epoch)",
      "batches_done": "\(progress.batchesDone)", "epoch_examples": "\(progress.epochSummary.count)",
      "epoch_sums": progress.epochSummary.sums.map { "\($0)" }.joined(separator: " "),
      "epochs_since_best": "\(progress.epochsSinceBest)", "optimizer_step": "\(optimizer.step)",
      "seed": "\(settings.seed)", "generator": "threefry2x32-20, indexed by seed, epoch and step",
    ]
    if optimizer.skipped > 0 { metadata["skipped_steps"] = "\(optimizer.skipped)" }
    if let best = progress.bestBound { metadata["best_bound"] = "\(best)" }
    if let chains { metadata["chains_step"] = "\(chains.step)" }
    if let critic { metadata["discriminator_step"] = "\(critic.optimizer.step)" }
    if let average { metadata["average_updates"] = "\(average.updates)" }
    return Safetensors(tensors: tensors, metadata: metadata)
  }

  /// Takes everything over from a checkpoint. Throws `FileError` naming `path` if it does not fit this model, and then
  /// changes nothing.
  public mutating func restore(_ checkpoint: Safetensors, path: String) throws {
    var (model, optimizer, average) = (model, optimizer, average)
    func number<T: LosslessStringConvertible>(_ key: String, as: T.Type = T.self) throws -> T {
      guard let value = checkpoint.metadata[key].flatMap(T.init) else {
        throw FileError(path: path, problem: "metadata lacks \(key); not a checkpoint to resume from")
      }
      return value
    }
    model = try model.loadingWeights(checkpoint, averaged: false, path: path)
    for (index, slot) in optimizer.slotNames.enumerated() {
      optimizer.slots[index] = try model.loading(checkpoint, prefix: "optimizer.\(slot).", path: path).parameters
    }
    optimizer.step = try number("optimizer_step")
    optimizer.skipped = checkpoint.metadata["skipped_steps"].flatMap { Int($0) } ?? 0
    if average != nil {
      average!.averages = try model.loading(checkpoint, prefix: "average.", path: path).parameters
      average!.updates = try number("average_updates")
    }
    var chains: MonteCarloEM.Chains?
    if settings.algorithm == .monteCarloEM {
      guard let z = checkpoint["chains.z"], z.shape.rank == 2, z.shape[1] == model.latentSize else {
        throw FileError(path: path, problem: "tensor chains.z of shape [examples, \(model.latentSize)] is missing")
      }
      chains = MonteCarloEM.Chains(z: z, step: try number("chains_step"))
    }
    var critic = critic
    if critic != nil {
      try critic!.load(checkpoint, path: path)
      critic!.optimizer.step = try number("discriminator_step")
    }
    var progress = Progress()
    progress.step = try number("step")
    progress.epoch = try number("epoch")
    progress.batchesDone = try number("batches_done")
    progress.epochSummary.count = try number("epoch_examples")
    let sums = try number("epoch_sums", as: String.self).split(separator: " ").compactMap { Double($0) }
    guard sums.count == 3 else { throw FileError(path: path, problem: "metadata epoch_sums is damaged") }
    progress.epochSummary.sums = sums
    progress.epochsSinceBest = try number("epochs_since_best")
    progress.bestBound = checkpoint.metadata["best_bound"].flatMap(Double.init)
    (self.model, self.optimizer, self.average, self.progress) = (model, optimizer, average, progress)
    (self.chains, self.critic) = (chains, critic)
  }
}

extension Critic {
  /// The discriminator's weights under `discriminator.`, what its optimizer remembers under `discriminator.optimizer.<slot>.`.
  fileprivate var tensors: [(name: String, tensor: Tensor)] {
    let names = discriminator.parameterNames
    var tensors = zip(names, discriminator.parameters).map { (name: "discriminator.\($0)", tensor: $1) }
    for (slot, values) in zip(optimizer.slotNames, optimizer.slots) {
      tensors += zip(names, values).map { (name: "discriminator.optimizer.\(slot).\($0)", tensor: $1) }
    }
    return tensors
  }

  fileprivate mutating func load(_ checkpoint: Safetensors, path: String) throws {
    discriminator = try discriminator.loading(checkpoint, prefix: "discriminator.", path: path)
    for (index, slot) in optimizer.slotNames.enumerated() {
      optimizer.slots[index] =
        try discriminator.loading(checkpoint, prefix: "discriminator.optimizer.\(slot).", path: path).parameters
    }
  }
}

extension LatentVariableModel {
  /// This model with the weights of a checkpoint: the moving average if it holds one, unless `averaged` is false.
  public func loadingWeights(_ checkpoint: Safetensors, averaged: Bool = true, path: String) throws -> Self {
    let hasAverage = checkpoint.tensors.contains { $0.name.hasPrefix("average.") }
    var loaded = try loading(checkpoint, prefix: averaged && hasAverage ? "average." : "", path: path)
    try loaded.setStates { name, old in
      guard let tensor = checkpoint[name], tensor.shape == old.shape else {
        throw FileError(path: path, problem: "tensor \(name) of shape \(old.shape) is missing")
      }
      return tensor
    }
    return loaded
  }
}

extension Differentiable {
  /// This value with every parameter replaced by the file's tensor of `prefix` + its name.
  func loading(_ checkpoint: Safetensors, prefix: String = "", path: String) throws -> Self {
    let stored = Dictionary(checkpoint.tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { a, _ in a })
    let replacements = try zip(parameterNames, parameters).map { name, parameter in
      guard let tensor = stored[prefix + name] else {
        throw FileError(path: path, problem: "tensor \(prefix + name) is missing; the file is of another model")
      }
      guard tensor.shape == parameter.shape else {
        throw FileError(
          path: path, problem: "tensor \(prefix + name) has shape \(tensor.shape), the model expects \(parameter.shape)"
        )
      }
      return tensor
    }
    return replacingParameters(with: replacements)
  }
}
