import Networks
import Tensors

/// Pictures drawn on a canvas step by step: ``DRAW``.
public struct DRAWSpecification: PictureModelSpecification, HiddenLayersSetting, LatentUnitsSetting, InitializerSetting
{
  /// The name in files and flags.
  public static let name = "draw"

  /// Units of each LSTM: one number.
  public var hidden = [256]
  /// Latents of each step.
  public var latent = 100
  /// Steps.
  public var glimpses = 20
  /// Points along a side of the grid that looks; all of the picture is seen where this or `write` is nil.
  public var read: Int?
  /// Points along a side of the grid that writes.
  public var write: Int? = 5
  /// Steps whose intermediate results are kept for the backward pass; the others are computed again. All without.
  public var checkpointSteps: Int?
  /// How weights begin.
  public var initializer = Initializer.uniformFanIn
  /// p(x|z).
  public var likelihood = LikelihoodSpecification.bernoulli

  /// Grids of 2 x 2 and 5 x 5 points for grey pictures (those of Gregor et al. for MNIST), 5 x 5 for colour.
  public init(for form: ExampleForm) { read = form.channels == 1 ? 2 : 5 }

  /// Weights know nothing of how many steps there are, so a run with many may begin with one of few.
  public func acceptsWeights(of other: any ModelSpecification) -> Bool {
    guard var other = other as? Self else { return false }
    (other.glimpses, other.checkpointSteps) = (glimpses, checkpointSteps)
    return self == other
  }

  /// Throws ``SettingError`` on what can't be.
  public func validate(for form: ExampleForm) throws {
    try form.refuseCondition(for: Self.name)
    _ = try form.picture(for: Self.name)
    try check(
      hidden.count == 1 && SizeRange.widths ~= hidden[0], "hidden",
      "one number, the units of each LSTM, for a draw model")
    try likelihood.validatePixels(for: form)
    try check(likelihood.name != .mixture, "likelihood", "bernoulli, gaussian or logistic for a draw model")
    try check(1...10_000 ~= glimpses, "glimpses", "1 to 10,000")
    try check((read == nil) == (write == nil), "read", "a grid for reading and one for writing, or neither")
    try check(1...64 ~= read ?? 1, "read", "1 to 64 points along a side")
    try check(1...64 ~= write ?? 1, "write", "1 to 64 points along a side")
    try check(checkpointSteps ?? 1 > 0, "checkpoint_steps", "at least 1")
    try SizeRange.check(latent: latent)
    try check(latent * glimpses <= 1_000_000, "latent", "at most 1,000,000 latents in all glimpses")
  }

  /// The model with weights by a stream.
  public func makeModel<Pixels: PixelDistribution>(
    ofPictures image: Shape, _ pixels: Pixels, for form: ExampleForm, _ stream: RandomStream
  ) -> any LatentVariableModel {
    guard let canvas = pixels as? any CanvasDistribution else { fatalError("DRAW: no canvas shows \(Pixels.self)") }
    return makeModel(on: canvas, image, stream)
  }

  private func makeModel(
    on canvas: some CanvasDistribution, _ image: Shape, _ stream: RandomStream
  ) -> any LatentVariableModel {
    let (units, initializer, raw) = (hidden[0], initializer, canvas.numbersPerPixel)
    func model<Sight: Gaze>(_ gaze: (RandomStream) -> Sight) -> any LatentVariableModel {
      DRAW(
        imageShape: image, steps: glimpses, units: units, latentsPerStep: latent, segment: checkpointSteps,
        distribution: canvas, initializer: initializer, stream: stream, gaze: gaze)
    }
    if let read, let write {
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

  /// Sizes and settings in a line.
  public func summary(for form: ExampleForm) -> String {
    "\(form.shape.map(String.init).joined(separator: "x")) in \(glimpses) glimpses, "
      + (read.map { "read \($0)x\($0), write \(write ?? 0)x\(write ?? 0)" } ?? "no attention")
      + ", \(hidden.first ?? 0) units, \(latent) latents a glimpse, \(likelihood.name.rawValue) likelihood"
      + likelihood.detail
  }
}
