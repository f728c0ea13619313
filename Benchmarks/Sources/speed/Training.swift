import Autoencoders
import DatasetCatalog
import Datasets
import Networks
import Tensors

/// Steps of training, through the library's own trainer.
struct TrainingWork<Model: LatentVariableModel>: Work {
  private var trainer: Trainer<Model>
  private let data: Examples

  init(_ model: Model, on data: Examples, settings: TrainingSettings) {
    trainer = Trainer(model, settings: settings)
    self.data = data
  }

  mutating func run(until isDone: (Int) -> Bool) throws -> Double {
    var (steps, losses) = (0, 0.0)
    try trainer.fit(data) { report in
      steps += 1
      losses += report.batch.loss
      return isDone(steps) ? .stop : .go
    }
    return losses / Double(max(steps, 1))
  }
}

/// log p(x) by importance sampling, through the library's own evaluator.
struct EstimateWork<Model: LatentVariableModel>: Work {
  let model: Model
  let data: Examples
  let samples: Int
  let evaluator: Evaluator

  var unitsPerStep: Double { Double(data.count) }

  func run(until isDone: (Int) -> Bool) throws -> Double {
    var (steps, losses) = (0, 0.0)
    while !isDone(steps) {
      losses -= evaluator.importanceEstimate(model, on: data, samples: samples).estimate
      steps += 1
    }
    return losses / Double(max(steps, 1))
  }
}

extension Case {
  /// The model with fresh weights.
  func model() throws -> any LatentVariableModel {
    let stream = RandomStream(seed: 0)["model"]
    guard kind == .convolution else {
      let form = ExampleForm(shape: [Self.pixels])
      var dense = MLPSpecification(for: form)
      (dense.hidden, dense.latent, dense.activation) = (hidden, latent, try layerActivation())
      return dense.makeModel(for: form, stream)
    }
    let form = ExampleForm(shape: Self.picture)
    var convolutional = ConvolutionalSpecification(for: form)
    (convolutional.channels, convolutional.blocks) = (hidden, [0])
    (convolutional.latent, convolutional.activation) = (latent, try layerActivation())
    return convolutional.makeModel(for: form, stream)
  }

  func trainingSettings(threads: Int) throws -> TrainingSettings {
    var settings = TrainingSettings()
    settings.objective = Objective(bound: try parsed(objective, "objective"), samples: samples ?? 1)
    settings.batchSize = batch
    settings.threads = threads
    // More than will be taken: the driver says when to stop.
    settings.epochs = 1_000_000
    return settings
  }

  /// Random colours for convolutions; else MNIST's training images, as many as make whole batches: compiled PyTorch would
  /// pay for a batch of another size.
  func trainingExamples() throws -> Examples {
    if kind == .convolution {
      let colours = RandomStream(seed: 0)["data"].uniform([8 * batch, Self.picture.reduce(1, *)])
      return Examples(Dataset(name: "colours", exampleShape: Self.picture, values: .floats(colours.scalars)))
    }
    let train = try DataLocator().load("mnist").train
    return Examples(
      train, indices: Array(0..<train.count / batch * batch), binarization: try parsed(binarize, "binarize"))
  }

  /// The first test images.
  func testExamples() throws -> Examples {
    let splits = try DataLocator().load("mnist")
    return Examples(
      splits.test ?? splits.train, indices: Array(0..<batch), binarization: try parsed(binarize, "binarize"))
  }
}
