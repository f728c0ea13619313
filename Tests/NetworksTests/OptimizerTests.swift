import Foundation
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

private struct Weights: Differentiable {
  var w: Tensor
}

private struct Two: Differentiable {
  var used: Tensor
  var unused: Tensor
}

struct OptimizerTests {
  private typealias Gradient = Weights.TangentVector

  private func settings(_ name: String, _ numbers: [String: Double]) -> OptimizerSettings {
    var settings = OptimizerSettings(["adam": .adam, "adamw": .adamw, "adagrad": .adagrad][name] ?? .sgd)
    for (key, value) in numbers {
      switch key {
      case "rate": settings.rate = Float(value)
      case "beta1": settings.beta1 = Float(value)
      case "beta2": settings.beta2 = Float(value)
      case "epsilon": settings.epsilon = Float(value)
      case "momentum": settings.momentum = Float(value)
      case "decoupled_decay": settings.weightDecay = Float(value)
      default: Issue.record("reference has a setting \(key) that is not understood")
      }
    }
    return settings
  }

  /// Three steps, with each gradient whole, in two parts, and in five.
  @Test(arguments: ["adam", "adamw", "adagrad", "momentum"], [1, 2, 5])
  func rulesMatchReferenceValues(name: String, parts: Int) throws {
    let reference = try Reference.optimizer(name)
    let settings = settings(name, reference.settings)
    let initial = reference.initial.tensor
    var model = Weights(w: initial)
    var optimizer = Optimizer(settings, for: model)
    for (step, whole) in reference.gradients.enumerated() {
      // 2 g, and then the same amount taken away again in halves and quarters: exact in float32.
      let shares: [Float] = parts == 1 ? [1] : parts == 2 ? [2, -1] : [2, -0.5, -0.25, -0.125, -0.125]
      let gradients = shares.map { Gradient(w: whole.tensor.scaled(by: $0)) }
      optimizer.update(&model, along: gradients, rate: settings.rate)
      let what = "\(name) step \(step):"
      let values = reference.parameters[step]
      expectClose(model.w, values.values, shape: values.shape, relative: 1e-5, absolute: 1e-6, what)
      let changes = reference.changes[step]
      expectClose(
        model.w - initial, changes.values, shape: changes.shape, relative: 2e-4, absolute: 1e-6, what)
    }
    #expect(optimizer.step == 3)
  }

  @Test(arguments: OptimizerSettings.Rule.allCases) func twoShardsEqualTheirSum(rule: OptimizerSettings.Rule) {
    let (a, b) = (sampleTensor([40], seed: 1), sampleTensor([40], seed: 2))
    var models = [Weights(w: Tensor(repeating: 1, shape: [40])), Weights(w: Tensor(repeating: 1, shape: [40]))]
    for (index, gradients) in [[a, b], [a + b]].enumerated() {
      var optimizer = Optimizer(OptimizerSettings(rule), for: models[index])
      for _ in 0..<3 { optimizer.update(&models[index], along: gradients.map { Gradient(w: $0) }, rate: 0.01) }
    }
    #expect(models[0].w == models[1].w)
  }

  /// Two pieces on two threads write what one writes, to the last bit.
  @Test(arguments: OptimizerSettings.Rule.allCases) func threadsDoNotChangeResults(rule: OptimizerSettings.Rule) {
    let model = Tower(hidden: [100, 200, 50], seed: 1)
    let x = sampleTensor([8, 100], seed: 2)
    let tangent = gradient(at: model) { square($0(x)).sum() }
    var results: [[Tensor]] = []
    for threads in [1, 2, 7] {
      var (moved, optimizer) = (model, Optimizer(OptimizerSettings(rule), for: model))
      for _ in 0..<3 { optimizer.update(&moved, along: [tangent, tangent], rate: 0.01, threads: threads) }
      results.append(moved.parameters + optimizer.slots.flatMap { $0 })
    }
    #expect(model.parameters.reduce(0) { $0 + $1.count } > 1 << 14, "large enough to be cut at all")
    #expect(results[0] == results[1] && results[0] == results[2])
    #expect(results[0][0] != model.parameters[0])
  }

  /// A gradient that is left as factors moves the model as its numbers would; so with clipping, and beside numbers.
  @Test(arguments: OptimizerSettings.Rule.allCases) func factoredGradientsMoveAsTheirProducts(
    rule: OptimizerSettings.Rule
  ) {
    let model = Tower(hidden: [100, 200, 50], seed: 1)
    let tangents = (0..<2).map { shard in
      gradient(at: model) { square($0(sampleTensor([8, 100], seed: shard))).sum() }
    }
    #expect(model.parts(of: tangents[0])[0].factors != nil, "the weights' gradients are factored to begin with")
    let multiplied = tangents.map { tangent in
      var copy = tangent
      ParameterWalk.over(&copy) { $0 = Tensor($0.scalars, shape: $0.shape) }
      return copy
    }
    for clipNorm in [nil, Float(0.1)] {
      var settings = OptimizerSettings(rule)
      settings.clipNorm = clipNorm
      let results = [tangents, multiplied, [tangents[0], multiplied[1]]].map { gradients in
        var (moved, optimizer) = (model, Optimizer(settings, for: model))
        let norm = optimizer.update(&moved, along: gradients, rate: 0.01, threads: 2)
        #expect((norm == nil) == (clipNorm == nil))
        return moved.parameters
      }
      for other in results[1...] {
        for (a, b) in zip(results[0], other) { expectClose(a, b, relative: 1e-4, absolute: 1e-6) }
      }
    }
  }

