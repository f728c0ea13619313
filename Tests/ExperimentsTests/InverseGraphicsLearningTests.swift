import SyntheticData
import DatasetCatalog
import LatentAnalysis
import TestSupport
import Datasets
import Foundation
import Networks
import Tensors
import Testing

@testable import Autoencoders
@testable import Experiments

/// Models that are told what differs in a batch, taught by batches in which it does.
struct InverseGraphicsLearningTests {
  /// Things in 264 poses each, at 16 x 16: the light's latent learns the light.
  @Test func latentsLearnTheirCauses() throws {
    let pictures = PictureOptions(size: .init(height: 16, width: 16))
    let splits = try DataLocator().load("scenes", limit: 4 * Scenes.poses.count, pictures: pictures)
    let train = try OneFactorBatches(Examples(splits.train), factors: ["light"], identityWeight: 2)
    let held = Examples(splits.test!)
    var settings = TrainingSettings()
    (settings.epochs, settings.batchSize, settings.seed) = (20, 16, 1)
    settings.optimizer.rate = 0.005
    func fresh(_ seed: UInt64) -> InverseGraphicsAutoencoder<ConvolutionalAutoencoder<GaussianPixels>> {
      InverseGraphicsAutoencoder(
        ConvolutionalAutoencoder(
          imageShape: [16, 16, 1], maps: [8, 16], blocks: 0, latentSize: 8, activation: .silu,
          distribution: GaussianPixels(channels: 1, isBounded: true, leastDeviation: 0.1),
          stream: RandomStream(seed: seed)), widths: [1])
    }
    var whole = Trainer(fresh(1), settings: settings)
    let before = Evaluator().bound(whole.model, on: held).bound
    try whole.fit(train)
    let after = Evaluator().bound(whole.model, on: held).bound
    #expect(after > before + 100, "from \(before) to \(after)")
    func codes(_ examples: Examples) -> Tensor {
      Inference.encode(whole.model, examples, positions: Array(0..<examples.count), stream: RandomStream(seed: 1)).means
    }
    func lights(_ factors: Dataset.Factors) -> [Float] {
      (0..<factors.values.count / factors.names.count).map { factors.value("light", of: $0) }
    }
    let reading = FactorReading(of: lights(splits.train.factors!), from: codes(train.examples), units: [0])
    let score = reading.score(lights(held.factors!), codes(held))
    #expect(score.correlation > 0.7, "\(score)")
  }

  /// A run that was cut in two, through a file, ends with the same bits on two threads.
  @Test func checkpointsKeepTheWay() throws {
    let pictures = PictureOptions(size: .init(height: 8, width: 8))
    let set = try DataLocator().load("scenes", limit: 2 * Scenes.poses.count, pictures: pictures).train
    let data = try OneFactorBatches(Examples(set, binarization: .dynamic), factors: ["azimuth"])
    var settings = TrainingSettings()
    (settings.epochs, settings.batchSize, settings.seed, settings.threads) = (2, 20, 1, 2)
    func fresh(_ seed: UInt64) -> InverseGraphicsAutoencoder<ConvolutionalAutoencoder<BernoulliPixels>> {
      InverseGraphicsAutoencoder(
        ConvolutionalAutoencoder(
          imageShape: [8, 8, 1], maps: [3, 4], blocks: 1, latentSize: 4, activation: .tanh,
          distribution: BernoulliPixels(channels: 1), stream: RandomStream(seed: seed)), widths: [1])
    }
    var whole = Trainer(fresh(1), settings: settings)
    try whole.fit(data)
    var first = Trainer(fresh(1), settings: settings)
    try first.fit(data) { $0.step == 31 ? .stop : .go }
    var second = Trainer(fresh(9), settings: settings)
    try withTemporaryFolder { folder in
      let path = folder + "/checkpoint.safetensors"
      try first.checkpoint.write(to: path)
      try second.restore(Safetensors(contentsOf: path), path: path)
    }
    try second.fit(data)
    for (a, b) in zip(second.checkpoint.tensors, whole.checkpoint.tensors) {
      #expect(a.tensor == b.tensor, "\(a.name)")
    }
  }
}
