import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

struct LearningTests {
  private func bounds(
    _ configuration: ModelConfiguration, _ settings: TrainingSettings, train: Examples, held: Examples
  ) throws -> (untrained: Double, trained: BoundReport) {
    func fit<Model: LatentVariableModel>(_ model: Model) throws -> (Double, BoundReport) {
      let evaluator = Evaluator(threads: 2, seed: 1)
      var trainer = Trainer(model, settings: settings)
      try trainer.fit(train)
      return (evaluator.bound(model, on: held).bound, evaluator.bound(trainer.evaluatedModel, on: held))
    }
    return try fit(configuration.makeModel(RandomStream(seed: 1)))
  }

  /// What two epochs on 4,000 pictures must gain on pictures held out, in nats.
  @Test(arguments: [("mnist", 340.0), ("fashion-mnist", 200), ("digits", 330)])
  func twoEpochsOfPicturesImproveTheHeldOutBound(_ name: String, _ gain: Double) throws {
    try TestData.need(name)
    let data = try TestData.locator.load(name, limit: 4000)
    let test = try #require(data.test)
    var configuration = ModelConfiguration(inputSize: 784)
    configuration.hidden = [200]
    var settings = TrainingSettings()
    settings.epochs = 2
    settings.batchSize = 50
    settings.threads = 2
    let (untrained, trained) = try bounds(
      configuration, settings, train: Examples(data.train, binarization: .dynamic),
      held: Examples(test, indices: Array(0..<1000), binarization: .dynamic))
    #expect(trained.bound > untrained + gain, "from \(untrained) to \(trained.bound)")
    #expect(trained.bound < -80, "better than the best models in two epochs: \(trained.bound)")
    #expect(trained.activeUnits >= 2)
  }

  /// What three epochs on 4,000 pictures must gain on the quadrants that are not given, in nats, and make of latents.
  @Test(.needs("mnist")) func threeQuadrantsGivenOneImprove() throws {
    let data = try TestData.locator.load("mnist", limit: 4000)
    let test = try #require(data.test)
    let part = ExamplePart(isGiven: (0..<784).map { $0 / 28 >= 14 && $0 % 28 < 14 })
    var configuration = ModelConfiguration(inputSize: part.target.count)
    configuration.conditionSize = part.given.count
    configuration.hidden = [200]
    configuration.inputScaling = .center
    var settings = TrainingSettings()
    settings.epochs = 3
    settings.objective.warmUp = 1
    settings.batchSize = 50
    settings.threads = 2
    let (untrained, trained) = try bounds(
      configuration, settings,
      train: Examples(data.train, binarization: .dynamic, condition: .part(part)),
      held: Examples(test, indices: Array(0..<1000), binarization: .dynamic, condition: .part(part)))
    #expect(trained.bound > untrained + 250, "from \(untrained) to \(trained.bound)")
    #expect(trained.bound < -64, "better than the published models in three epochs: \(trained.bound)")
    #expect(trained.activeUnits >= 2)
  }

  /// What two epochs on 3,000 pictures must gain on pictures held out where q(z|x) goes on by leapfrogs, in nats.
  @Test(.needs("mnist"), arguments: [(ModelConfiguration.Family.mlp, 340.0), (.conv, 330)])
  func modelsWithLeapfrogsImproveTheHeldOutBound(_ family: ModelConfiguration.Family, _ gain: Double) throws {
    let data = try TestData.locator.load("mnist", limit: 3000)
    let test = try #require(data.test)
    var configuration = ModelConfiguration(inputSize: 784)
    configuration.exampleShape = [28, 28]
    configuration.family = family
    configuration.activation = family == .conv ? .silu : .softplus
    configuration.hidden = [100]
    configuration.maps = family == .conv ? [8, 16] : nil
    configuration.leapfrogs = 2
    configuration.complete()
    var settings = TrainingSettings()
    settings.epochs = 2
    settings.optimizer.rate = 0.003
    settings.batchSize = 25
    settings.threads = 2
    let (untrained, trained) = try bounds(
      configuration, settings, train: Examples(data.train, binarization: .dynamic),
      held: Examples(test, indices: Array(0..<500), binarization: .dynamic))
    #expect(trained.bound > untrained + gain, "from \(untrained) to \(trained.bound)")
    #expect(trained.bound < -80, "better than the best models in two epochs: \(trained.bound)")
    #expect(trained.activeUnits >= 1)
  }

  /// What models of pictures gain in nats on clothes held out: the hierarchical one, a small one, from 1,000 of
  /// them.
  @Test(
    .needs("fashion-mnist"),
    arguments: [(ModelConfiguration.Family.conv, 1500, 200.0), (.hierarchical, 1000, 180), (.draw, 2000, 90)])
  func modelsOfPicturesImproveTheHeldOutBound(
    _ family: ModelConfiguration.Family, _ count: Int, _ gain: Double
  ) throws {
    let data = try TestData.locator.load("fashion-mnist", limit: count)
    let test = try #require(data.test)
    var configuration = ModelConfiguration(inputSize: 784)
    configuration.exampleShape = [28, 28]
    configuration.family = family
    configuration.activation = .silu
    if family == .hierarchical {
      configuration.blocks = [1, 0, 1, 1]
      configuration.width = 16
      configuration.latent = 4
    }
    if family == .draw {
      (configuration.hidden, configuration.latent) = ([64], 16)
      configuration.drawing = DrawingSettings(glimpses: 6, read: 3, write: 5)
    }
    configuration.complete()
    var settings = TrainingSettings()
    settings.epochs = [.conv: 2, .hierarchical: 3][family] ?? 5
    settings.optimizer.rate = 0.003
    settings.batchSize = 25
    settings.threads = 2
    let (untrained, trained) = try bounds(
      configuration, settings, train: Examples(data.train, binarization: .dynamic),
      held: Examples(test, indices: Array(0..<200), binarization: .dynamic))
    #expect(trained.bound > untrained + gain, "from \(untrained) to \(trained.bound)")
    #expect(trained.bound < -180, "better than the best models in two epochs: \(trained.bound)")
    #expect(trained.activeUnits >= 2)
  }