  /// The weights of an input that is always zero: their moments shrink forever, and steps on denormal numbers take three
  /// times as long.
  @Test(arguments: [OptimizerSettings.Rule.adam, .adamw, .sgd]) func momentsNeverBecomeDenormal(
    rule: OptimizerSettings.Rule
  ) {
    var model = Weights(w: Tensor([1, 1, 1]))
    var optimizer = Optimizer(OptimizerSettings(rule), for: model)
    optimizer.update(&model, along: [Gradient(w: Tensor([1, 1e-3, 1e-18]))], rate: 0.001)
    for _ in 0..<1500 { optimizer.update(&model, along: [Gradient(w: Tensor([0, 0, 0]))], rate: 0.001) }
    let remembered = optimizer.slots.joined().flatMap(\.scalars)
    #expect(remembered.allSatisfy { $0 == 0 || $0.magnitude > 0.99e-36 }, "\(remembered)")
    #expect(optimizer.slots[0][0].scalars == [0, 0, 0], "0.9^1500 is nothing at all")
    #expect(model.w.isFinite)
  }

  @Test func clippingScalesLongGradientsDown() {
    var settings = OptimizerSettings(.sgd)
    settings.momentum = 0
    settings.clipNorm = 1
    func moved(along gradients: [Tensor], clipped: Bool = true) -> (Double?, [Float]) {
      var used = settings
      if !clipped { used.clipNorm = nil }
      var model = Weights(w: Tensor([0, 0]))
      var optimizer = Optimizer(used, for: model)
      let norm = optimizer.update(&model, along: gradients.map { Gradient(w: $0) }, rate: 1)
      return (norm, model.w.scalars)
    }
    let long = moved(along: [Tensor([1, 0]), Tensor([2, -4])])
    #expect(long.0 == 5)
    expectClose(Tensor(long.1), [-0.6, 0.8], shape: [2], relative: 1e-6)
    let short = moved(along: [Tensor([0.3, -0.4])])
    expectClose(short.0 ?? .nan, 0.5)
    #expect(short.1 == [-0.3, 0.4])
    let free = moved(along: [Tensor([3, -4])], clipped: false)
    #expect(free.0 == nil && free.1 == [-3, 4])
  }

  /// The length is that of all parameters together, symbolic zeros counting nothing.
  @Test(arguments: [Float.nan, .infinity, 40]) func explodingStepsAreNotTaken(_ wild: Float) {
    var settings = OptimizerSettings(.adam, rate: 0.1)
    settings.skipNorm = 20
    var model = Weights(w: Tensor([1, 2, 3]))
    var optimizer = Optimizer(settings, for: model)
    func step(_ gradient: [Float]) -> Double? {
      optimizer.update(&model, along: [Gradient(w: Tensor(gradient))], rate: 0.1)
    }
    #expect(step([3, -4, 12]) == 13)
    let (weights, memory) = (model.w, optimizer.slots)
    _ = step([1, wild, 0])
    #expect(model.w == weights && optimizer.slots == memory)
    #expect(optimizer.step == 1 && optimizer.skipped == 1)
    _ = step([3, -4, 12])
    #expect(model.w != weights && optimizer.step == 2)
  }

  @Test func clippingIsOverAllParameters() {
    var settings = OptimizerSettings(.sgd)
    settings.clipNorm = 1
    var model = Two(used: Tensor([0]), unused: Tensor([0, 0]))
    var optimizer = Optimizer(settings, for: model)
    let norm = optimizer.update(
      &model, along: [.init(used: Tensor([3]), unused: .zero), .init(used: .zero, unused: Tensor([0, 4]))], rate: 1)
    #expect(norm == 5)
    expectClose(model.used.scalar, -0.6)
    expectClose(model.unused, [0, -0.8], shape: [2])
  }

  @Test(arguments: OptimizerSettings.Rule.allCases) func symbolicZerosAreZeros(rule: OptimizerSettings.Rule) {
    var settings = OptimizerSettings(rule)
    settings.weightPrior = 0.1
    let start = Two(used: Tensor([1, 2, 3]), unused: Tensor([4, 5]))
    let ones = Tensor([1, 1, 1])
    var results: [[Tensor]] = []
    for second in [Tensor.zero, Tensor([0, 0])] {
      var (model, optimizer) = (start, Optimizer(settings, for: start))
      // A first step that does use it, so that there are moments to decay.
      optimizer.update(&model, along: [.init(used: ones, unused: Tensor([1, -1]))], rate: 0.1)
      for _ in 0..<3 { optimizer.update(&model, along: [.init(used: ones, unused: second)], rate: 0.1) }
      results.append(model.parameters + optimizer.slots.flatMap { $0 })
    }
    #expect(results[0] == results[1])
  }

