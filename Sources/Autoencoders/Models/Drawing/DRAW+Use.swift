import Networks
import Tensors

/// A model that draws its pictures step by step, and can show how.
public protocol DrawingModel: LatentVariableModel {
  /// How many steps there are.
  var steps: Int { get }

  /// The way to pictures of latents [N, latentSize].
  func drawing(given z: Tensor) -> [DrawnStep]
  /// The way to pictures like x [N, D], with latents as `noise` [N, latentSize] makes them; zeros are the posterior's means.
  func drawing(like x: Tensor, noise: Tensor) -> [DrawnStep]
}

/// N drawings after a step.
public struct DrawnStep {
  /// What the canvas shows, the expected data, [N, D].
  public let pictures: Tensor
  /// Where was written, for each; nothing where that is everywhere.
  public let writing: [AttentionFrame]
  /// Where was looked, for each; nothing where that is everywhere or nothing was seen.
  public let reading: [AttentionFrame]
}

extension DRAW: DrawingModel {
  /// A drawing begins with the data's mean, so that ink need not first be taken away from where there never is any.
  public mutating func adapt(to data: any BatchSource) {
    inputMean.set(distribution.canvas(showing: data.mean()))
  }

  /// The way to pictures of latents [N, latentSize].
  public func drawing(given z: Tensor) -> [DrawnStep] {
    var (state, canvas) = (LSTMState.zero(batch: z.shape[0], units: decoder.units), blank(z.shape[0]))
    return (0..<steps).map { step in
      state = decoder(z.columns(range(step)), state)
      canvas = gaze.written(on: canvas, state.hidden)
      return DrawnStep(pictures: shown(canvas), writing: gaze.writing(state.hidden), reading: [])
    }
  }

  /// The way to pictures like x [N, D].
  public func drawing(like x: Tensor, noise: Tensor) -> [DrawnStep] {
    var looked: [[AttentionFrame]] = []
    var drawn: [DrawnStep] = []
    walk(encode(x), noise) { before, _, _, after in
      looked.append(gaze.reading(before.decoder.hidden))
      drawn.append(
        DrawnStep(
          pictures: shown(after.canvas), writing: gaze.writing(after.decoder.hidden), reading: looked.last ?? []))
    }
    return drawn
  }

  /// Latents as `noise` [K, B, latentSize] makes them.
  public func latents(of encoding: Tensor, noise: Tensor) -> Tensor {
    let rows = noise.shape[0] * noise.shape[1]
    var parts: [Tensor] = []
    walk(repeated(encoding, noise.shape[0]), noise.reshaped(to: [rows, latentSize])) { _, _, z, _ in parts.append(z) }
    return Self.sideBySide(parts).reshaped(to: noise.shape)
  }

  /// Means and deviations of each step's latents, [B, latentSize], where all steps before had theirs at the mean.
  public func posterior(_ encoding: Tensor) -> (mean: Tensor, deviation: Tensor) {
    var (means, deviations): ([Tensor], [Tensor]) = ([], [])
    walk(encoding, Tensor(repeating: 0, shape: [encoding.shape[0], latentSize])) { _, q, _, _ in
      means.append(q.mean)
      deviations.append(q.deviation)
    }
    return (Self.sideBySide(means), Self.sideBySide(deviations))
  }

  /// The expected data for latents [N, latentSize].
  public func expectation(given z: Tensor) -> Tensor {
    decode(z.reshaped(to: z.shape.prepending(1))).mean.reshaped(to: [z.shape[0], inputSize])
  }

  /// Draws from p(x|z) for latents [N, latentSize].
  public func sample(given z: Tensor, _ stream: RandomStream) -> Tensor {
    decode(z.reshaped(to: z.shape.prepending(1))).sample(stream).reshaped(to: [z.shape[0], inputSize])
  }

  /// Goes through all steps for pictures [N, D] and noise [N, latentSize]; `visit` is told the state before a step, q(z_t), the
  /// latents [N, L], and the state after it.
  private func walk(
    _ pictures: Tensor, _ noise: Tensor,
    visit: (_ before: DrawingState, _ q: DiagonalGaussian, _ z: Tensor, _ after: DrawingState) -> Void
  ) {
    var state = begun(pictures.shape[0])
    for step in 0..<steps {
      let before = state
      let impression = seen(pictures, state)
      let z = impression.posterior.placed(noise.columns(range(step)))
      state.encoder = impression.encoder
      state.decoder = decoder(z, state.decoder)
      state.canvas = gaze.written(on: state.canvas, state.decoder.hidden)
      visit(before, impression.posterior, z, state)
    }
  }

  private func shown(_ canvas: Tensor) -> Tensor {
    distribution(canvas.reshaped(to: canvas.shape.prepending(1))).mean.reshaped(to: [canvas.shape[0], inputSize])
  }

  private static func sideBySide(_ parts: [Tensor]) -> Tensor {
    parts.dropFirst().reduce(parts[0]) { $0.joined(with: $1) }
  }
}
