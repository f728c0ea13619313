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

private func tableModel(
  scaling: InputScaling = .standardize, leastDeviation: Float = 0.02, _ seed: UInt64
) -> any LatentVariableModel {
  MLPSpecification.make(ExampleForm(shape: [3])) {
    ($0.hidden, $0.latent, $0.inputScaling) = ([16], 1, scaling)
    $0.likelihood = .gaussian(.init(leastDeviation: leastDeviation), isBounded: false)
  }.makeModel(RandomStream(seed: seed))
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
    let bound = try train(tableModel(leastDeviation: 0.05, 0))
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
      for (name, state) in trainer.model.states where name.hasSuffix("Mean") { #expect(state == table.mean()) }
      let checkpoint = trainer.checkpoint
      for name in names { #expect(checkpoint[name] != nil) }

      let fresh = try #require(other as? Model)
      let before = fresh.states.map(\.value)
      let loaded = try fresh.loadingWeights(checkpoint, path: "memory")
      #expect(fresh.states.map(\.value) == before && loaded.states.map(\.value) == trainer.model.states.map(\.value))
      let (a, b) = (Evaluator().bound(loaded, on: table), Evaluator().bound(trainer.evaluatedModel, on: table))
      #expect(a.bound == b.bound)

      let without = Safetensors(tensors: checkpoint.tensors.filter { $0.name != "inputMean" })
      #expect(throws: (any Error).self) { try fresh.loadingWeights(without, path: "memory") }
    }
    try check(tableModel(0), tableModel(9))
  }

  @Test func centredInputIsInputLessItsMean() {
    let table = Table(count: 60)
    func encoded<Model: LatentVariableModel>(_ model: Model, _ x: Tensor) -> Tensor {
      model.posterior(model.encode(x)).mean
    }
    var centred = tableModel(scaling: .center, 2)
    centred.adapt(to: table)
    let plain = tableModel(scaling: .none, 2)
    #expect(encoded(centred, table.rows) == encoded(plain, table.rows - table.mean()))
  }
}
