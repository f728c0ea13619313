import Autoencoders
import Datasets
import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

/// A model away from where it began, so that no layer is at zero.
func shaken<Model: Differentiable>(_ model: Model, by deviation: Float = 0.3) -> Model {
  let parameters = model.parameters.enumerated().map { index, parameter in
    parameter + RandomStream(seed: 77)[index].normal(parameter.shape).scaled(by: deviation)
  }
  return model.replacingParameters(with: parameters)
}

/// Zeros and ones for a model, [count, inputSize], or rows [x | c] for one that is given something.
func sampleData(_ model: some LatentVariableModel, _ count: Int = 3) -> Tensor {
  let size = (model as? any ConditionalModel)?.rowSize ?? model.inputSize
  return RandomStream(seed: 1).bernoulli(Tensor(repeating: 0.5, shape: [count, size])).asConstant
}

/// Noise for a model, [draws, count, noiseSize].
func sampleNoise(_ model: some LatentVariableModel, draws: Int = 2, _ count: Int = 3) -> Tensor {
  RandomStream(seed: 2).normal([draws, count, model.noiseSize])
}

/// A gradient reaches every parameter of a model that is away from where it began.
func expectEveryParameterLearns<Model: LatentVariableModel>(_ model: Model) {
  let model = shaken(model)
  let (x, noise) = (sampleData(model), sampleNoise(model))
  let objective = Objective(samples: 2)
  func slope() -> Model.TangentVector {
    gradient(at: model) { objective.loss($0.evidence(of: x, noise: noise, divergence: .analytic), beta: 1) }
  }
  // A conditional model's baseline learns in training only.
  let pass = TrainingPass(stream: RandomStream(seed: 3), rows: 0..<3, of: 3, draws: 2)
  let slopes = model is any ConditionalModel ? pass.run(slope) : slope()
  let names = model.parameterNames
  #expect(Set(names).count == names.count && names.count > 10)
  for (name, part) in zip(names, model.parts(of: slopes)) {
    #expect(!part.isSymbolicZero && part.sumOfSquares > 1e-14, "\(name) gets no gradient")
  }
}

/// Gradients against differences along random directions of each parameter: every number counts, and a test takes seconds.
///
/// Parameters of `skipped` names are left out.
func expectGradientsOfDifferences<Model: LatentVariableModel>(
  _ model: Model, _ objective: Objective, skipped: (String) -> Bool = { _ in false }
) {
  let (x, noise) = (sampleData(model), sampleNoise(model))
  let gradient = gradient(at: model) {
    objective.loss($0.evidence(of: x, noise: noise, divergence: objective.divergence), beta: 1)
  }
  let (names, parameters) = (model.parameterNames, model.parameters)
  for (index, part) in model.parts(of: gradient).enumerated() where !skipped(names[index]) {
    let direction = RandomStream(seed: 5)[index].normal(part.shape)
    let length = Float(direction.sumOfSquares.squareRoot())
    func loss(_ step: Float) -> Double {
      var moved = parameters
      moved[index] = moved[index] + direction.scaled(by: step / length)
      let there = model.replacingParameters(with: moved)
      return Double(objective.loss(there.evidence(of: x, noise: noise, divergence: objective.divergence), beta: 1))
    }
    let h: Float = 0.05
    let difference = (8 * (loss(h) - loss(-h)) - (loss(2 * h) - loss(-2 * h))) / Double(12 * h)
    let found = part.isSymbolicZero ? 0 : Double((part * direction).sum() / length)
    #expect(abs(found - difference) < 2e-3 + 5e-3 * abs(difference), "\(names[index]): \(found), \(difference)")
  }
}

/// What everything that evaluates relies on: one set of latents, N(0, I) under the prior, told four ways.
func expectOneSetOfLatents<Model: LatentVariableModel>(_ model: Model) {
  let (x, noise) = (sampleData(model), sampleNoise(model))
  let encoding = model.encode(x)
  let z = model.latents(of: encoding, noise: noise)
  #expect(z.shape == [2, 3, model.latentSize])
  let evidence = model.evidence(of: x, given: encoding, noise: noise, divergence: .sampled)
  // log p(x|z) of those latents, without the encoder.
  let likelihood = model.logLikelihood(of: x, given: z)
  // log q(z|x) - log N(z; 0, I).
  let perUnit: Float = 0.918_938_5
  let prior = -0.5 * square(z).sumOverLast() - perUnit * Float(model.latentSize)
  let ratio = model.logPosterior(of: z, given: encoding) - prior
  let stated = evidence.divergence.sumOverLast()
  for i in 0..<6 {
    #expect(abs(likelihood.scalars[i] - evidence.logLikelihood.scalars[i]) < 1e-3)
    #expect(abs(ratio.scalars[i] - stated.scalars[i]) < 2e-3 * max(1, abs(stated.scalars[i])))
  }
}

/// It learns bars, and a run that was cut in two, through a file, ends with the same bits on two threads.
func expectRoundTrip<Model: LatentVariableModel>(
  gain: Double = 0.8, divergence: Double = 0.3, of examples: (Examples) -> Examples = { $0 },
  _ change: (inout TrainingSettings) -> Void = { _ in }, _ make: (UInt64) -> Model
) throws {
  let (data, held) = (examples(Bars.examples(1200)), examples(Bars.examples(200, seed: 1)))
  let settings = Bars.settings(epochs: 8) {
    $0.optimizer.rate = 0.01
    $0.optimizer.skipNorm = 1000
    $0.threads = 2
    change(&$0)
  }
  var whole = Trainer(make(1), settings: settings)
  let before = Evaluator().bound(whole.model, on: held).bound
  try whole.fit(data)
  let after = Evaluator().bound(whole.model, on: held)
  #expect(after.bound > before + gain, "from \(before) to \(after.bound)")
  #expect(after.divergence > divergence, "latents are used")

  try expectResumed(whole, on: data, cutAt: 40, make)
}

/// A run that is cut at a step and goes on through a file, in a model of another beginning, ends with the bits of the `whole`.
func expectResumed<Model: LatentVariableModel>(
  _ whole: Trainer<Model>, on data: any BatchSource, cutAt step: Int, _ make: (UInt64) -> Model
) throws {
  let settings = whole.settings
  var first = Trainer(make(1), settings: settings)
  try first.fit(data) { $0.step == step ? .stop : .go }
  var second = Trainer(make(9), settings: settings)
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
