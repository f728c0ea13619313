import Networks
import Tensors
import TestSupport
import Testing
import _Differentiation

/// A recurrent autoencoder in the manner of DRAW (Gregor et al. 2015), without attention: in turn, an encoder that sees
/// the data, what is still missing and what the decoder thinks, and a decoder that adds to a canvas.
struct RecurrentPair: Differentiable {
  var encoder: LSTMCell
  var mean: Dense
  var logVariance: Dense
  var decoder: LSTMCell
  var write: Dense

  init(_ size: Int, encoder encoderUnits: Int, latent: Int, decoder decoderUnits: Int, stream: RandomStream) {
    encoder = LSTMCell(2 * size + decoderUnits, encoderUnits, stream: stream["encoder"])
    mean = Dense(encoderUnits, latent, stream: stream["mean"])
    logVariance = Dense(encoderUnits, latent, stream: stream["logVariance"])
    decoder = LSTMCell(latent, decoderUnits, stream: stream["decoder"])
    write = Dense(decoderUnits, size, stream: stream["write"])
  }

  /// The canvas [B, D] beside the latents' divergences [B, L], after as many steps as there is noise, [1, B, L] each.
  @differentiable(reverse,wrt: self)
  func callAsFunction(_ x: Tensor, noise: [Tensor]) -> Tensor {
    let batch = x.shape[0]
    var encoding = LSTMState.zero(batch: batch, units: withoutDerivative(at: encoder.units))
    var decoding = LSTMState.zero(batch: batch, units: withoutDerivative(at: decoder.units))
    var canvas = Tensor(repeating: 0, shape: x.shape)
    var divergence = Tensor.zero
    for step in 0..<noise.count {
      let missing = x - sigmoid(canvas)  // [B, D]
      encoding = encoder(x.joined(with: missing).joined(with: decoding.hidden), encoding)
      let (m, v) = (mean(encoding.hidden), logVariance(encoding.hidden))  // [B, L]
      let z = gaussianSample(m, v, noise: noise[step]).reshaped(to: withoutDerivative(at: m.shape))
      divergence = divergence + gaussianDivergence(m, v)
      decoding = decoder(z, decoding)
      canvas = canvas + write(decoding.hidden)
    }
    return canvas.joined(with: divergence)
  }
}

struct LSTMCellTests {
  private static let latent = 2

  private func pair(seed: UInt64 = 1) -> RecurrentPair {
    RecurrentPair(3, encoder: 3, latent: Self.latent, decoder: 2, stream: RandomStream(seed: seed))
  }

  private func noise(steps: Int, batch: Int) -> [Tensor] {
    (0..<steps).map { RandomStream(seed: 2)[$0].normal([1, batch, Self.latent]) }
  }

  @Test func isAStepWithItsParameters() {
    let cell = LSTMCell(4, 3, stream: RandomStream(seed: 3))
    #expect(cell.units == 3)
    #expect(cell.parameterNames == ["inputWeight", "recurrentWeight", "bias"])
    let (x, state) = (sampleTensor([2, 4], seed: 4), LSTMState.zero(batch: 2, units: 3))
    let (first, second) = (cell(x, state), cell(x, cell(x, state)))
    let expected = lstmStep(
      x, first, inputWeight: cell.inputWeight, recurrentWeight: cell.recurrentWeight, bias: cell.bias)
    #expect(second.hidden == expected.hidden && second.cell == expected.cell)
    #expect(second.hidden.shape == [2, 3] && second.hidden != first.hidden)
  }

  // MARK: First weights