  @Test(arguments: OptimizerSettings.Rule.allCases) func copiesOfTheModelStay(rule: OptimizerSettings.Rule) {
    let layer = Dense(3, 3, activation: .tanh, stream: RandomStream(seed: 3))
    // One layer twice: the two share their storage until the first step.
    var model = Stack([layer, layer])
    let copy = model
    let before = copy.parameters.map(\.scalars)
    let x = sampleTensor([4, 3], seed: 4)
    var optimizer = Optimizer(OptimizerSettings(rule), for: model)
    let optimizerCopy = optimizer
    optimizer.update(&model, along: [gradient(at: model) { square($0(x)).sum() }], rate: 0.1)
    #expect(copy.parameters.map(\.scalars) == before)
    #expect(layer.parameters.map(\.scalars) == Array(before[..<2]))
    for (moved, old) in zip(model.parameters, before) { #expect(moved.scalars != old) }
    #expect(model.layers[0].weight != model.layers[1].weight)
    for slot in optimizerCopy.slots { #expect(slot.map(\.sumOfSquares) == [0, 0, 0, 0]) }
    for slot in optimizer.slots { #expect(!slot.map(\.sumOfSquares).contains(0)) }
  }

  /// The prior's gradient is the weight itself times its precision.
  @Test func weightPriorPullsTowardsZero() {
    var settings = OptimizerSettings(.sgd)
    settings.weightPrior = 0.5
    var model = Weights(w: Tensor([2, -4]))
    var optimizer = Optimizer(settings, for: model)
    optimizer.update(&model, along: [Gradient(w: .zero)], rate: 0.1)
    expectClose(model.w, [1.9, -3.8], shape: [2], relative: 1e-6)
    optimizer.update(&model, along: [Gradient(w: .zero)], rate: 0.1)
    // velocity = 0.9 (1, -2) + 0.5 (1.9, -3.8)
    expectClose(model.w, [1.9 - 0.185, -3.8 + 0.37], shape: [2], relative: 1e-6)
  }

  /// Adagrad and Adam add the prior before they take squares; AdamW leaves the gradient alone.
  @Test func priorAndDecayDiffer() {
    var prior = OptimizerSettings(.adam)
    prior.weightPrior = 1
    var decay = OptimizerSettings(.adamw)
    decay.weightDecay = 1
    var adagrad = OptimizerSettings(.adagrad)
    adagrad.weightPrior = 1
    func step(_ settings: OptimizerSettings) -> [Float] {
      var model = Weights(w: Tensor([2, -4]))
      var optimizer = Optimizer(settings, for: model)
      optimizer.update(&model, along: [Gradient(w: Tensor([0, 0]))], rate: 0.1)
      return model.w.scalars
    }
    expectClose(Tensor(step(prior)), [1.9, -3.9], shape: [2], relative: 1e-5)
    expectClose(Tensor(step(decay)), [1.8, -3.6], shape: [2], relative: 1e-5)
    expectClose(Tensor(step(adagrad)), [1.9, -3.9], shape: [2], relative: 1e-5)
  }

  @Test func slotsAreNamed() {
    let model = Weights(w: Tensor([1, 2]))
    let expected: [OptimizerSettings.Rule: [String]] = [
      .adam: ["moment1", "moment2"], .adamw: ["moment1", "moment2"], .adagrad: ["sum_of_squares"], .sgd: ["velocity"],
    ]
    for rule in OptimizerSettings.Rule.allCases {
      let optimizer = Optimizer(OptimizerSettings(rule), for: model)
      #expect(optimizer.slotNames == expected[rule])
      #expect(optimizer.slots == optimizer.slotNames.map { _ in [Tensor([0, 0])] })
    }
  }

  @Test(arguments: OptimizerSettings.Rule.allCases) func settingsAreCodable(rule: OptimizerSettings.Rule) throws {
    var settings = OptimizerSettings(rule, rate: 0.125)
    settings.clipNorm = 5
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(OptimizerSettings.self, from: data) == settings)
    #expect(OptimizerSettings(.adamw).weightDecay == 0.01 && OptimizerSettings(.adam).weightDecay == 0)
  }

  /// Each rule finds the bottom of a bowl.
  @Test(arguments: OptimizerSettings.Rule.allCases) func descends(rule: OptimizerSettings.Rule) {
    var model = Weights(w: Tensor([2, -3, 0.5]))
    var optimizer = Optimizer(OptimizerSettings(rule), for: model)
    let rate: Float = rule == .adagrad ? 1 : rule == .sgd ? 0.01 : 0.05
    for _ in 0..<500 { optimizer.update(&model, along: [gradient(at: model) { square($0.w).sum() }], rate: rate) }
    #expect(model.w.sumOfSquares < 1e-4)
  }
}
