import Networks
import Tensors
import _Differentiation

/// How a drawing model sees pictures and changes its canvas.
public protocol Gaze: Differentiable, Sendable {
  /// Numbers that it reads.
  var readSize: Int { get }

  /// What it makes of pictures and of what is still wrong with the canvas, both [N, D], where the decoder's hidden state
  /// [N, H] looks: [N, readSize].
  @differentiable(reverse)
  func read(_ pictures: Tensor, _ error: Tensor, _ hidden: Tensor) -> Tensor

  /// The canvas [N, raw numbers] after the decoder's hidden state [N, H] has had its say.
  @differentiable(reverse)
  func written(on canvas: Tensor, _ hidden: Tensor) -> Tensor

  /// Where it looks, and where it writes, for hidden states; nothing where it always sees all.
  func reading(_ hidden: Tensor) -> [AttentionFrame]
  /// Where it writes.
  func writing(_ hidden: Tensor) -> [AttentionFrame]
}

/// Through a grid of Gaussian filters, read x read points and write x write points (Gregor et al. 2015, section 3.2).
public struct AttentiveGaze: Gaze {
  /// Where it looks.
  public var reader: Attention
  /// Where it writes.
  public var writer: Attention
  /// What it writes: hidden state to a patch of raw numbers.
  public var patch: Dense
  /// Numbers in a pixel of a picture.
  @noDerivative public let channels: Int

  /// - Parameters:
  ///   - imageShape: [H, W, channels].
  ///   - numbersPerPixel: raw numbers for each pixel of the canvas.
  ///   - read: points along a side of the grid that looks.
  ///   - write: of that which writes.
  public init(
    units: Int, imageShape: Shape, numbersPerPixel: Int, read: Int, write: Int, initializer: Initializer,
    stream: RandomStream
  ) {
    func attention(_ points: Int, _ stream: RandomStream) -> Attention {
      Attention(
        units: units, points: points, height: imageShape[0], width: imageShape[1], initializer: initializer,
        stream: stream)
    }
    reader = attention(read, stream["reader"])
    writer = attention(write, stream["writer"])
    patch = Dense(units, write * write * numbersPerPixel, initializer: initializer, stream: stream["patch"])
    channels = imageShape[2]
  }

  /// Both pictures' patches.
  public var readSize: Int { 2 * reader.points * reader.points * channels }

  /// intensity [F_y x F_x', F_y error F_x'].
  @differentiable(reverse)
  public func read(_ pictures: Tensor, _ error: Tensor, _ hidden: Tensor) -> Tensor {
    let look = reader(hidden)
    return exp(look.logIntensity)
      * glimpse(pictures, through: look.filters).joined(with: glimpse(error, through: look.filters))
  }

  /// canvas + 1 / intensity F_y' patch F_x.
  @differentiable(reverse)
  public func written(on canvas: Tensor, _ hidden: Tensor) -> Tensor {
    let look = writer(hidden)
    return canvas.adding(patches: exp(-look.logIntensity) * patch(hidden), through: look.filters)
  }

  /// Where it looks.
  public func reading(_ hidden: Tensor) -> [AttentionFrame] { reader.frames(hidden) }
  /// Where it writes.
  public func writing(_ hidden: Tensor) -> [AttentionFrame] { writer.frames(hidden) }
}

/// All of the picture at every step (section 3.1).
public struct WholeGaze: Gaze {
  /// Hidden state to what is added to the canvas.
  public var writer: Dense
  /// Numbers in two pictures.
  @noDerivative public let readSize: Int

  /// Pictures of `size` numbers, canvases of `raw`.
  public init(units: Int, size: Int, raw: Int, initializer: Initializer, stream: RandomStream) {
    writer = Dense(units, raw, initializer: initializer, stream: stream["writer"])
    readSize = 2 * size
  }

  /// Both, side by side.
  @differentiable(reverse)
  public func read(_ pictures: Tensor, _ error: Tensor, _ hidden: Tensor) -> Tensor { pictures.joined(with: error) }

  /// canvas + W h.
  @differentiable(reverse)
  public func written(on canvas: Tensor, _ hidden: Tensor) -> Tensor { canvas + writer(hidden) }

  /// Everywhere.
  public func reading(_ hidden: Tensor) -> [AttentionFrame] { [] }
  /// Everywhere.
  public func writing(_ hidden: Tensor) -> [AttentionFrame] { [] }
}
