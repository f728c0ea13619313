import Networks
import Tensors
import _Differentiation

/// The deep recurrent attentive writer of Gregor, Danihelka, Graves, Rezende and Wierstra 2015: a picture is drawn on a canvas
/// in steps, each of which has latents of its own.
///
///     error = x - shown(c_t-1)
///     h_enc = LSTM([read(x, error, h_dec), h_dec]),   z_t ~ q(z_t | h_enc)
///     h_dec = LSTM(z_t),   c_t = c_t-1 + write(h_dec),   x ~ p(x | c_T)
///
/// p(z_t) is N(0, I). All steps' latents lie side by side, the first step's first, and ``Evidence/divergence`` has a
/// group for each step. q(z_t|x) depends on the draws before, so an encoding is the pictures themselves. A missing pixel
/// counts as 0 where it is read.
public struct DRAW<Sight: Gaze, Pixels: CanvasDistribution>: LatentVariableModel {
  /// How it reads and writes.
  public var gaze: Sight
  /// Remembers what has been seen.
  public var encoder: LSTMCell
  /// The encoder's hidden state to q(z_t).
  public var recognition: DiagonalGaussianLayer
  /// Remembers what has been drawn.
  public var decoder: LSTMCell
  /// c_0 beside ``inputMean``, raw numbers of each pixel.
  public var canvas: Tensor
  /// Raw numbers of a canvas that shows the training data's mean.
  public var inputMean: StateTensor
  /// What becomes of the last canvas: p(x|z).
  @noDerivative public let distribution: Pixels
  /// [H, W, channels] of the data.
  @noDerivative public let imageShape: Shape
  /// T.
  @noDerivative public let steps: Int
  /// Latents of each step.
  @noDerivative public let latentsPerStep: Int
  /// How many steps' intermediate results are kept for the way back; the others are computed again from the states between.
  @noDerivative public let segment: Int

  /// Latents of all steps.
  public var latentSize: Int { steps * latentsPerStep }
  /// Of each, in the order of drawing.
  public var latentLayers: [Int] { [Int](repeating: latentsPerStep, count: steps) }
  /// Numbers in one example.
  public var inputSize: Int { imageShape.count }

  /// - Parameters:
  ///   - imageShape: [H, W, channels].
  ///   - units: of each LSTM.
  ///   - segment: steps whose intermediate results are kept; all without.
  ///   - gaze: makes what reads and writes, from the units.
  public init(
    imageShape: Shape, steps: Int, units: Int, latentsPerStep: Int, segment: Int? = nil, distribution: Pixels,
    initializer: Initializer = .uniformFanIn, stream: RandomStream, gaze: (_ stream: RandomStream) -> Sight
  ) {
    require(steps > 0 && segment ?? 1 > 0, "DRAW: \(steps) steps in segments of \(segment ?? steps)")
    self.gaze = gaze(stream["gaze"])
    encoder = LSTMCell(
      self.gaze.readSize + units, units, initializer: initializer, stream: stream["encoder"])
    recognition = DiagonalGaussianLayer(
      features: units, latents: latentsPerStep, initializer: initializer, stream: stream["recognition"])
    decoder = LSTMCell(latentsPerStep, units, initializer: initializer, stream: stream["decoder"])
    let pixels = imageShape[0] * imageShape[1]
    canvas = Tensor(repeating: 0, shape: [pixels * distribution.numbersPerPixel])
    inputMean = StateTensor(Tensor([[Float]](repeating: distribution.start, count: pixels).flatMap { $0 }))
    self.distribution = distribution
    self.imageShape = imageShape
    self.steps = steps
    self.latentsPerStep = latentsPerStep
    self.segment = segment ?? steps
  }

  /// The pictures [B, D], as they are read.
  @differentiable(reverse,wrt: self)
  public func encode(_ x: Tensor) -> Tensor { x.missingAsZero.asConstant }

  @derivative(of: encode, wrt: self)
  @usableFromInline
  func vjpEncode(_ x: Tensor) -> (value: Tensor, pullback: (Tensor) -> TangentVector) { (encode(x), { _ in .zero }) }