  /// Grey values as 256 values: from 5.6 bits a pixel, that of the widest scale, to less than half of it.
  @Test(.needs("mnist")) func twoEpochsOfGreyPicturesHalveTheBits() throws {
    let data = try TestData.locator.load("mnist", limit: 4000)
    let test = try #require(data.test)
    var configuration = ModelConfiguration(inputSize: 784)
    configuration.hidden = [200]
    configuration.likelihood = .logistic
    configuration.leastDeviation = 0.001
    var settings = TrainingSettings()
    settings.epochs = 2
    settings.batchSize = 50
    settings.threads = 2
    let (untrained, trained) = try bounds(
      configuration, settings, train: Examples(data.train), held: Examples(test, indices: Array(0..<1000)))
    #expect(trained.bound > 0.5 * untrained, "from \(untrained) to \(trained.bound)")
    // 1.0 bits a pixel, better than any published model of grey MNIST.
    #expect(trained.bound < -784 * Foundation.log(2), "too good: \(trained.bound)")
    #expect(trained.activeUnits >= 1)
  }

  /// A mixture takes clothes, many of whose pixels are black for certain, in fewer bits than one logistic variable does.
  @Test(.needs("fashion-mnist")) func mixtureOfLogisticsTakesFewerBitsThanOne() throws {
    let data = try TestData.locator.load("fashion-mnist", limit: 3000)
    let test = try #require(data.test)
    var configuration = ModelConfiguration(inputSize: 784)
    configuration.exampleShape = [28, 28]
    configuration.hidden = [100]
    configuration.leastDeviation = 0.001
    configuration.components = 5
    var settings = TrainingSettings()
    settings.epochs = 3
    settings.batchSize = 50
    settings.threads = 2
    let (train, held) = (Examples(data.train), Examples(test, indices: Array(0..<500)))
    let bits = BitsPerDimension(dimension: 784)
    configuration.likelihood = .logistic
    let single = try bounds(configuration, settings, train: train, held: held)
    configuration.likelihood = .mixture
    let mixture = try bounds(configuration, settings, train: train, held: held)
    #expect(bits(mixture.untrained) < 9, "it begins near 8 bits, those of even chances: \(bits(mixture.untrained))")
    #expect(bits(mixture.trained.bound) < bits(single.trained.bound) - 0.05)
    #expect(bits(mixture.trained.bound) > 2, "too good: \(bits(mixture.trained.bound))")
    #expect(mixture.trained.activeUnits >= 1)
  }

  /// Colours that follow from the red: three times its nats without coupling, less the half of green's contrast.
  @Test(.needs("fashion-mnist")) func coupledChannelsAreLearned() throws {
    let data = try TestData.locator.load("fashion-mnist", limit: 2000).train
    let grey = try #require(data.values.withBytes { Array($0) })
    func learned(_ channels: Int) throws -> Double {
      let values = grey.flatMap { channels == 1 ? [$0] : [$0, 128 + $0 / 2, 255 - $0] }
      let set = Dataset(name: "clothes", exampleShape: [28, 28, channels], values: .bytes(values))
      var configuration = ModelConfiguration(inputSize: set.exampleSize)
      configuration.exampleShape = set.exampleShape
      configuration.hidden = [50]
      configuration.likelihood = .mixture
      configuration.components = 3
      var settings = TrainingSettings()
      settings.epochs = 4
      settings.batchSize = 50
      settings.threads = 2
      settings.optimizer.rate = 0.003
      return try bounds(
        configuration, settings, train: Examples(set, indices: Array(0..<1800)),
        held: Examples(set, indices: Array(1800..<2000))
      ).trained.bound
    }
    let (alone, coupled) = (try learned(1), try learned(3))
    #expect(coupled > 2.7 * alone, "\(coupled) nats in colour, \(alone) in grey")
  }

  @Test(.needs("frey-faces")) func tenEpochsOfFacesImproveTheHeldOutDensity() throws {
    let data = try TestData.locator.load("frey-faces", limit: 1965).train
    var configuration = ModelConfiguration(inputSize: 560)
    configuration.hidden = [200]
    configuration.latent = 2
    configuration.likelihood = .gaussian
    var settings = TrainingSettings()
    settings.epochs = 10
    settings.batchSize = 100
    settings.threads = 2
    // A film: the last frames are held out, not some between others.
    let (untrained, trained) = try bounds(
      configuration, settings, train: Examples(data, indices: Array(0..<1700)),
      held: Examples(data, indices: Array(1765..<1965)))
    #expect(trained.bound > untrained + 500, "from \(untrained) to \(trained.bound)")
    #expect(trained.activeUnits >= 1)
  }
}
