import Networks
import Tensors

/// How a drawing model goes about it.
public struct DrawingSettings: Codable, Sendable, Equatable {
  /// Steps, T.
  public var glimpses = 20
  /// Points along a side of the grid that looks; all of the picture is seen where this or `write` is nil.
  public var read: Int?
  /// Points along a side of the grid that writes.
  public var write: Int?
  /// Steps whose intermediate results are kept for the way back; all without.
  public var segment: Int?

  /// With attention, if grids are given.
  public init(glimpses: Int = 20, read: Int? = nil, write: Int? = nil, segment: Int? = nil) {
    (self.glimpses, self.read, self.write, self.segment) = (glimpses, read, write, segment)
  }
}

extension ModelConfiguration {
  /// Fills in what is not said of a drawing model: grids of 2 x 2 and 5 x 5 points for grey pictures (those of Gregor et al. for
  /// MNIST), 5 x 5 for colour.
  public mutating func completeDrawing() {
    drawing = drawing ?? DrawingSettings(read: channels == 1 ? 2 : 5, write: 5)
  }

  /// Why no drawing model is of these sizes; nil if one is.
  var drawingProblem: (key: String, expected: String)? {
    guard hidden.count == 1 else { return ("model.hidden", "one number, the units of each LSTM, for a draw model") }
    guard likelihood != .mixture else {
      return ("model.likelihood", "bernoulli, gaussian or logistic for a draw model")
    }
    guard let drawing, 1...10_000 ~= drawing.glimpses else { return ("model.drawing.glimpses", "1 to 10,000") }
    guard (drawing.read == nil) == (drawing.write == nil) else {
      return ("model.drawing.read", "a grid for reading and one for writing, or neither")
    }
    guard 1...64 ~= drawing.read ?? 1, 1...64 ~= drawing.write ?? 1 else {
      return ("model.drawing.read, write", "1 to 64 points along a side")
    }
    guard drawing.segment ?? 1 > 0 else { return ("model.drawing.segment", "at least 1") }
    guard (1...1_000_000).contains(latent * drawing.glimpses) else {
      return ("model.latent", "at most 1,000,000 latents in all glimpses")
    }
    return nil
  }

  func makeDrawing(_ pixels: some CanvasDistribution, _ image: Shape, _ stream: RandomStream) -> any LatentVariableModel
  {
    let (settings, units, initializer) = (drawing ?? DrawingSettings(), hidden[0], initializer)
    let raw = pixels.numbersPerPixel
    func model<Sight: Gaze>(_ gaze: (RandomStream) -> Sight) -> any LatentVariableModel {
      DRAW(
        imageShape: image, steps: settings.glimpses, units: units, latentsPerStep: latent, segment: settings.segment,
        distribution: pixels, initializer: initializer, stream: stream, gaze: gaze)
    }
    if let read = settings.read, let write = settings.write {
      return model {
        AttentiveGaze(
          units: units, imageShape: image, numbersPerPixel: raw, read: read, write: write, initializer: initializer,
          stream: $0)
      }
    }
    return model {
      WholeGaze(
        units: units, size: image.count, raw: image[0] * image[1] * raw, initializer: initializer, stream: $0)
    }
  }
}