  @Test func uniformFanInStaysWithinItsBound() {
    let cell = LSTMCell(40, 100, forgetBias: 3, stream: RandomStream(seed: 5))
    #expect(
      cell.inputWeight.shape == [400, 40] && cell.recurrentWeight.shape == [400, 100] && cell.bias.shape == [400])
    let biases = cell.bias.scalars.enumerated().map { (100..<200).contains($0) ? $1 - 3 : $1 }
    for values in [cell.inputWeight.scalars, cell.recurrentWeight.scalars, biases] {
      #expect(values.min()! >= -0.1001 && values.max()! <= 0.1001)
      #expect(values.min()! < -0.09 && values.max()! > 0.09)
    }
    expectClose(cell.inputWeight.sumOfSquares / 16_000, 0.01 / 3, relative: 0.05)
    expectClose(cell.recurrentWeight.sumOfSquares / 40_000, 0.01 / 3, relative: 0.03)
  }

  @Test func otherInitializersTakeEachGateForALayer() {
    let glorot = LSTMCell(50, 100, initializer: .glorot, stream: RandomStream(seed: 6))
    expectClose(glorot.inputWeight.sumOfSquares / 20_000, 2.0 / 150, relative: 0.05)
    expectClose(glorot.recurrentWeight.sumOfSquares / 40_000, 2.0 / 200, relative: 0.04)
    let expected = (0..<400).map { (100..<200).contains($0) ? Float(1) : 0 }
    #expect(glorot.bias == Tensor(expected))
    let small = LSTMCell(50, 100, forgetBias: 0, initializer: .normal(0.01), stream: RandomStream(seed: 7))
    expectClose(small.inputWeight.sumOfSquares / 20_000, 1e-4, relative: 0.05)
    #expect(small.bias == Tensor(repeating: 0, shape: [400]))
    let gates = (0..<4).map { small.recurrentWeight.rows(100 * $0..<100 * $0 + 100) }
    for i in 0..<4 { for j in 0..<i { #expect(gates[i] != gates[j]) } }
  }

  @Test func weightsComeFromTheSeed() {
    let a = LSTMCell(3, 3, stream: RandomStream(seed: 8))
    #expect(a.parameters == LSTMCell(3, 3, stream: RandomStream(seed: 8)).parameters)
    #expect(a.inputWeight != LSTMCell(3, 3, stream: RandomStream(seed: 9)).inputWeight)
    #expect(a.inputWeight != a.recurrentWeight)
  }

  // MARK: In a model, over many steps

  @Test(arguments: [1, 2, 7]) func gradientThroughAPairOverTime(steps: Int) {
    let (x, noise) = (sampleTensor([4, 3], seed: 10, bound: 1), noise(steps: steps, batch: 4))
    expectGradient(at: pair(), "\(steps) steps:") { $0(x, noise: noise) }
  }

  @Test func everyParameterLearns() {
    let model = pair()
    let names = model.parameterNames
    #expect(names.count == 12 && names[0] == "encoder.inputWeight" && names[9] == "decoder.bias")
    let (x, noise) = (sampleTensor([4, 3], seed: 11, bound: 1).asConstant, noise(steps: 6, batch: 4))
    for (name, part) in zip(names, gradientParts(at: model) { $0(x, noise: noise) }) {
      #expect(!part.isSymbolicZero && part.scalars.allSatisfy { $0 != 0 }, "\(name) gets no gradient")
    }
  }

  /// To draw four pictures from noise that tells nothing of them takes what the encoder saw in the steps before.
  @Test func aPairLearnsToDraw() {
    var model = pair()
    let (x, noise) = (sampleTensor([4, 3], seed: 12, bound: 1).asConstant, noise(steps: 5, batch: 4))
    func loss(_ model: RecurrentPair) -> Float { square(model(x, noise: noise).columns(0..<3) - x).mean() }
    var optimizer = Optimizer(OptimizerSettings(.adam), for: model)
    let before = loss(model)
    for _ in 0..<1000 {
      let gradient = gradient(at: model) { square($0(x, noise: noise).columns(0..<3) - x).mean() }
      optimizer.update(&model, along: [gradient], rate: 0.01)
    }
    let after = loss(model)
    #expect(after < before / 100, "from \(before) to \(after)")
  }

  /// In a process of its own, where no other test has tensors.
  @Test func nothingIsAliveAfterwards() async {
    await #expect(processExitsWith: .success) {
      func work() {
        let model = RecurrentPair(3, encoder: 3, latent: 2, decoder: 2, stream: RandomStream(seed: 1))
        let x = RandomStream(seed: 3).uniform([4, 3]).asConstant
        let noise = (0..<6).map { RandomStream(seed: 2)[$0].normal([1, 4, 2]) }
        var alive: Set<Int> = []
        for _ in 0..<10 {
          precondition(gradientParts(at: model) { $0(x, noise: noise) }.count == 12)
          alive.insert(Tensor.liveCount)
        }
        precondition(alive.count == 1 && Tensor.liveCount > 0)
      }
      precondition(Tensor.liveCount == 0)
      work()
      precondition(Tensor.liveCount == 0)
    }
  }
}
