import Autoencoders
import DatasetCatalog
import Datasets
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

private let mnist = ExampleForm(shape: [28, 28])

struct LearningTests {
  private func bounds(
    _ configuration: ModelCase, _ settings: TrainingSettings, train: Examples, held: Examples
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
    let configuration = MLPSpecification.make(mnist) { $0.hidden = [200] }
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
    let form = ExampleForm(
      shape: [28, 28], size: part.target.count, condition: .init(size: part.given.count))
    let configuration = ConditionalMLPSpecification.make(form) { ($0.hidden, $0.inputScaling) = ([200], .center) }
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
  @Test(
    .needs("mnist"),
    arguments: [
      (
        MLPSpecification.make(mnist) {
          ($0.hidden, $0.activation, $0.leapfrogs) = ([100], .softplus, LeapfrogSettings(steps: 2))
        }, 340.0
      ),
      (
        ConvolutionalSpecification.make(mnist) {
          ($0.channels, $0.blocks, $0.leapfrogs) = ([8, 16], [0], LeapfrogSettings(steps: 2))
        }, 330
      ),
    ] as [(ModelCase, Double)])
  func modelsWithLeapfrogsImproveTheHeldOutBound(_ configuration: ModelCase, _ gain: Double) throws {
    let data = try TestData.locator.load("mnist", limit: 3000)
    let test = try #require(data.test)
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
    .tags(.slow), .needs("fashion-mnist"),
    arguments: [
      (ConvolutionalSpecification.make(mnist), 2, 1500, 200.0),
      (
        HierarchicalSpecification.make(mnist) { ($0.blocks, $0.width, $0.latent) = ([1, 0, 1, 1], 16, 4) }, 3, 1000, 180
      ),
      (
        DRAWSpecification.make(mnist) {
          ($0.hidden, $0.latent, $0.glimpses, $0.read, $0.write) = ([64], 16, 6, 3, 5)
        }, 5, 2000, 90
      ),
    ] as [(ModelCase, Int, Int, Double)])
  func modelsOfPicturesImproveTheHeldOutBound(
    _ configuration: ModelCase, _ epochs: Int, _ count: Int, _ gain: Double
  ) throws {
    let data = try TestData.locator.load("fashion-mnist", limit: count)
    let test = try #require(data.test)
    var settings = TrainingSettings()
    settings.epochs = epochs
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
    let configuration = MLPSpecification.make(mnist) {
      ($0.hidden, $0.likelihood) = ([200], LikelihoodSpecification(.logistic))
    }
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
    func configuration(_ likelihood: LikelihoodSpecification) -> ModelCase {
      MLPSpecification.make(mnist) { ($0.hidden, $0.likelihood) = ([100], likelihood) }
    }
    var settings = TrainingSettings()
    settings.epochs = 3
    settings.batchSize = 50
    settings.threads = 2
    let (train, held) = (Examples(data.train), Examples(test, indices: Array(0..<500)))
    let bits = BitsPerDimension(dimension: 784)
    let single = try bounds(configuration(LikelihoodSpecification(.logistic)), settings, train: train, held: held)
    let mixture = try bounds(configuration(.mixture(components: 5)), settings, train: train, held: held)
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
      let configuration = MLPSpecification.make(ExampleForm(shape: set.exampleShape)) {
        ($0.hidden, $0.likelihood) = ([50], .mixture(components: 3))
      }
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
    let configuration = MLPSpecification.make(ExampleForm(shape: [28, 20])) {
      ($0.hidden, $0.latent, $0.likelihood) = ([200], 2, LikelihoodSpecification(.gaussian))
    }
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
