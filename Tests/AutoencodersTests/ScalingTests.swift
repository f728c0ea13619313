import Foundation
import Networks
import Tensors
import Testing

@testable import Autoencoders

/// Rows of a table whose columns differ in scale by thousands.
private struct Table: BatchSource {
  let rows: Tensor
  var count: Int { rows.shape[0] }
  var exampleSize: Int { rows.shape[1] }

  /// Two columns driven by one cause, 5000 +- 800 and 0.2 +- 0.03, and one that never changes.
  init(count: Int) {
    let stream = RandomStream(seed: 4)
    let cause = stream["cause"].normal([count]).scalars
    let noise = stream["noise"].normal([count, 2]).scalars
    var numbers: [Float] = []
    for i in 0..<count {
      let first: Float = 5000 + 800 * cause[i] + 80 * noise[2 * i]
      let second: Float = 0.2 - 0.03 * cause[i] + 0.003 * noise[2 * i + 1]
      numbers += [first, second, 7]
    }
    rows = Tensor(numbers, shape: [count, 3])
  }

  func batch(_ indices: ArraySlice<Int>, stream: RandomStream) -> Tensor {
    Tensor.stacked(indices.map { rows.rows($0..<$0 + 1) })
  }
}

private func tableConfiguration() -> ModelConfiguration {
  var configuration = ModelConfiguration(inputSize: 3)
  configuration.hidden = [16]
  configuration.latent = 1
  configuration.likelihood = .gaussian
  configuration.boundedMean = false
  configuration.inputScaling = .standardize
  return configuration
}

@Suite struct ScalingTests {
  @Test func meanAndDeviationAreTheData() {
    let table = Table(count: 700)
    let mean = table.mean()
    #expect(abs(mean.scalars[0] - 5000) < 100)
    #expect(abs(mean.scalars[2] - 7) < 1e-4)
    let deviation = table.deviation(about: mean).scalars
    #expect(abs(deviation[0] - 804) < 60)
    #expect(abs(deviation[1] - 0.0301) < 0.003)
    #expect(deviation[2] == 1)  // and not zero, which would be divided by
  }

  @Test func columnsOfAnyScaleAreLearned() throws {
    let table = Table(count: 1000)
    var settings = TrainingSettings()
    settings.epochs = 40
    settings.batchSize = 50
    settings.optimizer.rate = 3e-3
    func train<Model: LatentVariableModel>(_ model: Model) throws -> Double {
      var trainer = Trainer(model, settings: settings)
      try trainer.fit(table)
      return Evaluator().bound(trainer.evaluatedModel, on: table).bound
    }
    var configuration = tableConfiguration()
    configuration.leastDeviation = 0.05
    let bound = try train(configuration.makeModel(RandomStream(seed: 0)))
    // One cause known, the two columns' noise is left: log 80 + log 0.003 + log 2 pi e, less what the floor of the
    // constant column gives back (2.1), plus the price of the cause (about log 10). Unscaled, this is -1e6.
    #expect(bound > -4.5 && bound < 4)
  }

  @Test func stateIsStoredAndNotLearned() throws {
    let table = Table(count: 200)
    func check<Model: LatentVariableModel>(_ model: Model, _ other: any LatentVariableModel) throws {
      var settings = TrainingSettings()
      settings.epochs = 1
      settings.optimizer = OptimizerSettings(.adamw)
      var trainer = Trainer(model, settings: settings)
      try trainer.fit(table)
      let names = trainer.model.states.map(\.name)
      #expect(names == ["output.dataMean", "output.dataDeviation", "inputMean", "inputDeviation"])
      for (name, state) in trainer.model.states where name.hasSuffix("Mean") { #expect(state.value == table.mean()) }
      let checkpoint = trainer.checkpoint
      for name in names { #expect(checkpoint[name] != nil) }

      let fresh = try #require(other as? Model)
      let loaded = try fresh.loadingWeights(checkpoint, path: "memory")
      let (a, b) = (Evaluator().bound(loaded, on: table), Evaluator().bound(trainer.evaluatedModel, on: table))
      #expect(a.bound == b.bound)

      let without = Safetensors(tensors: checkpoint.tensors.filter { $0.name != "inputMean" })
      #expect(throws: (any Error).self) { try fresh.loadingWeights(without, path: "memory") }
    }
    let configuration = tableConfiguration()
    try check(configuration.makeModel(RandomStream(seed: 0)), configuration.makeModel(RandomStream(seed: 9)))
  }

  @Test func centredInputIsInputLessItsMean() {
    let table = Table(count: 60)
    var configuration = tableConfiguration()
    configuration.inputScaling = .center
    func encoded<Model: LatentVariableModel>(_ model: Model, _ x: Tensor) -> Tensor {
      model.posterior(model.encode(x)).mean
    }
    let centred = configuration.makeModel(RandomStream(seed: 2))
    centred.adapt(to: table)
    configuration.inputScaling = .none
    let plain = configuration.makeModel(RandomStream(seed: 2))
    #expect(encoded(centred, table.rows) == encoded(plain, table.rows - table.mean()))
  }
}