  /// log p(x|z) [K, B] and the divergence of each step's latents, [K, B, T].
  @differentiable(reverse,wrt: (self, encoding))
  public func evidence(
    of x: Tensor, given encoding: Tensor, noise: Tensor, divergence: DivergenceForm
  ) -> Evidence {
    require(
      divergence != .doublyReparameterized || noise.shape[0] == 1,
      "DRAW: doubly reparameterised gradients need draws that share a posterior; use iwae, or stl")
    let (draws, batch, steps) = withoutDerivative(at: (noise.shape[0], noise.shape[1], self.steps))
    let end = drawing(of: encoding, noise, .noise(divergence))
    return Evidence(
      logLikelihood: finished(end.canvas, draws).logProbability(of: x),
      divergence: end.costs.reshaped(to: withoutDerivative(at: Shape([draws, batch, steps]))))
  }

  /// log p(x|z) of given latents [K, B, latentSize]: [K, B].
  @differentiable(reverse,wrt: (self, z))
  public func logLikelihood(of x: Tensor, given z: Tensor) -> Tensor { decode(z).logProbability(of: x) }

  /// p(x|z) for latents [K, B, latentSize].
  @differentiable(reverse)
  public func decode(_ z: Tensor) -> Pixels.Output {
    let (draws, rows) = withoutDerivative(at: (z.shape[0], z.shape[0] * z.shape[1]))
    let flat = z.reshaped(to: withoutDerivative(at: [rows, z.shape[2]]))
    var state = withoutDerivative(at: LSTMState.zero(batch: rows, units: decoder.units))
    var drawn = blank(rows)
    for step in 0..<withoutDerivative(at: steps) {
      state = decoder(flat.columns(withoutDerivative(at: range(step))), state)
      drawn = gaze.written(on: drawn, state.hidden)
    }
    return finished(drawn, draws)
  }

  /// log q(z|x) of given latents [K, B, latentSize]: [K, B].
  @differentiable(reverse,wrt: (self, encoding))
  public func logPosterior(of z: Tensor, given encoding: Tensor) -> Tensor {
    let shape = withoutDerivative(at: Shape([z.shape[0], z.shape[1]]))
    return drawing(of: encoding, z, .given).costs.sumOverLast().reshaped(to: shape)
  }

  /// All steps with noise or latents [K, B, latentSize].
  @differentiable(reverse,wrt: (self, encoding))
  private func drawing(of encoding: Tensor, _ values: Tensor, _ source: LatentSource) -> DrawingState {
    let rows = withoutDerivative(at: values.shape[0] * values.shape[1])
    let flat = withoutDerivative(at: values.reshaped(to: [rows, values.shape[2]]))
    let seen = withoutDerivative(at: repeated(encoding, values.shape[0]))
    var state = begun(rows)
    for part in 0..<withoutDerivative(at: (steps + segment - 1) / segment) {
      let range = withoutDerivative(at: part * segment..<min(steps, (part + 1) * segment))
      state =
        segment < steps
        ? recomputed(state, seen, flat, source, steps: range) : drawn(state, seen, flat, source, steps: range)
    }
    return state
  }

  /// Pictures [B, D] for each of several draws, [K B, D].
  func repeated(_ pictures: Tensor, _ draws: Int) -> Tensor {
    let (batch, size) = (pictures.shape[0], pictures.shape[1])
    return pictures.broadcast(to: [draws, batch, size]).reshaped(to: [draws * batch, size]).asConstant
  }

  /// Which of an example's latents are a step's.
  func range(_ step: Int) -> Range<Int> { step * latentsPerStep..<(step + 1) * latentsPerStep }

  /// Before the first step.
  @differentiable(reverse,wrt: self)
  func begun(_ rows: Int) -> DrawingState {
    let units = withoutDerivative(at: decoder.units)
    return DrawingState(
      encoder: withoutDerivative(at: LSTMState.zero(batch: rows, units: units)),
      decoder: withoutDerivative(at: LSTMState.zero(batch: rows, units: units)), canvas: blank(rows),
      costs: withoutDerivative(at: Tensor.zero))
  }

  @differentiable(reverse,wrt: self)
  func blank(_ rows: Int) -> Tensor {
    let begun = canvas + withoutDerivative(at: inputMean.value)
    return begun.broadcast(to: withoutDerivative(at: Shape([rows, canvas.count])))
  }

  /// p(x|z) of canvases [K B, raw numbers].
  @differentiable(reverse)
  private func finished(_ canvases: Tensor, _ draws: Int) -> Pixels.Output {
    let shape = withoutDerivative(at: Shape([draws, canvases.shape[0] / draws, canvases.shape[1]]))
    return distribution(canvases.reshaped(to: shape))
  }
}
